import LoadOps
import TestSupport
import Testing
import Vocabulary

/// JSON that has the lines of its invoices in an array of their own.
struct LinesApartTests {
  private static let invoices =
    #"{"invoice_number":"1","customer_name":"A","invoice_date":"2026-01-02","invoice_total":"7.50"}"#
    + ",\n"
    + #"{"invoice_number":"2","customer_name":"B","invoice_date":"2026-01-03","invoice_total":9}"#
  private static let lines =
    #"{"invoice_number":"1","category":"Haul","amount":"5.00"}"# + ",\n"
    + #"{"Load ID":2,"category":"Fuel","quantity":3,"rate":3,"amount":9}"# + ",\n"
    + #"{"invoice_number":"1","category":"D\u00e9t","amount":"2.50"}"#

  private static func file(_ members: String...) throws -> ExportFile {
    try ExportFile("{" + members.joined(separator: ",\n") + "}")
  }

  @Test(arguments: [
    "lines", "line_items", "lineItems", "invoice_lines", "Invoice Items", "items", "payItems",
    "accessorials", "charges",
  ])
  func `invoices get their lines from the array beside them`(name: String) throws {
    let ways = [
      try LinesApartTests.file(
        "\"invoices\":[\n\(LinesApartTests.invoices)]", "\"\(name)\":[\n\(LinesApartTests.lines)]"),
      try LinesApartTests.file(
        "\"\(name)\":[\n\(LinesApartTests.lines)]", "\"invoices\":[\n\(LinesApartTests.invoices)]"),
    ]
    for file in ways {
      let reading = file.read()
      #expect(reading.failure == nil)
      #expect(reading.faults.isEmpty)
      #expect(reading.numbers == ["1", "2"])
      #expect(reading.unknown == [])
      let invoices = try file.invoices()
      #expect(invoices.map(\.sum) == ["7.50", "9.00"])
      #expect(invoices[0].lines.map { $0[0] } == ["Haul", "Dét"])
      #expect(invoices[1].lines.map { $0[2] } == ["3"])
      #expect(invoices.map(\.flaws) == [[], []])
    }
  }

  @Test func `a line is where it stands`() throws {
    let file = try LinesApartTests.file(
      "\"invoices\":[\n\(LinesApartTests.invoices)]", "\"lines\":[\n\(LinesApartTests.lines)]")
    let reader = try file.reader()
    var record = reader.makeRecord()
    _ = try reader.next([.invoices], into: &record)
    let (location, excerpt) = reader.excerpt(record, 2, record.cell(2, .amount))
    #expect(location.line == 7)
    #expect(excerpt.text.contains("D\\u00e9t"))
    #expect(record.rows.map(\.ordinal) == [1, 1, 1])
  }

