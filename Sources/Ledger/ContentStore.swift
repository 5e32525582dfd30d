internal import GRDB
internal import GRDBSQLite
internal import Vocabulary

/// Writes contents of invoices, each text that repeats only once.
///
/// A text gets a row of its own when the run meets it a second time; most references and descriptions
/// never do. Memory stays bounded: at most 65,536 such texts of a run, and a filter of fixed size that
/// remembers what was met lately.
struct ContentStore: ~Copyable {
  private let db: Database
  private let insertion: RawStatement
  private var packed: [UInt8] = []
  private var texts = ByteInterner()
  /// The row of each text, by its number in `texts`.
  private var rows: [Int64] = []
  /// Hashes of texts that were met once, each in the place that its low bits name.
  private var met = [UInt64](repeating: 0, count: 1 << 14)

  fileprivate static let mostTexts = 1 << 16
  private static let longestText = 256

  init(_ db: Database) throws {
    insertion = try RawStatement("INSERT INTO contents (invoice, packed) VALUES (?, ?)", db)
    self.db = db
  }

  /// Keeps the content of the invoice in this row.
  mutating func insert(_ content: InvoiceContent, invoice: Int64) throws {
    var output = packed
    packed = []
    output.removeAll(keepingCapacity: true)
    try content.pack(to: &output) { try row(of: $0) }
    packed = output
    insertion.bind(invoice, at: 1)
    output.withUnsafeBytes { insertion.bind($0, at: 2) }
    try insertion.run()
  }

  private mutating func row(of text: Span<UInt8>) throws -> Int64? {
    if let number = texts.number(of: text) { return rows[number] }
    let hash = ByteHash.of(text)
    let place = Int(truncatingIfNeeded: hash) & (met.count - 1)
    guard met[place] == hash else {
      met[place] = hash
      return nil
    }
    guard text.count <= ContentStore.longestText, texts.count < ContentStore.mostTexts else {
      return nil
    }
    let string = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    // What is not UTF-8 would not come back as it was.
    guard string.utf8.count == text.count, string.utf8.elementsEqual(bytes(text)) else {
      return nil
    }
    let known = try Int64.fetchOne(
      db, sql: "SELECT id FROM texts WHERE text = ?", arguments: [string])
    if known == nil {
      try db.execute(sql: "INSERT INTO texts (text) VALUES (?)", arguments: [string])
    }
    rows.append(known ?? db.lastInsertedRowID)
    _ = texts.intern(text)
    return rows.last
  }

  private func bytes(_ span: Span<UInt8>) -> [UInt8] {
    span.withUnsafeBufferPointer { Array($0) }
  }

  /// The content of the invoice in a row; nil when none was kept.
  static func content(ofInvoice row: Int64, _ db: Database) throws -> InvoiceContent? {
    let statement = try RawStatement("SELECT packed FROM contents WHERE invoice = ?", db)
    statement.bind(row, at: 1)
    guard try statement.step() else { return nil }
    let packed = Array(statement.bytes(0))
    var texts = Texts(db)
    return try InvoiceContent(packed: packed) { try texts[$0] }
  }

  /// Reads texts by their numbers, each mostly once.
  struct Texts {
    private let db: Database
    private var known: [Int64: [UInt8]] = [:]

    init(_ db: Database) { self.db = db }

    /// A text's bytes; nil when there is none of this number.
    subscript(id: Int64) -> [UInt8]? {
      mutating get throws {
        if let text = known[id] { return text }
        let text = try String.fetchOne(
          db, sql: "SELECT text FROM texts WHERE id = ?", arguments: [id])
        // However many runs there were, memory stays bounded.
        if known.count >= ContentStore.mostTexts { known.removeAll(keepingCapacity: true) }
        known[id] = text.map { Array($0.utf8) }
        return known[id]
      }
    }
  }
}
