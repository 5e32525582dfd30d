public import Vocabulary

/// The invoices that may not be sent: a company folder's `suppress.csv`.
///
/// A row with an invoice number stands for that invoice; its customer name, when it has one, must be
/// the invoice's too, a guard against typing errors. A row with only a customer name stands for every
/// invoice of that customer.
public struct SuppressionList: Sendable {
  /// A row of the file.
  public struct Entry: Sendable, Hashable {
    /// Its position in ``SuppressionList/entries``.
    public var index: Int
    /// The line it begins on, from 1.
    public var line: Int
    /// Where it stands among the file's bytes.
    var bytes: Range<Int>
    /// The invoice; nil when the row is about a customer.
    public var invoiceNumber: String?
    /// The customer: the guard of an invoice, or whose invoices are meant.
    public var customerName: String?
    /// Why.
    public var reason: String
    /// Who decided; empty when nobody is named.
    public var by: String
    /// When it was decided.
    public var date: CalendarDate?
    /// The last day on which the row counts; nil for ever.
    public var until: CalendarDate?
    /// The first day on which the row counts no more; a plain `yes` makes it 1970-01-01.
    public var released: CalendarDate?

    /// Whether the row was released by that day.
    public func isReleased(on today: CalendarDate) -> Bool { released.map { $0 <= today } ?? false }

    /// Whether the row counts on that day.
    public func isInForce(on today: CalendarDate) -> Bool {
      !isReleased(on: today) && (until.map { today <= $0 } ?? true)
    }
  }

  /// What the list says about an invoice; the index is that of ``SuppressionList/entries``.
  public enum Match: Sendable, Hashable {
    /// Nothing.
    case none
    /// It may not be sent.
    case suppressed(Int)
    /// An entry has its number, but names another customer.
    case guardDiffers(Int)
    /// An entry would fit, but its last day is over.
    case expired(Int)
  }

  /// Why an invoice may not be sent.
  public struct Suppression: Sendable, Hashable {
    /// The entry's position in ``SuppressionList/entries``.
    public var entryIndex: Int
    /// The reason given.
    public var reason: String
    /// Who decided; empty when nobody is named.
    public var by: String
    /// The line of the file.
    public var line: Int
  }

  /// The columns of the file, in the order of a new one; `released` is known, too.
  public static let columnNames = [
    "invoice_number", "reason", "by", "date", "until", "customer_name",
  ]
  /// The `suppress.csv` that `init` writes: only the header.
  public static let template = columnNames.joined(separator: ",") + "\n"

  /// All rows, in file order.
  public private(set) var entries: [Entry] = []
  private var byNumber: [String: [Int]] = [:]
  private var byCustomer: [String: [Int]] = [:]
  private var numberHashes: Set<UInt64> = []
  private var customerHashes: Set<UInt64> = []
  private let layout: TableLayout
  /// Whether the file notes releases, rather than losing the row.
  var notesReleases: Bool { layout.has("released") }
  /// The file as the user named it, to point at its lines.
  public let path: String

  /// A list with nothing on it.
  public static let empty = SuppressionList(layout: TableLayout(names: columnNames))

  init(layout: TableLayout, path: String = "suppress.csv") {
    self.path = path
    self.layout = layout
  }

  /// Reads a suppression list; a missing file is an empty list.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`: the first problem, with the count of further
  ///   ones; ``check(path:)`` gives them all.
  public static func load(path: String) throws(Failure) -> SuppressionList {
    let (list, problems) = check(path: path)
    if let failure = Failure.first(of: problems) { throw failure }
    return list ?? .empty
  }

  /// Whether nothing is on the list.
  public var isEmpty: Bool { entries.isEmpty }

  /// Whether some row stands for all invoices of a customer.
  public var coversCustomers: Bool { !byCustomer.isEmpty }

  /// Whether a row may name this invoice; false means that surely none does.
  ///
  /// Rows that stand for a customer are not looked at: see ``mayContain(customer:)``.
  public func mayContain(number: Span<UInt8>) -> Bool {
    SuppressionList.mayContain(number, numberHashes)
  }

  /// Whether a row may stand for all invoices of this customer; false means that surely none does.
  public func mayContain(customer: Span<UInt8>) -> Bool {
    SuppressionList.mayContain(customer, customerHashes)
  }

