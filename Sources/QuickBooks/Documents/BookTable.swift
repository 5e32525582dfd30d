public import Vocabulary

/// The invoices and credit memos that QuickBooks holds, some forty bytes each.
///
/// Amounts have the sign of what the customer owes: a credit memo's are negative. Numbers and names are
/// kept as bytes in one piece; a customer is known by its number among ``customerName(_:)``. Each property
/// has a column of its own; what no file tells, such as due dates, takes no room.
public struct BookTable: Sendable {
  /// What else there is to know, in two bytes.
  struct Marks: OptionSet, Sendable {
    let rawValue: UInt16
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
    /// Two files say different things about it.
    static let contradicted = Marks(rawValue: 128)
    /// QuickBooks has it, but has not booked it.
    static let pending = Marks(rawValue: 256)
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
    /// Whether it waits in QuickBooks, not booked.
    public var isPending = false
    /// The line of the file it stands on, from 1.
    public var line = 1
    var marks: Marks = []

    /// A document without anything.
    public init() {}
  }

  /// The files, in the order in which they were read.
  public internal(set) var files: [BookFile] = []
  /// Files of a folder, and sheets of workbooks, that list no documents.
  public internal(set) var passedOver: [String] = []
  /// How many rows tell a document that an earlier file told.
  public internal(set) var joined = 0
  /// The first document of each file.
  var firsts: [Int] = []
  var hashes: [UInt64] = []
  var totals: [Int64] = []
  var dates: [Int32] = []
  var customers: [Int32] = []
  private var lines: [UInt32] = []
  var marks: [Marks] = []
  /// Where the number of each document begins; it ends where the next one begins.
  private var starts: [UInt32] = []
  /// Empty as long as no document has one.
  var dueDates: [Int32] = []
  var balances: [Int64] = []
  /// The hashes of QuickBooks' own ids, where the files have them.
  private var ids: [UInt64: Int] = [:]
  private var numbers: [UInt8] = []
  private var names = ByteInterner()

  /// An empty table.
  public init() {}

  /// Makes room for documents; a little too much costs nothing.
  public mutating func reserve(_ documents: Int) {
    let wanted = count + documents
    hashes.reserveCapacity(wanted)
    totals.reserveCapacity(wanted)
    dates.reserveCapacity(wanted)
    customers.reserveCapacity(wanted)
    lines.reserveCapacity(wanted)
    marks.reserveCapacity(wanted)
    starts.reserveCapacity(wanted)
    numbers.reserveCapacity(numbers.count + documents * 8)
  }

  /// Begins a file; what is added from now on stands in it.
  public mutating func begin(_ file: BookFile) {
    files.append(file)
    firsts.append(count)
  }

  /// Adds a document to the file begun last.
  ///
  /// - Parameters:
  ///   - document: What is known of it.
  ///   - number: Its number, without outer blanks; empty for none.
  ///   - customer: The customer's full path; empty when nobody says it.
  public mutating func add(
    _ document: Document, number: Span<UInt8>, customer: Span<UInt8>
  ) {
    var marks = document.marks
    if document.kind == .creditMemo { marks.insert(.creditMemo) }
    if document.isVoid { marks.insert(.voided) }
    if document.isPending { marks.insert(.pending) }
    if let day = document.dueDate?.daysSince1970 {
      fill(&dueDates, BookTable.noDate)
      dueDates.append(day)
    } else if !dueDates.isEmpty {
      dueDates.append(BookTable.noDate)
    }
    if let cents = document.balance?.cents {
      fill(&balances, BookTable.noAmount)
      balances.append(cents)
    } else if !balances.isEmpty {
      balances.append(BookTable.noAmount)
    }
    starts.append(UInt32(truncatingIfNeeded: numbers.count))
    numbers.append(number)
    hashes.append(ByteHash.of(number))
    totals.append(document.total?.cents ?? BookTable.noAmount)
    dates.append(document.date?.daysSince1970 ?? BookTable.noDate)
    customers.append(customer.isEmpty ? -1 : Int32(names.intern(customer)))
    lines.append(UInt32(clamping: document.line))
    self.marks.append(marks)
    files[files.count - 1].documents += 1
    if let total = document.total { files[files.count - 1].amount += total }
  }

  /// Begins a column that no document had a value in so far.
  private func fill<Value>(_ column: inout [Value], _ nothing: Value) {
    if column.isEmpty { column = Array(repeating: nothing, count: count) }
  }

  /// The document that QuickBooks calls by this id, when it was met before; else the next one that is added
  /// will be it.
  mutating func document(withID id: Span<UInt8>) -> Int? {
    guard !id.isEmpty else { return nil }
    let hash = ByteHash.of(id)
    if let known = ids[hash] { return known }
    ids[hash] = count
    return nil
  }

  // MARK: - Asking

  /// How many documents there are, those told by several files counted as often.
  public var count: Int { hashes.count }

  /// The number of a document, as text.
  public func number(_ document: Int) -> String {
    String(decoding: numberBytes(document), as: UTF8.self)
  }

  /// The number of a document, as it stands in the file.
  public func numberBytes(_ document: Int) -> ArraySlice<UInt8> { numbers[numberRange(document)] }

