internal import CBytes
internal import Sheets
internal import Vocabulary

/// A row of a file on its way back: its bytes, which stay where the file was read to, and its fields without
/// quotation marks.
struct IIFRow {
  /// The row without its end, until the file's next line is read.
  private(set) var bytes = WindowBytes(UnsafeBufferPointer(start: nil, count: 0))
  var fields = Fields()

  /// Goes to a line, which is not split yet.
  mutating func begin(_ line: WindowBytes) { bytes = line }

  /// Splits a line of nothing but plain fields, 64 bytes at a time; false when it is not known to be right.
  ///
  /// A quotation mark is plain as the first or the last byte of a field, when both are and a comma stands
  /// between them. A blank is plain between two bytes that are neither blanks, tabs nor quotation marks.
  mutating func splitPlain() -> Bool {
    let bytes = bytes.buffer
    return fields.fill { IIFRow.split(bytes, into: $0) }
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

  // MARK: Fields

  /// Whether a field is exactly this text.
  func field(_ index: Int, is text: StaticString) -> Bool {
    let range = fields[index].range
    return text.withUTF8Buffer { $0.span.isSame(as: bytes.buffer.span.extracting(range)) }
  }

  /// A field for a message.
  func text(_ index: Int) -> String { Windows1252.text(bytes[fields[index].range]) }

  /// The number that an interner gave to a field's bytes.
  func known(_ index: Int, in names: borrowing ByteInterner) -> Int? {
    names.number(of: bytes.buffer.span.extracting(fields[index].range))
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
  func isDate(_ index: Int, _ order: IIFFormat.DateFormat) -> Bool {
    let range = fields[index].range
    guard range.count == 10 else { return false }
    let start = range.lowerBound
    let bytes = bytes.buffer.span.extracting(start..<start + 10)
    let (mark, first, second, year, month, day) =
      switch order {
      case .monthDayYear: (UInt8(ascii: "/"), bytes[2], bytes[5], 6, 0, 3)
      case .dayMonthYear: (UInt8(ascii: "/"), bytes[2], bytes[5], 6, 3, 0)
      case .yearMonthDay: (UInt8(ascii: "-"), bytes[4], bytes[7], 0, 5, 8)
      }
    return first == mark && second == mark
      && CalendarDate(
        year: IIFRow.number(bytes, year, 4), month: IIFRow.number(bytes, month, 2),
        day: IIFRow.number(bytes, day, 2)) != nil
  }

  /// The number that so many digits are; -1 when they are none.
  private static func number(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int {
    var number = 0
    for index in start..<start + count {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return -1 }
      number = number * 10 + Int(digit)
    }
    return number
  }

  /// The ten bytes of a date as words that can be compared; of a field with ten bytes.
  func dateWords(_ column: Int) -> (UInt64, UInt16) {
    let date = bytes.buffer.span.extracting(fields[column].range).bytes
    precondition(date.byteCount == 10)
    return (
      date.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
      date.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt16.self)
    )
  }
}
