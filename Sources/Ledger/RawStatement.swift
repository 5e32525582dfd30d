internal import GRDB
internal import GRDBSQLite
internal import Vocabulary

/// A prepared statement without GRDB's row objects, for the places that move a million rows.
///
/// Errors are thrown as GRDB's `DatabaseError`, so that there is one kind to translate.
struct RawStatement: ~Copyable {
  private let statement: OpaquePointer
  private let connection: OpaquePointer
  /// Whose statement it is, when the connection keeps it.
  private let owner: Statement?

  /// A statement of its own, which ends with it.
  init(_ sql: String, _ db: Database) throws {
    guard let connection = db.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE)
    }
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else {
      throw RawStatement.error(code, connection)
    }
    self.statement = statement
    self.connection = connection
    owner = nil
  }

  /// A statement that the connection keeps for the next time, so that its text is compiled once.
  ///
  /// For small transactions of which there are many: compiling takes longer than executing. Two of the
  /// same text must not be in use at once.
  init(kept sql: String, _ db: Database) throws {
    guard let connection = db.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE)
    }
    let owner = try db.cachedStatement(sql: sql)
    statement = owner.sqliteStatement
    self.connection = connection
    self.owner = owner
    sqlite3_reset(statement)
  }

  deinit {
    if owner == nil { sqlite3_finalize(statement) } else { sqlite3_reset(statement) }
  }

  /// Executes the statement, which gives no rows, and makes it ready to be bound again.
  func run() throws {
    let code = sqlite3_step(statement)
    guard code == SQLITE_DONE else {
      let error = RawStatement.error(code, connection)
      sqlite3_reset(statement)
      throw error
    }
    sqlite3_reset(statement)
  }

  /// Moves to the next row; false behind the last one.
  func step() throws -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw RawStatement.error(code, connection)
    }
  }

  /// Makes a statement that gave a row ready to be bound again.
  func reset() throws {
    let code = sqlite3_reset(statement)
    guard code == SQLITE_OK else { throw RawStatement.error(code, connection) }
  }

  func bind(_ text: String, at index: Int32) {
    var text = text
    text.withUTF8 { bytes in
      // A null pointer would bind NULL, and an empty buffer may have none.
      guard let start = bytes.baseAddress else {
        sqlite3_bind_text(statement, index, "", 0, RawStatement.transient)
        return
      }
      start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        _ = sqlite3_bind_text(statement, index, $0, Int32(bytes.count), RawStatement.transient)
      }
    }
  }

  func bind(orNull text: String?, at index: Int32) {
    if let text { bind(text, at: index) } else { bindNull(at: index) }
  }

  func bind(_ hash: ContentHash, at index: Int32) {
    var words = (hash.high.bigEndian, hash.low.bigEndian)
    withUnsafeBytes(of: &words) { bind($0, at: index) }
  }

  func bind(_ number: Int64, at index: Int32) {
    sqlite3_bind_int64(statement, index, number)
  }

  func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32) {
    sqlite3_bind_blob(
      statement, index, bytes.baseAddress, Int32(bytes.count), RawStatement.transient)
  }

  func bindNull(at index: Int32) { sqlite3_bind_null(statement, index) }

  /// Binds a text that is given by its bytes.
  func bind(text bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
    // A null pointer would bind NULL, and an empty buffer may have none.
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return bind("", at: index) }
    start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
      _ = sqlite3_bind_text(statement, index, $0, Int32(bytes.count), RawStatement.transient)
    }
  }

  /// Which of SQLite's types the value in a column has: `SQLITE_TEXT` and the like.
  func type(_ column: Int32) -> Int32 { sqlite3_column_type(statement, column) }

  /// The bytes of a text or blob column, valid until the next step.
  func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    // The pointer has to be asked for before the count, which depends on the encoding asked for.
    let start = sqlite3_column_blob(statement, column)
    let count = Int(sqlite3_column_bytes(statement, column))
    return UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: count)
  }

  func integer(_ column: Int32) -> Int64 {
    sqlite3_column_int64(statement, column)
  }

  func integerOrNull(_ column: Int32) -> Int64? {
    type(column) == SQLITE_NULL ? nil : integer(column)
  }

  func text(_ column: Int32) -> String {
    String(decoding: bytes(column), as: UTF8.self)
  }

  func textOrNull(_ column: Int32) -> String? {
    type(column) == SQLITE_NULL ? nil : text(column)
  }

  /// SQLite's sign for bytes that it has to copy.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
  }
}
