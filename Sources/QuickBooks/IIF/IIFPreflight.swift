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
  var fields: [TextRange] = []

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
    try checkDocuments(IIFLines(path: path, name: name))
  }

  // MARK: Rows

  /// Takes a line apart; every byte must be one that an importer reads as we mean it.
  mutating func takeRow(_ lines: IIFLines) throws(Failure) {
    file = lines.name
    number = lines.number
    bytes.removeAll(keepingCapacity: true)
    bytes.append(lines.buffer.span.extracting(lines.bounds))
    guard lines.end == .crlf else { throw fault("the line does not end in CR LF") }
    guard !bytes.isEmpty else { throw fault("the line is blank") }
    if !splitPlain() {
      // Something is wrong; what it is is found out byte by byte.
      try checkBytes()
      try splitFields()
    }
    guard let last = fields.last, !last.isEmpty else { throw fault("the last field is blank") }
  }

  /// What a byte means to ``splitPlain()``: 0 nothing, 1 a tab, 2 a blank, 3 a comma, 4 what must be looked
  /// at closely.
  private static let meanings: [UInt8] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "\t"): 1
    case 0x20: 2
    case UInt8(ascii: ","): 3
    case ..<0x20, 0x7F..., UInt8(ascii: ";"), UInt8(ascii: "\\"), UInt8(ascii: "\""): 4
    default: 0
    }
  }

  /// Splits a line of nothing but plain fields in one go; false when it is not known to be right.
  ///
  /// A quotation mark is plain as the first or the last byte of a field, when both are and a comma stands
  /// between them.
  private mutating func splitPlain() -> Bool {
    // Local while they grow.
    var fields: [TextRange] = []
    swap(&fields, &self.fields)
    defer { swap(&fields, &self.fields) }
    fields.removeAll(keepingCapacity: true)
    let line = self.bytes
    let bytes = line.span
    let table = IIFPreflight.meanings
    let meanings = table.span
    let count = bytes.count
    let quote = UInt8(ascii: "\"")
    var index = 0
    while true {
      var start = index
      let isQuoted = index < count && bytes[index] == quote
      if isQuoted {
        index += 1
        start = index
      }
      var hasComma = false
      var blank = start - 1
      scan: while index < count {
        switch meanings[Int(bytes[index])] {
        case 0: break
        case 1: break scan
        case 2:
          // The first byte, or one behind another blank.
          guard blank != index - 1 else { return false }
          blank = index
        case 3: hasComma = true
        default:
          guard isQuoted, bytes[index] == quote, index + 1 == count || bytes[index + 1] == 0x09
          else { return false }
          break scan
        }
        index += 1
      }
      let end = index
      guard hasComma == isQuoted, end == start || blank != end - 1 else { return false }
      if isQuoted {
        guard index < count, bytes[index] == quote else { return false }
        index += 1
      }
      fields.append(TextRange(start..<end))
      guard index < count else { return true }
      index += 1
      if index == count {
        fields.append(TextRange(count..<count))
        return true
      }
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
    fields.removeAll(keepingCapacity: true)
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
