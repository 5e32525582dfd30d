internal import Foundation
internal import GRDB
public import Vocabulary

extension SyncLedger {
  /// Rebuilds the ledger of a company folder that has none from an export.
  ///
  /// The rows go in as they were, in one transaction, into the schema they were exported from; then the later
  /// migrations follow. A process that is killed on the way leaves a ledger without rows, which may be imported into.
  ///
  /// - Parameters:
  ///   - file: The export's path; `-` for standard input.
  ///   - folder: The company folder, whose lock is held.
  ///   - company: The display name of the folder's company, which an export that names another is refused for; nil takes
  ///     any.
  /// - Returns: How many rows there were.
  /// - Throws: `Failure`: `inputMissing` or `inputUnreadable`, with line and column, for a file that is damaged;
  ///   `settingsWrong` for one of a newer version or another company; `cannotWrite` when the folder has a ledger with anything in it.
  public static func rebuild(
    from file: String, folder: String, company: String? = nil
  ) throws(Failure) -> Int {
    let path = path(folder: folder)
    if let ledger = try openReadOnly(folder: folder), try !ledger.isBlank() {
      throw Failure(
        .cannotWrite, "\(path) is there already and has something to remember",
        remedy: "import into a new company folder (loadbooks init), or move that ledger away first")
    }
    try LedgerFolder.create(folder)
    var reading = try LedgerImport(file)
    defer { reading.close() }
    let header = try reading.header()
    if let company, let other = header.company, other != company {
      let name = file == "-" ? "standard input" : file
      throw Failure(
        .settingsWrong,
        "this is the memory of the company \"\(other)\", but the folder is that of \"\(company)\"",
        remedy: "import it into the folder of \"\(other)\"; "
          + "if the company was renamed since, add --renamed",
        location: SourceLocation(file: name, line: 1))
    }
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration())
      try queue.writeWithoutTransaction { try makeDurable($0) }
      if let last = header.schema.last {
        try LedgerMigrations.migrator.migrate(queue, upTo: last)
      }
      let count = try queue.write { try reading.rows(header, into: $0) }
      try LedgerMigrations.migrator.migrate(queue)
      return count
    } catch {
      for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
      throw LedgerFailure.of(error, path: path)
    }
  }

  /// Whether nothing at all was ever recorded.
  private func isBlank() throws(Failure) -> Bool {
    try read { db in
      for table in try LedgerExport.tables(db) {
        let row = try Int.fetchOne(db, sql: "SELECT 1 FROM \"\(table.name)\" LIMIT 1")
        if row != nil { return false }
      }
      return true
    }
  }
}

/// An export being read, line by line, and hashed on the way.
private struct LedgerImport {
  /// What the first line says.
  struct Header {
    /// Whose memory it is; nil where the export does not say so.
    var company: String?
    var schema: [String]
    var sequences: [String: Int64]
  }

  private let name: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  private var number = 0
  private var line = LedgerLine()
  private var hasher = FingerprintHasher()

  /// Longer lines are none of ours; texts have at most some thousand characters.
  private static let longestLine = 1 << 24

  init(_ file: String) throws(Failure) {
    name = file == "-" ? "standard input" : file
    descriptor = file == "-" ? STDIN_FILENO : Foundation.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else { return }
    let code = errno
    throw Failure(
      code == ENOENT ? .inputMissing : .inputUnreadable,
      "\(file): \(String(cString: strerror(code)))", remedy: "check the path of the export")
  }

  func close() { if descriptor != STDIN_FILENO { Foundation.close(descriptor) } }

  // MARK: - Lines

