import LoadOps
import TestSupport
import Testing
import Vocabulary

struct ReaderPropertyTests {
  private static let alphabet = Array("aB7 ,;\t|\"\n\r'=é日🚚-.")

  private static func text(_ generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 0...9, using: &generator)
    let inner = String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
    // The ends are plain, so that trimming and marks take nothing away.
    return "x" + inner + "x"
  }

  private static func cell(
    _ text: String, _ delimiter: Character, _ generator: inout SeededGenerator
  ) -> String {
    let needsQuotes = text.contains { $0 == delimiter || $0.isNewline || $0 == "\"" }
    guard needsQuotes || Bool.random(using: &generator) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  @Test func `records come back from CSV, however it is written`() throws {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    let fields: [Field] = [.invoiceNumber, .customerName, .invoiceDate, .category, .amount, .terms]
    for _ in 0..<300 {
      let columns = fields.shuffled(using: &generator)
      let delimiter: Character = [",", ";", "\t", "|"].randomElement(using: &generator) ?? ","
      let lineEnd = ["\n", "\r\n", "\r"].randomElement(using: &generator) ?? "\n"
      var expected: [[String]] = []
      var lines = [columns.map(\.name).joined(separator: String(delimiter))]
      for number in 0..<Int.random(in: 0...6, using: &generator) {
        let row = columns.map { field in
          field == .invoiceNumber ? "N\(number)" : ReaderPropertyTests.text(&generator)
        }
        expected.append(row)
        lines.append(
          row.map { ReaderPropertyTests.cell($0, delimiter, &generator) }
            .joined(separator: String(delimiter)))
        if Int.random(in: 0..<5, using: &generator) == 0 { lines.append("") }
      }
      var text = lines.joined(separator: lineEnd)
      if Bool.random(using: &generator) { text += lineEnd }
      if Bool.random(using: &generator) { text = "\u{FEFF}" + text }
      try file.replace(Array(text.utf8))
      let reading = file.read(blockSize: Int.random(in: 1...64, using: &generator))
      #expect(reading.failure == nil, "\(generator)")
      // By chance a text with line breaks may look like a row that a quotation mark swallowed.
      #expect(reading.faults.allSatisfy { $0.contains("swallowedRows") }, "\(generator)")
      #expect(
        reading.records.map { record in columns.map { record.value($0) } } == expected,
        "\(generator)")
    }
  }

  @Test func `records come back from JSON, however it is written`() throws {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    let fields: [Field] = [.invoiceNumber, .customerName, .invoiceDate, .terms]
    for _ in 0..<300 {
      func blank() -> String {
        ["", "", " ", "\n", "\r\n\t"].randomElement(using: &generator) ?? ""
      }
      func literal(_ text: String) -> String {
        let parts = text.unicodeScalars.map { scalar -> String in
          guard scalar.value < 0x20 || scalar == "\"" || Bool.random(using: &generator) else {
            return String(Character(scalar))
          }
          return String(Character(scalar)).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }.joined()
        }
        return "\"" + parts.joined() + "\""
      }
      var expected: [[String]] = []
      var objects: [String] = []
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let values = fields.map { _ in ReaderPropertyTests.text(&generator) }
        expected.append(values)
        let members = zip(fields, values).shuffled(using: &generator).map { field, value in
          blank() + literal(field.name) + blank() + ":" + blank() + literal(value) + blank()
        }
        objects.append("{" + members.joined(separator: ",") + "}")
      }
      let text =
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: "[" + objects.joined(separator: ",") + "]"
        case 1: "{\"invoices\":[" + objects.joined(separator: "," + blank()) + "]}"
        default: objects.joined(separator: "\n")
        }
      try file.replace(Array(text.utf8))
      let reading = file.read(blockSize: Int.random(in: 1...64, using: &generator))
      #expect(reading.failure == nil, "\(generator)")
      #expect(reading.faults.isEmpty, "\(generator)")
      #expect(
        reading.records.map { record in fields.map { record.value($0) } } == expected,
        "\(generator)")
    }
  }

  /// Reads a file, every record of it again, decodes and shows it; only traps and loops matter.
  private static func exercise(_ file: ExportFile, blockSize: Int) -> Int {
    var count = 0
    do throws(Failure) {
      let reader = try file.reader(blockSize: blockSize)
      var record = reader.makeRecord()
      var other = reader.makeRecord()
      var invoice = Invoice()
      var survey = DateSurvey()
      while let kind = try reader.next(Set(RecordKind.allCases), into: &record) {
        count += 1
        survey.look(at: record)
        let dates = survey.columns(preferring: .mdy)
        InvoiceDecoder(
          layout: record.layout, dates: dates, numbers: NumberStyle(count % 2 == 0 ? .us : .eu)
        )
        .decode(record, into: &invoice)
        try reader.read(record.place, into: &other)
        _ = other.period
        other.append(rowsOf: record)
        if kind == .customers { _ = Customer(record) }
        for flaw in invoice.flaws.prefix(2) {
          _ = reader.excerpt(record, flaw.row, record.cell(flaw.row, flaw.field))
        }
      }
    } catch {
      _ = error.description
    }
    return count
  }

  private static let seeds: (csv: [String], json: [String]) = (
    [
      invoiceHeader
        + "1,\"Ac\"\"me\",3/4/2026,Haul,\"1,250.00\"\r\n1,,,Fuel,(5)\r\n=\"02\",B,2026-01-01,x,1e2\n",
      "name;address;email\nAcme;\"1 Main, Dallas, TX 75201\";a@b\n\"Be\nta\";x;\n",
    ],
    [
      #"{"invoices":[{"invoice_number":"1","lines":[{"category":"x","amount":1.5},{"amount":"2"}],"stops":[{"type":"drop"}]}]}"#,
      "{\"invoice_number\":\"\\u00e9\"}\n{\"customer_name\":\"a\",\"billing\":{\"address\":{\"zip\":7}}}\n{\"pay_item\":\"x\"}",
      #"[{"load_id":7,"amount":5},{"customer":"A","items":[[],null]}]"#,
      "{\"invoices\":[{\"invoice_number\":\"1\",\"invoice_total\":3},{\"load_id\":2,\"lines\":[]}],\r\n\"lines\":[{\"invoice_number\":\"\\u0031\",\"amount\":1},{\"invoice_number\":2,\"amount\":\"2\"},{\"amount\":2}]}",
    ]
  )

  @Test func `no bytes at all make the readers trap or go on for ever`() throws {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    let csv = Array("invoice_number,customer_name,date,item,amount\",;\t\n\r'=0123.5é".utf8)
    let json =
      Array("{}[]\",:\\u0041 \n\r12.e-truefalsnl".utf8) + Array("\"lines\":[{\"amount\":".utf8)
    for round in 0..<20_000 {
      let count = Int.random(in: 0...60, using: &generator)
      var bytes: [UInt8] =
        switch round % 4 {
        case 0: (0..<count).map { _ in .random(in: 0...255, using: &generator) }
        case 1: Array(invoiceHeader.utf8)
        default:
          [[0x7B], [0x5B], Array("{\"invoices\":[{".utf8)].randomElement(using: &generator) ?? []
        }
      let alphabet = round % 4 > 1 ? json : csv
      if round % 4 > 0 {
        for _ in 0..<count { bytes.append(alphabet.randomElement(using: &generator) ?? 0) }
      }
      try file.replace(bytes)
      let blockSize = round % 3 == 0 ? Int.random(in: 1...16, using: &generator) : 64
      let records = ReaderPropertyTests.exercise(file, blockSize: blockSize)
      #expect(records <= bytes.count, "\(generator)")
    }
  }

  @Test func `no change to a valid file makes the readers trap, and blocks make no difference`()
    throws
  {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    let marks = Array("\",;\n\r{}[]:\\'= \0".utf8) + [0xC2, 0xE2, 0xEF, 0xFF]
    for round in 0..<20_000 {
      let seeds =
        round % 2 == 0 ? ReaderPropertyTests.seeds.csv : ReaderPropertyTests.seeds.json
      var bytes = Array((seeds.randomElement(using: &generator) ?? "").utf8)
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: bytes.indices, using: &generator)
        let mark = marks.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[index] = mark
        case 1: bytes.insert(mark, at: index)
        case 2: bytes.remove(at: index)
        case 3: bytes.removeLast(bytes.count - index)
        default: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
        }
      }
      try file.replace(bytes)
      _ = ReaderPropertyTests.exercise(file, blockSize: 64)
      guard round % 25 == 0 else { continue }
      let small = file.read(blockSize: Int.random(in: 1...9, using: &generator))
      #expect(small == file.read(), "\(bytes), \(generator)")
    }
  }
}