  private static let doubtful: [(String, String, [String])] = [
    // No invoice has the number.
    (
      invoices, #"{"invoice_number":"9","amount":1},{"invoice_number":"9","amount":2}"#,
      ["9 1,2 no invoice without lines has its number"]
    ),
    // No number at all, and no object at all.
    (invoices, #"{"category":"x","amount":1},7"#, ["1 does not say whose it is", "not an object"]),
    // The invoice has lines of its own.
    (
      #"{"invoice_number":"1","customer_name":"A","lines":[{"category":"x","amount":1}]}"#,
      #"{"invoice_number":"1","category":"y","amount":2}"#,
      ["1 2 no invoice without lines has its number"]
    ),
    // Nobody can tell whether the lines are all there are.
    (
      #"{"invoice_number":"1","customer_name":"A"}"#,
      #"{"invoice_number":"1","category":"y","amount":2}"#,
      ["1 2 without invoice_total"]
    ),
  ]

  @Test(arguments: doubtful)
  func `what does not join waits`(invoices: String, lines: String, expected: [String]) throws {
    let file = try LinesApartTests.file("\"invoices\":[\(invoices)]", "\"lines\":[\(lines)]")
    let reading = file.read()
    let faulty = reading.records.filter { !$0.faults.isEmpty }
    #expect(faulty.count == expected.count)
    for (record, words) in zip(faulty, expected) {
      let said = [
        record.value(.invoiceNumber),
        record.values(.amount).filter { !$0.isEmpty }.joined(separator: ","),
        record.faults.joined(separator: " "),
      ].filter { !$0.isEmpty }.joined(separator: " ")
      let parts = words.split(separator: " ", maxSplits: 2).map(String.init)
      #expect(parts.allSatisfy { said.contains($0) }, "\(said)")
    }
  }

  @Test func `a single amount is the total, and other things of lines are left out`() throws {
    let file = try LinesApartTests.file(
      #""invoices":[{"invoice_number":"1","customer_name":"A","amount":5,"description":"x"}]"#,
      #""lines":[{"invoice_number":"1","category":"Haul","amount":5}]"#)
    let invoices = try file.invoices()
    #expect(invoices[0].amounts == ["5.00", ""])
    #expect(invoices[0].lines.count == 1)
    #expect(file.read().unknown == ["description"])
  }

  @Test func `lists that only sound like lines are none`() throws {
    let file = try LinesApartTests.file(
      "\"invoices\":[\(LinesApartTests.invoices)]", #""items":[{"name":"Haul","price":5}]"#)
    #expect(file.read().numbers == ["1", "2"])
    #expect(file.read().unknown == ["items"])
    // An array of lines in front is not one of the invoice that has it.
    let single = try ExportFile(
      #"{"lines":[{"invoice_number":"1","category":"a","amount":5}],"invoice_number":"1"}"#)
    #expect(single.read().records.map { $0.values(.amount) } == [["5"]])
  }

  @Test(arguments: [
    "[{LINE}]", "{LINE}", "{LINE}\n{LINE}", "{\"invoices\":[{LINE},{LINE}]}",
  ])
  func `a file of lines alone is refused with what to do`(form: String) throws {
    var options = LayoutOptions()
    options.acceptsIncomeLines = true
    func open(_ line: String) throws -> Failure? {
      let file = try ExportFile(form.replacing("{LINE}", with: line))
      do throws(Failure) {
        _ = try ExportReader(path: file.path, file: 0, layouts: options)
        return nil
      } catch {
        return error
      }
    }
    for line in [
      #"{"invoice_number":"1","category":"Haul","amount":5}"#,
      #"{"Invoice #":"1","Amount":5,"Customer":"A","Payment Date":"2026-01-02"}"#,
    ] {
      let failure = try #require(try open(line))
      #expect(failure.message.contains("nothing but lines"))
      #expect(failure.remedy.contains("\"lines\": […]"))
    }
    #expect(try open(#"{"invoice_number":"1","customer_name":"A","amount":5}"#) == nil)
    #expect(try open(#"{"invoice_number":"1","invoice_date":"2026-01-02","amount":5}"#) == nil)
  }

  @Test func `an invoice reads the same again by its place, and as if its lines stood in it`()
    throws
  {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    for _ in 0..<200 {
      var (nested, heads): ([String], [String]) = ([], [])
      var lines: [(Int, String)] = []
      for number in 0..<Int.random(in: 1...6, using: &generator) {
        let own = (0..<Int.random(in: 1...4, using: &generator)).map { position in
          #""category":"C\#(generator.pick(["", "\\u00e9", "\\n", "日"]))x","amount":\#(position)"#
        }
        let total = own.indices.reduce(0, +)
        let head =
          #""invoice_number":"0\#(number)","customer_name":"A","invoice_date":"2026-01-02","invoice_total":\#(total)"#
        nested.append(
          "{\(head),\"lines\":[\(own.map { "{\($0)}" }.joined(separator: ","))]}")
        heads.append("{\(head)\(generator.once(in: 3) ? ",\"lines\":[]" : "")}")
        lines += own.map { (number, "{\"invoice_number\":\"0\(number)\",\($0)}") }
      }
      // Lines of different invoices stand in any order; those of one keep theirs.
      var queues = Dictionary(grouping: lines, by: \.0).mapValues { $0.map(\.1)[...] }
      var mixed: [String] = []
      while let number = queues.keys.sorted().randomElement(using: &generator) {
        if let line = queues[number]?.popFirst() {
          mixed.append(line)
        } else {
          queues[number] = nil
        }
      }
      let blank = generator.pick(["", " ", "\n", "\r\n"])
      var members = [
        "\"invoices\":[\(heads.joined(separator: ",\(blank)"))]",
        "\"lines\":[\(blank)\(mixed.joined(separator: ",\(blank)"))]",
      ]
      if Bool.random(using: &generator) { members.reverse() }
      try file.replace(Array("{\"invoices\":[\(nested.joined(separator: ","))]}".utf8))
      var expected = try file.invoices()
      try file.replace(Array("{\(members.joined(separator: ",\(blank)"))}".utf8))
      var actual = try file.invoices()
      // Where a flaw stands differs.
      for index in expected.indices { expected[index].flaws = [] }
      for index in actual.indices { actual[index].flaws = [] }
      #expect(actual == expected, "\(generator)")
      let blockSize = Int.random(in: 1...64, using: &generator)
      let reading = file.read(blockSize: blockSize)
      #expect(reading.faults.isEmpty && reading.failure == nil, "\(generator)")
      let reader = try file.reader(blockSize: blockSize)
      var record = reader.makeRecord()
      for read in reading.records.reversed() {
        try reader.read(read.place, into: &record)
        #expect(ReadRecord(.invoices, record) == read, "\(generator)")
      }
    }
  }

  @Test func `lines that no invoice takes read the same again by their place`() throws {
    let file = try LinesApartTests.file(
      "\"invoices\":[\(LinesApartTests.invoices)]",
      #""lines":[{"amount":1},{"invoice_number":"9","amount":2},7,{"invoice_number":"9","amount":3}]"#
    )
    let reading = file.read()
    #expect(reading.records.map { $0.values(.amount) } == [[""], [""], ["1"], ["2", "3"], [""]])
    let reader = try file.reader()
    var record = reader.makeRecord()
    for read in reading.records {
      try reader.read(read.place, into: &record)
      #expect(ReadRecord(.invoices, record) == read)
    }
  }
}
