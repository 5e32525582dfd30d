public import Vocabulary

/// The invoices and credit memos that QuickBooks holds, some sixty bytes each.
///
/// Amounts have the sign of what the customer owes: a credit memo's are negative. Numbers and names are
/// kept as bytes in one piece; a customer is known by its number among ``customerName(_:)``.
public struct BookTable: Sendable {
  /// What is known of one document.
  struct Row: Sendable {
    var numberHash: UInt64
    var total: Int64
    var balance: Int64
    var numberStart: UInt32
    var line: UInt32
    var customer: Int32
    var date: Int32
    var dueDate: Int32
    var numberLength: UInt16
    var file: UInt16
    var marks: Marks
  }

  /// What else there is to know, in one byte.
  struct Marks: OptionSet, Sendable {
    let rawValue: UInt8
    static let creditMemo = Marks(rawValue: 1)
    static let voided = Marks(rawValue: 2)
    /// An amount that cannot be read, or is left blank where the file tells amounts.
    static let amountUnreadable = Marks(rawValue: 4)
    /// A date that stands there and cannot be read.
    static let dateUnreadable = Marks(rawValue: 8)
    /// The date, or the due date, fits both ways of writing a day.
    static let dateFitsBothWays = Marks(rawValue: 16)
    static let dueDateFitsBothWays = Marks(rawValue: 32)
    /// The same document stands in an earlier file, too.
    static let told = Marks(rawValue: 64)
  }

  static let noAmount = Int64.min
  static let noDate = Int32.min

  /// A document as a source hands it over.
  public struct Document: Sendable {
    /// The form.
    public var kind = SalesDocument.Kind.invoice
    /// Its date.
    public var date: CalendarDate?
    /// When it is due.
    public var dueDate: CalendarDate?
    /// What it is about; a credit memo's is negative.
    public var total: Money?
    /// What is still open of it, in the same sign.
    public var balance: Money?
    /// Whether it was voided.
    public var isVoid = false
    /// The line of the file it stands on, from 1.
    public var line = 1
    var marks: Marks = []

    /// A document without anything.
    public init() {}
  }

  /// The files, in the order in which they were read.
  public internal(set) var files: [BookFile] = []
  private(set) var rows: [Row] = []
  /// The hashes of QuickBooks' own ids, where the files have them.
  private var ids: Set<UInt64> = []
  private var numbers: [UInt8] = []
  private var names = ByteInterner()

  /// An empty table.
  public init() {}

  /// Makes room for documents; a little too much costs nothing.
  public mutating func reserve(_ documents: Int) {
    rows.reserveCapacity(rows.count + documents)
    numbers.reserveCapacity(numbers.count + documents * 8)
  }

  /// Begins a file; what is added from now on stands in it.
  public mutating func begin(_ file: BookFile) { files.append(file) }

  /// Adds a document to the file begun last.
  ///
  /// - Parameters:
  ///   - document: What is known of it.
  ///   - number: Its number, without outer blanks; empty for none.
  ///   - customer: The customer's full path; empty when nobody says it.
  public mutating func add(
    _ document: Document, number: Span<UInt8>, customer: Span<UInt8>
  ) {
    let start = numbers.count
    let kept = number.extracting(first: min(number.count, Int(UInt16.max)))
    numbers.append(kept)
    var marks = document.marks
    if document.kind == .creditMemo { marks.insert(.creditMemo) }
    if document.isVoid { marks.insert(.voided) }
    rows.append(
      Row(
        numberHash: ByteHash.of(kept), total: document.total?.cents ?? BookTable.noAmount,
        balance: document.balance?.cents ?? BookTable.noAmount,
        numberStart: UInt32(truncatingIfNeeded: start),
        line: UInt32(clamping: document.line),
        customer: customer.isEmpty ? -1 : Int32(names.intern(customer)),
        date: document.date?.daysSince1970 ?? BookTable.noDate,
        dueDate: document.dueDate?.daysSince1970 ?? BookTable.noDate,
        numberLength: UInt16(kept.count), file: UInt16(clamping: files.count - 1), marks: marks))
    files[files.count - 1].documents += 1
    if let total = document.total { files[files.count - 1].amount += total }
  }