  mutating func header() throws(Failure) -> Header {
    guard try next() else { throw refuse("it is empty", 1) }
    var (schema, sequences): ([String]?, [String: Int64]) = (nil, [:])
    var company: String?
    var isOurs = false
    for member in line.members {
      switch (line.string(member.name), member.value) {
      case ("format", .text(let range)): isOurs = line.string(range) == LedgerExport.format
      case ("version", .integer(let version)):
        guard version == LedgerExport.version else { throw newer("version \(version)") }
      case ("company", .text(let range)): company = line.string(range)
      case ("schema", .texts(let names)): schema = names
      case ("sequences", .integers(let numbers)): sequences = numbers
      case (let other, _):
        throw refuse("\"\(other)\" is not known here", member.column)
      }
    }
    guard isOurs, let schema else { throw refuse("it is not a ledger that was exported", 1) }
    let known = LedgerMigrations.migrator.migrations
    guard schema.count <= known.count, !schema.isEmpty else {
      throw newer("schema \(schema.last ?? "")")
    }
    guard Array(known.prefix(schema.count)) == schema else {
      throw newer("schema \(schema.joined(separator: ", "))")
    }
    return Header(company: company, schema: schema, sequences: sequences)
  }

  /// Puts all rows in; returns how many.
  mutating func rows(_ header: Header, into db: Database) throws -> Int {
    try db.execute(sql: "PRAGMA defer_foreign_keys = 1")
    var tables: [String: TableInsertion] = [:]
    for table in try LedgerExport.tables(db) { tables[table.name] = try TableInsertion(table, db) }
    var current: TableInsertion?
    var count = 0
    while true {
      // The last line is about the bytes in front of it.
      let sum = hasher
      guard try next() else { throw refuse("its end is missing: the file was cut off", 1) }
      if line.string(line.members[0].name) == "end" {
        try end(count: count, sum: sum.finish())
        break
      }
      guard let first = line.members.first, line.string(first.name) == "table",
        case .text(let range) = first.value
      else { throw refuse("a row has to begin with its table", 1) }
      if current?.isFor(line.text[range]) != true {
        guard let table = tables[line.string(range)] else {
          throw refuse("there is no table \"\(line.string(range))\"", first.column)
        }
        current = table
      }
      do throws(LedgerLine.Fault) {
        try current?.insert(line)
      } catch {
        throw refuse(error.message, error.column)
      }
      count += 1
    }
    for (table, sequence) in header.sequences {
      try db.execute(
        sql: "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1", arguments: [table, sequence])
      if db.changesCount == 0 {
        try db.execute(
          sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
          arguments: [table, sequence])
      }
    }
    if let row = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") {
      throw refuse("a row of \(row["table"] as String) refers to a row that is missing", 1)
    }
    return count
  }

  private mutating func end(count: Int, sum: Fingerprint) throws(Failure) {
    var isSame = false
    for member in line.members {
      switch (line.string(member.name), member.value) {
      case ("end", .yes): break
      case ("rows", .integer(let rows)):
        guard rows == count else {
          throw refuse("\(rows) rows were exported, but \(count) are here", member.column)
        }
      case ("sha256", .text(let range)):
        guard line.string(range) == sum.hex else {
          throw refuse(
            "the sum over the lines is not the one they were exported with: a line was changed, "
              + "or lines were moved", member.column)
        }
        isSame = true
      case (let other, _): throw refuse("\"\(other)\" is not known here", member.column)
      }
    }
    guard isSame else { throw refuse("the sum over the lines is missing", 1) }
    guard try !next() else { throw refuse("something stands behind the end", 1) }
  }

  private func newer(_ what: String) -> Failure {
    Failure(
      .settingsWrong, "\(name) was exported by a newer version of LoadBooks (\(what))",
      remedy: "import it with the newer version",
      location: SourceLocation(file: name, line: number))
  }

  private func refuse(_ message: String, _ column: Int) -> Failure {
    Failure(
      .inputUnreadable, "this cannot be imported: \(message)",
      remedy: "nothing was imported; use another copy of the export, or one made earlier",
      location: SourceLocation(file: name, line: max(1, number), column: column))
  }

  /// Reads the next line; false at the end of the file.
  private mutating func next() throws(Failure) -> Bool {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        try take(end)
        return true
      }
      searched = buffer.count
      guard !isAtEnd else {
        guard start < buffer.count else { return false }
        number += 1
        throw refuse("the line has no end: the file was cut off", buffer.count - start + 1)
      }
      if start > 0 {
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
      }
      guard buffer.count < LedgerImport.longestLine else {
        number += 1
        throw refuse("the line is longer than any that is exported", 1)
      }
      try fill()
    }
  }

  private mutating func take(_ end: Int) throws(Failure) {
    number += 1
    hasher.update(Array(buffer[start...end]))
    do throws(LedgerLine.Fault) {
      try line.read(buffer[start..<end])
    } catch {
      throw refuse(error.message, error.column)
    }
    start = end + 1
  }

  private mutating func fill() throws(Failure) {
    let size = 1 << 18
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    var count = -1
    repeat {
      count = buffer.withUnsafeMutableBytes { bytes in
        Foundation.read(
          descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[old...]).baseAddress, size)
      }
    } while count < 0 && errno == EINTR
    guard count >= 0 else {
      throw Failure(
        .inputUnreadable, "cannot read \(name): \(String(cString: strerror(errno)))",
        remedy: "check the disk, or use another copy of the export")
    }
    buffer.removeSubrange((old + count)...)
    isAtEnd = count == 0
  }
}

