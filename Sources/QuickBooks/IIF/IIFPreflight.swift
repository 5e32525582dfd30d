internal import Sheets
public import Vocabulary

/// Checks files from their bytes on disk, before anybody sees them under their names.
///
/// It shares nothing with the writer but the list of columns: it takes rows apart by itself and knows
/// only what QuickBooks demands. What it refuses is our mistake, never the user's, and it is better
/// found here than by an import that stops in the middle: there is no undo.
public struct IIFPreflight {
  let format: IIFFormat
  /// The file, its current line and the line's fields without quotation marks.
  ///
  /// A row is small, so that asking it something never copies what else is known here.
  var file = ""
  var number = 0
  var row = IIFRow()
  var bytes: WindowBytes { row.bytes }
  var fields: IIFRow.Fields { row.fields }

  // What the file of lists declares.
  var accounts = ByteInterner()
  var accountIsReceivable: [Bool] = []
  var items = ByteInterner()
  var itemAccounts: [Int] = []
  var classes = ByteInterner()
  var terms = ByteInterner()
  var customers = ByteInterner()
  /// Names under which QuickBooks would take two entries for the same, by list.
  var identities: [String: Set<String>] = [:]
  /// The types and numbers of all documents so far.
  var documentNumbers = DocumentNumbers()

  /// A check of the files of one run; the file of lists comes first.
  public init(format: IIFFormat) {
    self.format = format
  }

  /// Makes room for the numbers of so many documents.
  mutating func expect(documents: Int) { documentNumbers = DocumentNumbers(expecting: documents) }

  /// Checks the file of lists and remembers what it declares.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - name: how messages name it.
  /// - Throws: `Failure` with cause `ownBug` at the first violation.
  public mutating func checkLists(path: String, name: String) throws(Failure) {
    try checkLists(IIFLines(path: path, name: name))
  }

  /// Checks a file of documents against the lists and the files before it.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - name: how messages name it.
  /// - Throws: `Failure` with cause `ownBug` at the first violation.
  public mutating func checkDocuments(path: String, name: String) throws(Failure) {
    try checkDocuments(IIFLines(path: path, name: name)) { _ in }
  }

  // MARK: Rows

  /// Takes a line apart; every byte must be one that an importer reads as we mean it.
  mutating func takeRow(_ lines: IIFLines) throws(Failure) {
    number = lines.number
    row.begin(lines.line)
    guard lines.end == .crlf else { throw fault("the line does not end in CR LF") }
    guard !bytes.isEmpty else { throw fault("the line is blank") }
    if !row.splitPlain() {
      // Something is wrong; what it is is found out byte by byte.
      try checkBytes()
      try splitFields()
    }
    guard let last = row.fields.last, !last.isEmpty else { throw fault("the last field is blank") }
  }

  private func checkBytes() throws(Failure) {
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\t"): break
      case ..<0x20, 0x7F: throw fault("it holds a control character")
      case UInt8(ascii: ";"): throw fault("it holds a semicolon")
      case UInt8(ascii: "\\"): throw fault("it holds a backslash")
      case 0x80...:
        guard format.encoding == .windows1252 else {
          throw fault("it holds a byte outside ASCII")
        }
        guard Windows1252.scalar(byte) != nil else {
          throw fault("it holds a byte that the Windows code page does not know")
        }
      default: break
      }
    }
  }

  /// Splits at every tab: no field holds one.
  private mutating func splitFields() throws(Failure) {
    row.fields.empty()
    let bytes = row.bytes
    var start = 0
    while start <= bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\t")) ?? bytes.count
      row.fields.append(TextRange(try content(start..<end)))
      start = end + 1
    }
  }

  /// A field without its quotation marks, which it has if and only if it holds a comma.
  private func content(_ field: Range<Int>) throws(Failure) -> Range<Int> {
    let bytes = row.bytes
    let quote = UInt8(ascii: "\"")
    var range = field
    var isQuoted = false
    if let first = range.first, bytes[first] == quote {
      guard range.count >= 2, bytes[range.upperBound - 1] == quote else {
        throw fault("a quotation mark is not closed in its field")
      }
      range = (range.lowerBound + 1)..<(range.upperBound - 1)
      isQuoted = true
    }
    var hasComma = false
    for index in range {
      let byte = bytes[index]
      if byte == quote { throw fault("a field holds a quotation mark") }
      if byte == UInt8(ascii: ",") { hasComma = true }
    }
    // Inside, a name has as many blanks as QuickBooks has in it.
    if let first = range.first, bytes[first] == 0x20 { throw fault("a field begins with a blank") }
    if let last = range.last, bytes[last] == 0x20 { throw fault("a field ends in a blank") }
    guard hasComma == isQuoted else {
      throw fault("quotation marks must stand around a field with a comma, and only there")
    }
    return range
  }

  // MARK: Fields

  /// Whether a field is exactly this text.
  @inline(__always)
  func field(_ index: Int, is text: StaticString) -> Bool { row.field(index, is: text) }

  /// A field for a message.
  func text(_ index: Int) -> String { row.text(index) }

  /// The number that an interner gave to a field's bytes.
  @inline(__always)
  func known(_ index: Int, in names: borrowing ByteInterner) -> Int? { row.known(index, in: names) }

  @inline(__always)
  func checkLength(
    _ index: Int, _ limit: Int, _ column: @autoclosure () -> String
  ) throws(Failure) {
    guard Int(row.fields[index].count) <= limit else {
      throw fault("\(column()) is longer than \(limit) characters")
    }
  }

  func fault(_ what: String) -> Failure {
    Failure(
      .ownBug, "a file written for QuickBooks is not what it must be: \(what)",
      remedy:
        "do not import it, and report this with the line; your export and your books are untouched",
      location: SourceLocation(file: file, line: number))
  }
}
