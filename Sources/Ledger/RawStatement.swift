internal import GRDB
internal import GRDBSQLite

/// A prepared statement without GRDB's row objects, for the places that move a million rows.
///
/// Errors are thrown as GRDB's `DatabaseError`, so that there is one kind to translate.
struct RawStatement: ~Copyable {
  private let statement: OpaquePointer
  private let connection: OpaquePointer

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
  }

  deinit { sqlite3_finalize(statement) }

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

  func text(_ column: Int32) -> String {
    String(decoding: bytes(column), as: UTF8.self)
  }

  /// SQLite's sign for bytes that it has to copy.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
  }
}