/// The insertion of a table's rows.
private final class TableInsertion {
  private let table: LedgerExport.Table
  private let name: [UInt8]
  private let names: [[UInt8]]
  private let statement: RawStatement

  init(_ table: LedgerExport.Table, _ db: Database) throws {
    self.table = table
    name = Array(table.name.utf8)
    names = table.columns.map { Array($0.name.utf8) }
    let columns = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let places = table.columns.map { _ in "?" }.joined(separator: ", ")
    statement = try RawStatement(
      "INSERT INTO \"\(table.name)\" (\(columns)) VALUES (\(places))", db)
  }

  func isFor(_ name: ArraySlice<UInt8>) -> Bool { self.name.elementsEqual(name) }

  /// Inserts the row that a line has behind its table.
  func insert(_ line: borrowing LedgerLine) throws(LedgerLine.Fault) {
    guard line.members.count == names.count + 1 else {
      throw LedgerLine.Fault(
        column: 1,
        message: "a row of \(table.name) has \(names.count) columns, "
          + "here are \(line.members.count - 1)")
    }
    for (index, column) in names.enumerated() {
      let member = line.members[index + 1]
      guard line.name(member, is: column) else {
        throw LedgerLine.Fault(
          column: member.column,
          message:
            "here has to be \"\(table.columns[index].name)\", not \"\(line.string(member.name))\"")
      }
      try bind(line, member, table.columns[index], at: Int32(index + 1))
    }
    do {
      try statement.run()
    } catch {
      let reason = (error as? DatabaseError)?.message ?? "\(error)"
      throw LedgerLine.Fault(column: 1, message: "the ledger refuses this row: \(reason)")
    }
  }

  private func bind(
    _ line: borrowing LedgerLine, _ member: LedgerLine.Member, _ column: LedgerExport.Column,
    at index: Int32
  ) throws(LedgerLine.Fault) {
    switch (member.value, column.type) {
    case (.null, _): statement.bindNull(at: index)
    case (.integer(let number), "INTEGER"): statement.bind(number, at: index)
    case (.text(let range), "TEXT"):
      line.text.withUnsafeBufferPointer {
        statement.bind(text: UnsafeBufferPointer(rebasing: $0[range]), at: index)
      }
    case (.text(let range), "BLOB"):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(range.count / 2)
      var isHexadecimal = range.count.isMultiple(of: 2)
      var place = range.lowerBound
      while isHexadecimal, place < range.upperBound {
        if let high = TableInsertion.digit(line.text[place]),
          let low = TableInsertion.digit(line.text[place + 1])
        {
          bytes.append(high << 4 | low)
          place += 2
        } else {
          isHexadecimal = false
        }
      }
      guard isHexadecimal else {
        throw LedgerLine.Fault(
          column: member.column, message: "\"\(column.name)\" has to be hexadecimal digits")
      }
      bytes.withUnsafeBytes { statement.bind($0, at: index) }
    default:
      let kind = column.type == "INTEGER" ? "a whole number" : "a text"
      throw LedgerLine.Fault(
        column: member.column, message: "\"\(column.name)\" has to be \(kind)")
    }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