  /// Notes QuickBooks' own id of a document; false when it was met before.
  public mutating func isNew(id: Span<UInt8>) -> Bool {
    id.isEmpty || ids.insert(ByteHash.of(id)).inserted
  }

  // MARK: - Asking

  /// How many documents there are, those told by several files counted as often.
  public var count: Int { rows.count }

  /// The number of a document, as text.
  public func number(_ document: Int) -> String {
    String(decoding: numbers[numberRange(document)], as: UTF8.self)
  }

  /// Whether a document has this number.
  public func hasNumber(_ document: Int, _ number: Span<UInt8>) -> Bool {
    let row = rows[document]
    guard Int(row.numberLength) == number.count else { return false }
    let start = Int(row.numberStart)
    for index in number.indices where numbers[start + index] != number[index] { return false }
    return true
  }

  /// Whether two documents have the same number.
  public func haveSameNumber(_ left: Int, _ right: Int) -> Bool {
    guard rows[left].numberHash == rows[right].numberHash else { return false }
    return numbers[numberRange(left)].elementsEqual(numbers[numberRange(right)])
  }

  /// Whether it has a number at all.
  public func hasNumber(_ document: Int) -> Bool { rows[document].numberLength > 0 }

  /// The hash of its number.
  public func numberHash(_ document: Int) -> UInt64 { rows[document].numberHash }

  private func numberRange(_ document: Int) -> Range<Int> {
    let start = Int(rows[document].numberStart)
    return start..<start + Int(rows[document].numberLength)
  }

  /// The form.
  public func kind(_ document: Int) -> SalesDocument.Kind {
    rows[document].marks.contains(.creditMemo) ? .creditMemo : .invoice
  }

  /// Its customer's number; -1 when no file says it.
  public func customer(_ document: Int) -> Int { Int(rows[document].customer) }

  /// How many customers there are.
  public var customerCount: Int { names.count }

  /// The full path of a customer.
  public func customerName(_ number: Int) -> String { number < 0 ? "" : names[number] }

  /// The number of the customer with this name; nil when no document has it.
  public func customer(named name: String) -> Int? {
    var name = name
    return name.withUTF8 { names.number(of: $0.span) }
  }

  /// Its date.
  public func date(_ document: Int) -> CalendarDate? { BookTable.day(rows[document].date) }

  /// When it is due.
  public func dueDate(_ document: Int) -> CalendarDate? { BookTable.day(rows[document].dueDate) }

  /// What it is about.
  public func total(_ document: Int) -> Money? { BookTable.money(rows[document].total) }

  /// What is still open of it.
  public func balance(_ document: Int) -> Money? { BookTable.money(rows[document].balance) }

  /// Whether it was voided.
  public func isVoid(_ document: Int) -> Bool { rows[document].marks.contains(.voided) }

  /// Whether something cannot be read.
  public func isUnreadable(_ document: Int) -> Bool {
    !rows[document].marks.isDisjoint(with: [.amountUnreadable, .dateUnreadable])
  }

  /// Whether an earlier file told it already, so that it does not count again.
  public func isToldBefore(_ document: Int) -> Bool { rows[document].marks.contains(.told) }

  /// Which file tells it.
  public func file(_ document: Int) -> Int { Int(rows[document].file) }

  /// Where it stands.
  public func location(_ document: Int) -> SourceLocation {
    let file = files[file(document)]
    return SourceLocation(file: file.name, line: Int(rows[document].line), sheet: file.sheet)
  }

  private static func day(_ days: Int32) -> CalendarDate? {
    days == noDate ? nil : CalendarDate(daysSince1970: days)
  }

  private static func money(_ cents: Int64) -> Money? {
    cents == noAmount ? nil : Money(cents: cents)
  }

  // MARK: - What only the whole file knows

