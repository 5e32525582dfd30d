internal import GRDB
internal import GRDBSQLite
public import Vocabulary

/// Writes a ledger as JSON Lines that can be kept for ever, and rebuilt from.
///
/// The format is `loadbooks-ledger`, version 1. The first line says so, names the company (exports of earlier versions do not)
/// and the migrations that the rows fit:
///
/// ```
/// {"format":"loadbooks-ledger","version":1,"company":"Acme Trucking","schema":["v1","v2"],"sequences":{"events":0,"runs":1}}
/// {"table":"runs","sequence":1,"id":"20261123-093240-6b89","command":"convert",…}
/// {"end":true,"rows":184,"sha256":"…"}
/// ```
///
/// Then comes one line for each row of each table, tables in the order of their making, rows in the order of their
/// primary key, columns in the order of the table; bytes are hexadecimal text. The last line counts the rows and has the
/// SHA-256 sum of all bytes before it. The same ledger of the same company always gives the same bytes: there is no time or place in it.
enum LedgerExport {
  static let format = "loadbooks-ledger"
  static let version: Int64 = 1

  /// A table as the schema has it.
  struct Table {
    var name: String
    var columns: [Column]
    /// The columns of the primary key, in its order.
    var key: [String]
  }

  /// A column as the schema has it.
  struct Column: Hashable {
    var name: String
    /// The declared type: `TEXT`, `INTEGER` or `BLOB`.
    var type: String
  }

  /// The tables that hold a ledger's rows.
  static func tables(_ db: Database) throws -> [Table] {
    let names = try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_schema
        WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND name <> 'grdb_migrations'
        ORDER BY rowid
        """)
    return try names.map { name in
      let rows = try Row.fetchAll(
        db, sql: "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", arguments: [name])
      let keys = rows.filter { $0["pk"] > 0 }.sorted { ($0["pk"] as Int) < ($1["pk"] as Int) }
      return Table(
        name: name, columns: rows.map { Column(name: $0["name"], type: $0["type"]) },
        key: keys.map { $0["name"] })
    }
  }

  /// Writes everything, in pieces of some hundred kilobytes.
  static func write(
    _ db: Database, company: String?, path: String, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws -> Int {
    var out = Output()
    out.append("{\"format\":\"\(format)\",\"version\":\(version)")
    if let company {
      out.append(",\"company\":")
      Array(company.utf8).withUnsafeBufferPointer { out.append(quoted: $0) }
    }
    out.append(",\"schema\":[")
    let schema = try LedgerMigrations.migrator.appliedMigrations(db)
    out.append(schema.map { "\"\($0)\"" }.joined(separator: ",") + "],\"sequences\":{")
    let sequences = try Row.fetchAll(db, sql: "SELECT name, seq FROM sqlite_sequence ORDER BY name")
    out.append(
      sequences.map { "\"\($0["name"] as String)\":\($0["seq"] as Int64)" }.joined(separator: ",")
        + "}}\n")
    var count = 0
    for table in try tables(db) {
      let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
      let key = table.key.isEmpty ? "rowid" : table.key.map { "\"\($0)\"" }.joined(separator: ", ")
      let rows = try RawStatement("SELECT \(names) FROM \"\(table.name)\" ORDER BY \(key)", db)
      let prefixes = table.columns.map { Array(",\"\($0.name)\":".utf8) }
      let start = Array("{\"table\":\"\(table.name)\"".utf8)
      while try rows.step() {
        out.bytes.append(contentsOf: start)
        for column in prefixes.indices {
          out.bytes.append(contentsOf: prefixes[column])
          guard out.append(rows, Int32(column)) else {
            throw Failure(
              .settingsWrong,
              "the ledger \(path) is damaged: row \(count + 1) of the export, table \(table.name), "
                + "has a \(table.columns[column].name) that cannot be read",
              remedy: "put back a copy of the file, or an earlier export")
          }
        }
        out.bytes.append(contentsOf: "}\n".utf8)
        count += 1
        if out.bytes.count > 1 << 18 { try out.flush(sink) }
      }
    }
    try out.flush(sink)
    let sum = out.hasher.finish()
    try sink(Array("{\"end\":true,\"rows\":\(count),\"sha256\":\"\(sum.hex)\"}\n".utf8))
    return count
  }

  /// Lines being made, hashed on their way out.
  private struct Output {
    var bytes: [UInt8] = []
    var hasher = FingerprintHasher()

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func flush(_ sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
      hasher.update(bytes)
      try sink(bytes)
      bytes.removeAll(keepingCapacity: true)
    }

    /// Appends a value; false when it is none that a ledger has.
    mutating func append(_ rows: borrowing RawStatement, _ column: Int32) -> Bool {
      switch rows.type(column) {
      case SQLITE_NULL: append("null")
      case SQLITE_INTEGER: append(String(rows.integer(column)))
      case SQLITE_TEXT:
        let text = rows.bytes(column)
        guard (try? UTF8Span(validating: text.span)) != nil else { return false }
        append(quoted: text)
      case SQLITE_BLOB:
        bytes.append(UInt8(ascii: "\""))
        for byte in rows.bytes(column) {
          bytes.append(Output.digits[Int(byte >> 4)])
          bytes.append(Output.digits[Int(byte & 15)])
        }
        bytes.append(UInt8(ascii: "\""))
      default: return false
      }
      return true
    }

    private static let digits = Array("0123456789abcdef".utf8)

    mutating func append(quoted text: UnsafeBufferPointer<UInt8>) {
      bytes.append(UInt8(ascii: "\""))
      for byte in text {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
          bytes.append(UInt8(ascii: "\\"))
          bytes.append(byte)
        case 0..<0x20, 0x7F:
          bytes.append(contentsOf: "\\u00".utf8)
          bytes.append(Output.digits[Int(byte >> 4)])
          bytes.append(Output.digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}

extension SyncLedger {
  /// Writes the whole ledger as JSON Lines, in pieces as they come; see <doc:ExportOfALedger>.
  ///
  /// - Parameters:
  ///   - company: The display name of the company whose memory it is; nil leaves it out.
  ///   - sink: Takes the bytes.
  /// - Returns: How many rows there were.
  /// - Throws: `Failure`: what `sink` threw; `settingsWrong` when the file is damaged.
  public func export(
    company: String? = nil, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let path = path
    return try read { try LedgerExport.write($0, company: company, path: path, to: sink) }
  }
}
