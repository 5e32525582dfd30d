import LoadOps
import TestSupport
import Testing
import Vocabulary

/// Records come back from any workbook that holds them.
struct WorkbookPropertyTests {
  private static let fields: [Field] = [
    .invoiceNumber, .customerName, .invoiceDate, .dueDate, .terms, .category, .quantity, .amount,
  ]
  private static let alphabet = Array("aB7 ,;\t|\"\n'=éü€日🚚-.&<>_\\/{}[]:")

  /// A workbook that is drawn at random, and what its records must say.
  private struct RandomWorkbook {
    var fixture: WorkbookFixture
    /// Row by row what the fields say.
    var expected: [[String]] = []

    init(_ generator: inout SeededGenerator) {
      let from1904 = Bool.random(using: &generator)
      var columns = WorkbookPropertyTests.fields
      columns.shuffle(using: &generator)
      var rows: [[WorkbookFixture.Value]?] = []
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        rows.append(generator.pick([nil, [], ["Bluebonnet Carriers LLC"], [.empty, "2026"]]))
      }
      rows.append(columns.map { RandomWorkbook.text($0.name, &generator) })
      for number in 0..<Int.random(in: 1...12, using: &generator) {
        if generator.once(in: 6) { rows.append(generator.pick([nil, []])) }
        var said: [Field: String] = [:]
        rows.append(
          columns.map { field in
            let (value, text) = RandomWorkbook.cell(field, number, from1904, &generator)
            said[field] = text
            return value
          })
        expected.append(WorkbookPropertyTests.fields.map { said[$0] ?? "" })
      }
      var sheets = [WorkbookFixture.Sheet("Grid", rows)]
      let other = WorkbookFixture.Sheet("Notes & more", [["nothing of use"], [.number("7")]])
      if Bool.random(using: &generator) {
        sheets.insert(other, at: Int.random(in: 0...1, using: &generator))
      }
      fixture = WorkbookFixture(sheets)
      fixture.from1904 = from1904
      fixture.hasReferences = Bool.random(using: &generator)
      fixture.isStrict = generator.once(in: 4)
      let (isStored, hasDescriptor, isWide, hasWideEnd) = (
        generator.once(in: 3), generator.once(in: 3), generator.once(in: 3), generator.once(in: 3)
      )
      fixture.archive = { archive in
        archive.hasWideEnd = hasWideEnd
        for index in archive.entries.indices where index % 2 == 0 {
          archive.entries[index].isStored = isStored
          archive.entries[index].hasDescriptor = hasDescriptor
          archive.entries[index].isWide = isWide && !hasDescriptor
        }
      }
    }

    /// A text as a program may write it into a cell.
    private static func text(
      _ text: String, _ generator: inout SeededGenerator
    ) -> WorkbookFixture.Value {
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: .inline(text)
      case 1: .formula("A1&\"\"", result: text, isText: true)
      default: .text(text)
      }
    }

    private static func words(_ generator: inout SeededGenerator) -> String {
      let count = Int.random(in: 0...9, using: &generator)
      // The ends are plain, so that trimming takes nothing away.
      return "x" + String((0..<count).map { _ in generator.pick(alphabet) }) + "x"
    }

    /// A cell of a field, and what it must be read as.
    private static func cell(
      _ field: Field, _ row: Int, _ from1904: Bool, _ generator: inout SeededGenerator
    ) -> (WorkbookFixture.Value, String) {
      switch field {
      case .invoiceNumber:
        let number = "\(100 + row)"
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return (.number(number), number)
        // The format 00000 shows zeros in front, and they count.
        case 1: return (.number(number, style: 4), "00" + number)
        default: return (text("0LD-" + number, &generator), "0LD-" + number)
        }
      case .invoiceDate, .dueDate:
        if field == .dueDate, generator.once(in: 3) { return (.empty, "") }
        let serial = Int.random(in: 40_000...50_000, using: &generator)
        let day = "\(CalendarDate(daysSince1970: Int32(serial) - 25_569))"
        let written = "\(from1904 ? serial - 1462 : serial)"
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return (.number(written, style: 1), day)
        // Excel's own short date is the first of the formats that are built in.
        case 1: return (.number(written, style: 5), day)
        case 2: return (.number(written + ".75", style: 2), day + "T18:00:00")
        default: return (text(day, &generator), day)
        }
      case .quantity, .amount:
        if field == .quantity, generator.once(in: 3) { return (.empty, "") }
        let cents = Int.random(in: -10_000_000...10_000_000, using: &generator)
        let plain = Money(cents: Int64(cents)).description.replacing(",", with: "")
        var short = plain
        while short.hasSuffix("0") { short.removeLast() }
        if short.hasSuffix(".") { short.removeLast() }
        switch Int.random(in: 0..<4, using: &generator) {
        // The shortest text of a binary number is what programs write.
        case 0: return (.number("\(Double(cents) / 100)"), short)
        case 1: return (.number(short), short)
        case 2: return (.formula("B2*1", result: short), short)
        default: return (text(plain, &generator), plain)
        }
      default:
        if field == .terms, generator.once(in: 3) { return (.empty, "") }
        let words = words(&generator)
        return (text(words, &generator), words)
      }
    }
  }

  @Test func `records come back from any workbook`() throws {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    for _ in 0..<200 {
      let workbook = RandomWorkbook(&generator)
      try file.replace(workbook.fixture.bytes)
      let reading = file.read(blockSize: Int.random(in: 1...300, using: &generator))
      #expect(reading.failure == nil, "\(generator)")
      // By chance a text with line breaks may look like a row that a quotation mark swallowed.
      #expect(reading.faults.allSatisfy { $0.contains("swallowedRows") }, "\(generator)")
      let values = reading.records.map { record in
        WorkbookPropertyTests.fields.map { record.value($0) }
      }
      #expect(values == workbook.expected, "\(generator)")
    }
  }
}