  /// Reads the dates of a file's documents day first, which were read month first where both fit.
  mutating func swapDays(from first: Int) {
    for index in first..<rows.count {
      if rows[index].marks.contains(.dateFitsBothWays) {
        rows[index].date = BookTable.swapped(rows[index].date)
      }
      if rows[index].marks.contains(.dueDateFitsBothWays) {
        rows[index].dueDate = BookTable.swapped(rows[index].dueDate)
      }
    }
  }

  private static func swapped(_ days: Int32) -> Int32 {
    let (year, month, day) = CalendarDate(daysSince1970: days).components
    return CalendarDate(year: year, month: day, day: month)?.daysSince1970 ?? days
  }

  /// Joins what several files tell of one document: the first one counts, the others add what it lacks.
  ///
  /// What stands twice in a file is there twice, so one row of a file joins at most one row of another. To
  /// know the last file that joined a row is enough, because the rows of a file stand together.
  ///
  /// - Parameter index: Finds documents by their numbers.
  mutating func join(_ index: BookIndex) {
    var joinedBy = Array(repeating: Int32(-1), count: rows.count)
    for document in rows.indices where hasNumber(document) {
      guard let first = firstToTell(document, index, joinedBy) else { continue }
      joinedBy[first] = Int32(rows[document].file)
      rows[document].marks.insert(.told)
      let other = rows[document]
      if rows[first].total == BookTable.noAmount { rows[first].total = other.total }
      if rows[first].balance == BookTable.noAmount { rows[first].balance = other.balance }
      if rows[first].customer < 0 { rows[first].customer = other.customer }
      if rows[first].date == BookTable.noDate { rows[first].date = other.date }
      if rows[first].dueDate == BookTable.noDate { rows[first].dueDate = other.dueDate }
      if other.marks.contains(.voided) { rows[first].marks.insert(.voided) }
    }
  }

  /// The document of an earlier file that is the same one; nil where there is none.
  ///
  /// Two files whose documents are told apart never tell the same one.
  private func firstToTell(
    _ document: Int, _ index: BookIndex, _ joinedBy: [Int32]
  ) -> Int? {
    let row = rows[document]
    var candidate = index.first(row.numberHash, in: self)
    while candidate >= 0, candidate < document {
      let other = rows[candidate]
      let areApart =
        files[Int(row.file)].form.tellsDoubles && files[Int(other.file)].form.tellsDoubles
      if other.file != row.file, joinedBy[candidate] != Int32(row.file), !areApart,
        !other.marks.contains(.told), haveSameNumber(candidate, document),
        BookTable.mayBeSame(other, row)
      {
        return candidate
      }
      candidate = index.next(candidate)
    }
    return nil
  }

  private static func mayBeSame(_ left: Row, _ right: Row) -> Bool {
    left.marks.contains(.creditMemo) == right.marks.contains(.creditMemo)
      && (left.total == right.total || left.total == noAmount || right.total == noAmount)
      && (left.customer == right.customer || left.customer < 0 || right.customer < 0)
      && (left.date == right.date || left.date == noDate || right.date == noDate)
  }
}

/// Finds documents by the hash of their number; whoever asks compares the numbers themselves.
public struct BookIndex: Sendable {
  private var slots: [Int32]
  private var following: [Int32]
  private let mask: Int

  /// An index over all documents of a table.
  public init(_ table: BookTable) {
    var size = 16
    while size < table.count * 2 { size *= 2 }
    mask = size - 1
    slots = Array(repeating: -1, count: size)
    following = Array(repeating: -1, count: table.count)
    // From the back, so that each chain is in the order of the files.
    for document in stride(from: table.count - 1, through: 0, by: -1) {
      let hash = table.numberHash(document)
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0, table.numberHash(Int(slots[slot])) != hash {
        slot = (slot + 1) & mask
      }
      following[document] = slots[slot]
      slots[slot] = Int32(document)
    }
  }

  /// The first document whose number has this hash; -1 when there is none.
  public func first(_ hash: UInt64, in table: BookTable) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      if table.numberHash(Int(slots[slot])) == hash { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    return -1
  }

  /// The next document of the same hash; -1 when there is none.
  public func next(_ document: Int) -> Int { Int(following[document]) }
}