  /// Whether a document has this number.
  public func hasNumber(_ document: Int, _ number: Span<UInt8>) -> Bool {
    let range = numberRange(document)
    guard range.count == number.count else { return false }
    for index in number.indices where numbers[range.lowerBound + index] != number[index] {
      return false
    }
    return true
  }

  /// Whether two documents have the same number.
  public func haveSameNumber(_ left: Int, _ right: Int) -> Bool {
    hashes[left] == hashes[right] && numberBytes(left).elementsEqual(numberBytes(right))
  }

  /// Whether it has a number at all.
  public func hasNumber(_ document: Int) -> Bool { !numberRange(document).isEmpty }

  /// The hash of its number.
  public func numberHash(_ document: Int) -> UInt64 { hashes[document] }

  private func numberRange(_ document: Int) -> Range<Int> {
    let next = document + 1
    return Int(starts[document])..<(next < starts.count ? Int(starts[next]) : numbers.count)
  }

  /// The form.
  public func kind(_ document: Int) -> SalesDocument.Kind {
    marks[document].contains(.creditMemo) ? .creditMemo : .invoice
  }

  /// Its customer's number; -1 when no file says it.
  public func customer(_ document: Int) -> Int { Int(customers[document]) }

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
  public func date(_ document: Int) -> CalendarDate? { BookTable.day(dates[document]) }

  /// When it is due.
  public func dueDate(_ document: Int) -> CalendarDate? {
    dueDates.isEmpty ? nil : BookTable.day(dueDates[document])
  }

  /// What it is about.
  public func total(_ document: Int) -> Money? { BookTable.money(totals[document]) }

  /// What is still open of it.
  public func balance(_ document: Int) -> Money? {
    balances.isEmpty ? nil : BookTable.money(balances[document])
  }

  /// Whether it was voided.
  public func isVoid(_ document: Int) -> Bool { marks[document].contains(.voided) }

  /// Whether it waits in QuickBooks, not booked.
  public func isPending(_ document: Int) -> Bool { marks[document].contains(.pending) }

  /// Whether two files say different things about it.
  public func isContradicted(_ document: Int) -> Bool { marks[document].contains(.contradicted) }

  /// Whether something cannot be read.
  public func isUnreadable(_ document: Int) -> Bool {
    !marks[document].isDisjoint(with: [.amountUnreadable, .dateUnreadable])
  }

  /// Whether an earlier file told it already, so that it does not count again.
  public func isToldBefore(_ document: Int) -> Bool { marks[document].contains(.told) }

  /// Which file tells it.
  public func file(_ document: Int) -> Int {
    var (low, high) = (0, firsts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if firsts[middle] <= document { low = middle } else { high = middle }
    }
    return low
  }

  /// The line of its file that it stands on, from 1.
  public func line(_ document: Int) -> Int { Int(lines[document]) }

  /// Where it stands.
  public func location(_ document: Int) -> SourceLocation {
    let file = files[file(document)]
    return SourceLocation(file: file.name, line: line(document), sheet: file.sheet)
  }

  static func day(_ days: Int32) -> CalendarDate? {
    days == noDate ? nil : CalendarDate(daysSince1970: days)
  }

  static func money(_ cents: Int64) -> Money? {
    cents == noAmount ? nil : Money(cents: cents)
  }

  // MARK: - What only the whole file knows

  /// Reads the dates of a file's documents day first, which were read month first where both fit.
  mutating func swapDays(from first: Int) {
    for index in first..<count {
      if marks[index].contains(.dateFitsBothWays) { dates[index] = BookTable.swapped(dates[index]) }
      if marks[index].contains(.dueDateFitsBothWays), !dueDates.isEmpty {
        dueDates[index] = BookTable.swapped(dueDates[index])
      }
    }
  }

  private static func swapped(_ days: Int32) -> Int32 {
    let (year, month, day) = CalendarDate(daysSince1970: days).components
    return CalendarDate(year: year, month: day, day: month)?.daysSince1970 ?? days
  }
}

/// Finds documents by the hash of their number; whoever asks compares the numbers themselves.
public struct BookIndex: Sendable {
  private var slots: [Int32]
  /// The next document of the same hash; -1 behind the last one, -2 where there is but one.
  private var following: [Int32]
  private let mask: Int

  /// An index over all documents of a table.
  public init(_ table: BookTable) {
    var size = 16
    while size < table.count * 2 { size *= 2 }
    mask = size - 1
    slots = Array(repeating: -1, count: size)
    following = Array(repeating: -2, count: table.count)
    // From the back, so that each chain is in the order of the files.
    for document in stride(from: table.count - 1, through: 0, by: -1) {
      let hash = table.numberHash(document)
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0, table.numberHash(Int(slots[slot])) != hash {
        slot = (slot + 1) & mask
      }
      let next = Int(slots[slot])
      if next >= 0 {
        following[document] = Int32(next)
        following[next] = max(following[next], -1)
      }
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

  /// The only document whose number has this hash, perhaps this one; -1 when there are none or several.
  public func only(_ hash: UInt64, in table: BookTable, near guess: Int) -> Int {
    if guess < following.count, table.numberHash(guess) == hash {
      return following[guess] == -2 ? guess : -1
    }
    let document = first(hash, in: table)
    return document >= 0 && following[document] == -2 ? document : -1
  }

  /// The next document of the same hash; less than zero when there is none.
  public func next(_ document: Int) -> Int { Int(following[document]) }
}