  /// Whether ``match(number:customer:today:)`` may say anything but `none`, without making a `String`.
  public func mayMatch(number: Span<UInt8>, customer: Span<UInt8>) -> Bool {
    mayContain(number: number) || mayContain(customer: customer)
  }

  private static func mayContain(_ bytes: Span<UInt8>, _ hashes: Set<UInt64>) -> Bool {
    guard !hashes.isEmpty else { return false }
    // The same text can have different bytes beyond ASCII, so such a text is left to the comparison.
    for index in bytes.indices where bytes[index] >= 0x80 { return true }
    return hashes.contains(ByteHash.of(bytes))
  }

  /// What the list says about an invoice on a day.
  ///
  /// An entry that suppresses wins over everything else; among several the first one does.
  public func match(number: String, customer: String, today: CalendarDate) -> Match {
    var differs: Int?
    var expired: Int?
    for index in byNumber[number] ?? [] where !entries[index].isReleased(on: today) {
      let entry = entries[index]
      if let name = entry.customerName, name != customer {
        if entry.isInForce(on: today), differs == nil { differs = index }
      } else if entry.isInForce(on: today) {
        return .suppressed(index)
      } else if expired == nil {
        expired = index
      }
    }
    for index in byCustomer[customer] ?? [] where !entries[index].isReleased(on: today) {
      if entries[index].isInForce(on: today) { return .suppressed(index) }
      if expired == nil { expired = index }
    }
    return differs.map(Match.guardDiffers) ?? expired.map(Match.expired) ?? .none
  }

  /// Why an invoice may not be sent on a day; nil when it may.
  public func reason(number: String, customer: String, today: CalendarDate) -> Suppression? {
    guard case .suppressed(let index) = match(number: number, customer: customer, today: today)
    else { return nil }
    let entry = entries[index]
    return Suppression(entryIndex: index, reason: entry.reason, by: entry.by, line: entry.line)
  }

  /// A sum of all entries; their order does not matter.
  public var fingerprint: Fingerprint {
    let rows = entries.map { entry in
      [
        entry.invoiceNumber ?? "", entry.customerName ?? "", entry.reason, entry.by,
        entry.date?.description ?? "", entry.until?.description ?? "",
        entry.released?.description ?? "",
      ]
    }
    var hasher = FingerprintHasher()
    for texts in Set(rows).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      for text in texts { hasher.update(text) }
    }
    return hasher.finish()
  }

  /// Takes an entry in; the caller has seen that it contradicts no other.
  mutating func append(_ entry: Entry) {
    var entry = entry
    entry.index = entries.count
    entries.append(entry)
    if var number = entry.invoiceNumber {
      byNumber[number, default: []].append(entry.index)
      numberHashes.insert(number.withUTF8 { ByteHash.of($0.span) })
    } else if var customer = entry.customerName {
      byCustomer[customer, default: []].append(entry.index)
      customerHashes.insert(customer.withUTF8 { ByteHash.of($0.span) })
    }
  }
}

extension SuppressionList {
  /// The line that adds an entry to a file with the columns of ``columnNames``, without line end.
  public static func line(
    invoiceNumber: String, reason: String, by: String = "", date: CalendarDate? = nil,
    until: CalendarDate? = nil, customerName: String = ""
  ) -> String {
    let cells = [
      invoiceNumber, reason, by, date?.description ?? "", until?.description ?? "", customerName,
    ]
    return cells.map(TableLayout.quoted).joined(separator: ",")
  }

  /// The line that adds an entry to this very file, in the order of its columns and with its delimiter.
  ///
  /// Nil when the file lacks a column that decides what is suppressed or until when. Who and when are
  /// left out where there is no column for them.
  public func line(
    invoiceNumber: String, reason: String, by: String = "", date: CalendarDate? = nil,
    until: CalendarDate? = nil, customerName: String = ""
  ) -> String? {
    layout.line(
      [
        "invoice_number": invoiceNumber, "reason": reason, "by": by,
        "date": date?.description ?? "", "until": until?.description ?? "",
        "customer_name": customerName,
      ], dropping: ["by", "date"])
  }

  /// The line of an entry, released on a day, for a file that notes releases.
  func line(releasing entry: Entry, on day: CalendarDate) -> String? {
    layout.line([
      "invoice_number": entry.invoiceNumber ?? "", "reason": entry.reason, "by": entry.by,
      "date": entry.date?.description ?? "", "until": entry.until?.description ?? "",
      "customer_name": entry.customerName ?? "", "released": day.description,
    ])
  }
}
