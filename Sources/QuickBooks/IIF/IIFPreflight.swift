internal import CBytes
public import Vocabulary

/// Checks files from their bytes on disk, before anybody sees them under their names.
///
/// It shares nothing with the writer but the list of columns: it takes rows apart by itself and knows
/// only what QuickBooks demands. What it refuses is our mistake, never the user's, and it is better
/// found here than by an import that stops in the middle: there is no undo.
public struct IIFPreflight {
  let format: IIFFormat
  /// The file, its current line and the line's fields without quotation marks.
  var file = ""
  var number = 0
  var bytes: [UInt8] = []
  var fields = Fields()

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
    file = lines.name
    number = lines.number
    bytes.removeAll(keepingCapacity: true)
    lines.append(to: &bytes)
    guard lines.end == .crlf else { throw fault("the line does not end in CR LF") }
    guard !bytes.isEmpty else { throw fault("the line is blank") }
    if !splitPlain() {
      // Something is wrong; what it is is found out byte by byte.
      try checkBytes()
      try splitFields()
    }
    guard let last = fields.last, !last.isEmpty else { throw fault("the last field is blank") }
  }

  /// Splits a line of nothing but plain fields, 64 bytes at a time; false when it is not known to be right.
  ///
  /// A quotation mark is plain as the first or the last byte of a field, when both are and a comma stands
  /// between them. A blank is plain between two bytes that are neither blanks, tabs nor quotation marks.
  private mutating func splitPlain() -> Bool {
    let bytes = bytes
    return bytes.withUnsafeBufferPointer { bytes in
      fields.fill { IIFPreflight.split(bytes, into: $0) }
    }
  }

  /// The fields of the current line.
  struct Fields {
    private var ranges = Array(repeating: TextRange.empty, count: 64)
    private(set) var count = 0

    var indices: Range<Int> { 0..<count }
    var last: TextRange? { count > 0 ? ranges[count - 1] : nil }

    subscript(_ index: Int) -> TextRange {
      precondition(index < count)
      return ranges[index]
    }

    mutating func empty() { count = 0 }

    mutating func append(_ range: TextRange) {
      if count == ranges.count { ranges.append(.empty) }
      ranges[count] = range
      count += 1
    }

    /// Has all fields filled in and counted at once; false when that is told as nil.
    mutating func fill(_ body: (UnsafeMutableBufferPointer<TextRange>) -> Int?) -> Bool {
      let filled = ranges.withUnsafeMutableBufferPointer { body($0) }
      count = filled ?? 0
      return filled != nil
    }
  }

  private static func split(
    _ bytes: UnsafeBufferPointer<UInt8>, into fields: UnsafeMutableBufferPointer<TextRange>
  ) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var filled = 0
    let count = bytes.count
    var field = OpenField()
    // Whether the byte before the block allows a blank behind it, and whether it is one.
    var (edgeBefore, blankBefore): (UInt64, UInt64) = (1, 0)
    for start in stride(from: 0, to: count, by: 64) {
      let masks = cbytes_row(base + start, count - start)
      guard masks.others == 0 else { return nil }
      let edges = masks.tabs | masks.quotes | masks.blanks
      guard masks.blanks & (edges << 1 | edgeBefore) == 0, edges & 1 & blankBefore == 0 else {
        return nil
      }
      guard masks.blanks & (edges >> 1) == 0 else { return nil }
      (edgeBefore, blankBefore) = (edges >> 63, masks.blanks >> 63)
      var marks = masks.tabs | masks.quotes | masks.commas
      while marks != 0 {
        let bit = marks.trailingZeroBitCount
        marks &= marks &- 1
        let place = start + bit
        switch base[place] {
        case 0x09:
          guard let range = field.close(at: place) else { return nil }
          guard filled + 1 < fields.count else { return nil }
          fields[filled] = range
          filled += 1
          field = OpenField(start: place + 1)
        case 0x2C: field.hasComma = true
        default: guard field.quote(at: place) else { return nil }
        }
      }
    }
    guard base[count - 1] != 0x20, let range = field.close(at: count) else { return nil }
    fields[filled] = range
    return filled + 1
  }

  /// A field whose end was not met yet.
  private struct OpenField {
    var start = 0
    var hasComma = false
    private var isQuoted = false
    private var end = -1

    init(start: Int = 0) { self.start = start }

    /// Takes a quotation mark; false where none may stand.
    @inline(__always)
    mutating func quote(at place: Int) -> Bool {
      guard end < 0 else { return false }
      guard isQuoted else {
        isQuoted = place == start
        return isQuoted
      }
      end = place
      return true
    }

    /// The content of the field that ends before `place`; nil when its quotation marks are not as they must be.
    @inline(__always)
    func close(at place: Int) -> TextRange? {
      guard isQuoted == hasComma else { return nil }
      guard isQuoted else { return TextRange(start..<place) }
      guard end == place - 1 else { return nil }
      return TextRange(start + 1..<end)
    }
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
    fields.empty()
    var start = 0
    while start <= bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\t")) ?? bytes.count
      fields.append(TextRange(try content(start..<end)))
      start = end + 1
    }
  }

  /// A field without its quotation marks, which it has if and only if it holds a comma.
  private func content(_ field: Range<Int>) throws(Failure) -> Range<Int> {
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
  func field(_ index: Int, is text: StaticString) -> Bool {
    let range = fields[index].range
    return text.withUTF8Buffer { $0.span.isSame(as: bytes.span.extracting(range)) }
  }

  /// A field for a message.
  func text(_ index: Int) -> String { Windows1252.text(bytes[fields[index].range]) }

  /// The number that an interner gave to a field's bytes.
  func known(_ index: Int, in names: borrowing ByteInterner) -> Int? {
    names.number(of: bytes.span.extracting(fields[index].range))
  }

  func checkLength(_ index: Int, _ limit: Int, _ column: String) throws(Failure) {
    guard Int(fields[index].count) <= limit else {
      throw fault("\(column) is longer than \(limit) characters")
    }
  }

  /// An amount, `-?digits.dd`, in cents.
  func amount(_ index: Int) -> Int64? {
    let range = fields[index].range
    guard range.count >= 4, bytes[range.upperBound - 3] == UInt8(ascii: "."),
      let decimal = decimal(index), range.count <= 18
    else { return nil }
    let cents = decimal.micros / 10_000
    return cents == 0 && bytes[range.lowerBound] == UInt8(ascii: "-") ? nil : cents
  }

  /// A number with at most five decimals and no needless zeros in front.
  func decimal(_ index: Int) -> FixedDecimal? {
    var range = fields[index].range
    var isNegative = false
    if let first = range.first, bytes[first] == UInt8(ascii: "-") {
      isNegative = true
      range.removeFirst()
    }
    let point = range.first { bytes[$0] == UInt8(ascii: ".") } ?? range.upperBound
    let whole = range.lowerBound..<point
    // Totals of many lines may pass the ten digits of a single cell.
    guard (1...12).contains(whole.count),
      whole.count == 1 || bytes[whole.lowerBound] != UInt8(ascii: "0")
    else { return nil }
    var micros: Int64 = 0
    for index in whole {
      guard bytes[index] &- 0x30 < 10 else { return nil }
      micros = micros * 10 + Int64(bytes[index] &- 0x30)
    }
    micros *= 1_000_000
    if point < range.upperBound {
      let fraction = (point + 1)..<range.upperBound
      guard (1...DesktopLimits.decimals).contains(fraction.count) else { return nil }
      var unit: Int64 = 100_000
      for index in fraction {
        guard bytes[index] &- 0x30 < 10 else { return nil }
        micros += Int64(bytes[index] &- 0x30) * unit
        unit /= 10
      }
    }
    return FixedDecimal(micros: isNegative ? -micros : micros)
  }

  /// Whether a field is a day of the calendar in the chosen order.
  func isDate(_ index: Int) -> Bool {
    let range = fields[index].range
    guard range.count == 10 else { return false }
    let start = range.lowerBound
    func number(_ digits: Range<Int>) -> Int {
      var number = 0
      for index in digits {
        let digit = bytes[start + index] &- 0x30
        guard digit < 10 else { return -1 }
        number = number * 10 + Int(digit)
      }
      return number
    }
    let mark = UInt8(ascii: format.dates == .yearMonthDay ? "-" : "/")
    let (first, second) =
      format.dates == .yearMonthDay
      ? (bytes[start + 4], bytes[start + 7]) : (bytes[start + 2], bytes[start + 5])
    let (year, month, day) =
      switch format.dates {
      case .monthDayYear: (number(6..<10), number(0..<2), number(3..<5))
      case .dayMonthYear: (number(6..<10), number(3..<5), number(0..<2))
      case .yearMonthDay: (number(0..<4), number(5..<7), number(8..<10))
      }
    return first == mark && second == mark
      && CalendarDate(year: year, month: month, day: day) != nil
  }

  func fault(_ what: String) -> Failure {
    Failure(
      .ownBug, "a file written for QuickBooks is not what it must be: \(what)",
      remedy:
        "do not import it, and report this with the line; your export and your books are untouched",
      location: SourceLocation(file: file, line: number))
  }
}
