internal import Vocabulary

/// Reads the invoices and credit memos of IIF files, as they are imported.
enum IIFBookReader {
  /// Where the columns of `TRNS` stand.
  private struct Columns {
    let type, number, name, date, due, amount: Int?

    init(_ reader: IIFReader) {
      type = reader.column("TRNSTYPE")
      number = reader.column("DOCNUM")
      name = reader.column("NAME")
      date = reader.column("DATE")
      due = reader.column("DUEDATE")
      amount = reader.column("AMOUNT")
    }
  }

  /// Whether a file that begins with these bytes declares transactions and no list.
  static func holdsTransactions(_ head: [UInt8]) -> Bool {
    let keywords = head.split { $0 == 0x0A || $0 == 0x0D }.compactMap { line -> Substring? in
      guard line.first == UInt8(ascii: "!") else { return nil }
      return String(decoding: line, as: UTF8.self).dropFirst().prefix { $0.isLetter }
    }
    let lists: Set<Substring> = [
      "ACCNT", "INVITEM", "CUST", "TERMS", "CLASS", "VEND", "EMP", "OTHERNAME",
    ]
    return keywords.contains("TRNS") && lists.isDisjoint(with: keywords)
  }

  /// Adds what a file holds; one of lists alone adds nothing.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func read(
    _ path: String, _ conventions: BookConventions, into table: inout BookTable
  ) throws(Failure) {
    let reader = try IIFReader(path: path, name: path)
    var columns: Columns?
    var isOpen = false
    let first = table.count
    var days = DaySurvey()
    while let row = try reader.next() {
      switch row {
      case .header("TRNS"):
        columns = Columns(reader)
        if table.files.last?.name != path {
          table.begin(
            BookFile(name: path, form: .iif, fingerprint: try BooksReader.fingerprint(path)))
        }
      case .data("TRNS"):
        guard !isOpen else { throw fault("a TRNS row stands inside a block", reader) }
        isOpen = true
        if let columns { take(reader, columns, &days, &table) }
      case .orphan("TRNS"):
        throw fault("no header row declares the columns of TRNS", reader)
      case .end("ENDTRNS"): isOpen = false
      default: break
      }
    }
    guard !isOpen else { throw fault("the file ends inside a transaction", reader) }
    days.settle(&table, from: first, preferring: conventions.writtenOrder)
  }

  private static func take(
    _ reader: IIFReader, _ columns: Columns, _ days: inout DaySurvey, _ table: inout BookTable
  ) {
    let bytes = reader.bytes
    let span = bytes.span
    var document = BookTable.Document()
    switch BookReport.type(span.extracting(reader.field(columns.type).range)) {
    case .document(let kind): document.kind = kind
    case .voided(let kind): (document.kind, document.isVoid) = (kind, true)
    case .other, .unknown:
      table.files[table.files.count - 1].passedOver += 1
      return
    }
    document.line = reader.line
    document.date = days.day(span.extracting(reader.field(columns.date).range), &document, .date)
    document.dueDate = days.day(
      span.extracting(reader.field(columns.due).range), &document, .dueDate)
    let amount = span.extracting(reader.field(columns.amount).range)
    if case .value(let value) = FixedDecimal.parse(amount, .us), let money = Money(value) {
      document.total = money
    } else {
      document.marks.insert(.amountUnreadable)
    }
    table.add(
      document, number: span.extracting(reader.field(columns.number).range),
      customer: span.extracting(reader.field(columns.name).range))
  }

  private static func fault(_ message: String, _ reader: IIFReader) -> Failure {
    Failure(
      .inputUnreadable, message,
      remedy: "compare the file with the one that was written; do not import it",
      location: reader.location)
  }
}

/// Finds out which of day and month comes first in a file, while its dates are read month first.
struct DaySurvey {
  /// Which date of a document.
  enum Role { case date, dueDate }

  /// A date that can only be read so, and where.
  private var monthFirst = 0
  private var dayFirst = 0
  /// The text that was read last, and what it says.
  private var lastText: [UInt8] = []
  private var last: (day: CalendarDate?, fit: Fit) = (nil, .absent)

  /// In which ways a text can be read as a day.
  private enum Fit { case absent, unreadable, oneWay, bothWays, monthFirst, dayFirst }

  /// Reads a day, and marks it where it fits both ways.
  mutating func day(
    _ text: Span<UInt8>, _ document: inout BookTable.Document, _ role: Role
  ) -> CalendarDate? {
    guard !text.isEmpty else { return nil }
    // Mostly it is that of the row before.
    if !text.isSame(as: lastText.span) {
      last = DaySurvey.read(text)
      lastText.removeAll(keepingCapacity: true)
      lastText.append(text)
    }
    switch last.fit {
    case .absent, .oneWay: break
    case .bothWays:
      document.marks.insert(role == .date ? .dateFitsBothWays : .dueDateFitsBothWays)
    case .monthFirst: monthFirst += 1
    case .dayFirst: dayFirst += 1
    case .unreadable: document.marks.insert(.dateUnreadable)
    }
    return last.day
  }

  private static func read(_ text: Span<UInt8>) -> (day: CalendarDate?, fit: Fit) {
    let written = WrittenDate(text)
    guard case .slashed(let first, let second, _) = written.shape else {
      if let day = written.day(nil) { return (day, .oneWay) }
      return (nil, written.shape == .absent ? .absent : .unreadable)
    }
    if let day = written.day(.mdy) {
      if first != second, second <= 12 { return (day, .bothWays) }
      return (day, second > 12 ? .monthFirst : .oneWay)
    }
    if let day = written.day(.dmy) { return (day, .dayFirst) }
    return (nil, .unreadable)
  }

  /// Settles the dates that fit both ways, now that the whole file was read.
  func settle(_ table: inout BookTable, from first: Int, preferring order: DateOrder) {
    guard table.count > first else { return }
    if dayFirst > 0, monthFirst > 0 {
      let file = table.files.count - 1
      table.files[file].faults.append(
        BookFile.Fault(
          "dates of \(table.files[file].name) are written both month first and day first",
          remedy: "export it again from QuickBooks; do not let a spreadsheet save it in between",
          location: SourceLocation(file: table.files[file].name, line: 1)))
    }
    if dayFirst > monthFirst || dayFirst == monthFirst && order == .dmy {
      table.swapDays(from: first)
    }
  }
}
