internal import CBytes
package import Vocabulary

/// A cell of a CSV row before it is decoded.
public struct CSVCell {
  /// Where the cell begins, quotes included.
  public var start: Int32
  /// Where it ends, quotes included.
  public var end: Int32
  /// What it needs before its text can be used.
  public var form: Form

  /// What stands around a cell's text.
  public enum Form: UInt8 {
    /// The text is the cell.
    case plain
    /// The text stands between the quotes.
    case quoted
    /// Doubled quotes between the quotes.
    case escaped
    /// Text behind the closing quote: the cell cannot be what was meant.
    case malformed
  }

  // Asked for every cell of every row: a switch costs nothing, while `==` goes by way of the raw value.

  /// Whether the text is the cell.
  @inlinable @inline(__always)
  public var isPlain: Bool { if case .plain = form { true } else { false } }

  /// Whether the text must be decoded before it can be used.
  @inlinable @inline(__always)
  public var isEncoded: Bool {
    switch form {
    case .plain, .quoted: false
    case .escaped, .malformed: true
    }
  }

  /// Whether there is text behind the closing quote.
  @inlinable @inline(__always)
  public var isMalformed: Bool { if case .malformed = form { true } else { false } }

  /// A cell.
  @inlinable @inline(__always)
  public init(start: Int32, end: Int32, form: Form) {
    self.start = start
    self.end = end
    self.form = form
  }

  @inline(__always)
  fileprivate init(start: Int, end: Int, form: Form) {
    self.init(
      start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end), form: form)
  }
}

/// The cells of one row after another, in memory that nobody else holds.
///
/// An array asks at every append whether somebody else does, and a row has dozens of cells.
public struct CSVCells: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<CSVCell>
  @usableFromInline var capacity: Int
  @usableFromInline var length = 0
  /// Whether a cell in quotes holds a line end.
  package var hasLineEnds = false

  /// Room for a row.
  public init() {
    capacity = 64
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// How many there are.
  @inlinable
  public var count: Int { length }

  /// The cells themselves; valid until one is added or the next row is split.
  @inlinable
  public var buffer: UnsafeBufferPointer<CSVCell> {
    UnsafeBufferPointer(start: base, count: length)
  }

  /// Adds a cell.
  @inline(__always)
  package mutating func append(_ cell: CSVCell) {
    if length == capacity { grow() }
    (base + length).initialize(to: cell)
    length += 1
  }

  fileprivate mutating func empty() {
    (length, hasLineEnds) = (0, false)
  }

  @inline(never)
  private mutating func grow() {
    let wider = UnsafeMutablePointer<CSVCell>.allocate(capacity: capacity * 2)
    wider.moveInitialize(from: base, count: length)
    base.deallocate()
    (base, capacity) = (wider, capacity * 2)
  }
}

/// Splits one row of RFC 4180 CSV into cells.
///
/// To whoever changes this: it sees every byte of every CSV export, and its answers for odd input are
/// promises. A quote opens a quoted cell only as the first thing in it, blanks aside; anywhere else it is
/// text. Blanks around the quotes are no part of the cell. Other text between a closing quote and the next
/// delimiter is kept and makes the cell malformed; but where the
/// quotes hold a line end as well, the first one was never closed and the second one opens a cell of a
/// later row, which must not be swallowed. Rows end with LF, CRLF or a lone CR. Bytes are never refused here: what cannot be a row is told to the caller.
package enum CSVRowParser {
  package enum Outcome {
    /// A row; the next one begins at `next`.
    case row(next: Int)
    /// The row goes on behind the bytes given.
    case needsMore
    /// The quotes that open the cell at `cell` are never closed.
    case unclosedQuote(cell: Int)
  }

  /// Splits the row that begins at `from`; `isLast` tells that nothing follows the bytes.
  package static func parse(
    _ bytes: Span<UInt8>, from: Int, isLast: Bool, delimiter: UInt8, cells: inout [CSVCell]
  ) -> Outcome {
    var found = CSVCells()
    let outcome = parse(
      bytes, from: from, isLast: isLast, delimiter: delimiter, cells: &found)
    cells.removeAll(keepingCapacity: true)
    cells.append(contentsOf: UnsafeBufferPointer(start: found.base, count: found.length))
    return outcome
  }

  /// The same into memory that is used again for each row.
  package static func parse(
    _ bytes: Span<UInt8>, from: Int, isLast: Bool, delimiter: UInt8, cells: inout CSVCells
  ) -> Outcome {
    bytes.withUnsafeBufferPointer {
      parse($0, from: from, isLast: isLast, delimiter: delimiter, cells: &cells)
    }
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, from: Int, isLast: Bool, delimiter: UInt8,
    cells: inout CSVCells
  ) -> Outcome {
    cells.empty()
    var marks = Marks(bytes, from: from, delimiter: delimiter)
    let count = bytes.count
    var index = from
    while true {
      var cell = CSVCell(start: index, end: index, form: .plain)
      let first = index < count ? bytes[index] : 0
      if first == 0x22 || first == 0x20 {
        switch quoted(bytes, from: index, isLast: isLast, &marks) {
        case .none: index = marks.stop()
        case .cell(let found, let end): (cell, index) = (found, end)
        case .needsMore: return .needsMore
        case .unclosedQuote(let cell): return .unclosedQuote(cell: cell)
        }
      } else {
        index = marks.stop()
      }
      if index == count, !isLast { return .needsMore }
      if cell.isPlain { cell.end = Int32(truncatingIfNeeded: index) }
      cells.append(cell)
      guard index < count else {
        cells.hasLineEnds = marks.hasLineEnds
        return .row(next: count)
      }
      let byte = bytes[index]
      if byte == delimiter {
        index += 1
        continue
      }
      cells.hasLineEnds = marks.hasLineEnds
      if byte == 0x0A { return .row(next: index + 1) }
      if index + 1 == count, !isLast { return .needsMore }
      return .row(next: index + 1 < count && bytes[index + 1] == 0x0A ? index + 2 : index + 1)
    }
  }

  /// What begins with a blank or a quotation mark.
  private enum Quoted {
    /// No cell in quotation marks.
    case none
    /// A cell, and where the delimiter or the line end behind it stands.
    case cell(CSVCell, end: Int)
    case needsMore
    case unclosedQuote(cell: Int)
  }

  /// Goes over a cell in quotation marks, with the blanks around them.
  private static func quoted(
    _ bytes: UnsafeBufferPointer<UInt8>, from: Int, isLast: Bool, _ marks: inout Marks
  ) -> Quoted {
    let count = bytes.count
    var start = from
    while start < count, bytes[start] == 0x20 { start += 1 }
    guard start < count, bytes[start] == 0x22 else {
      // Blanks at the end of what is in view may stand in front of a quotation mark.
      return start == count && !isLast ? .needsMore : .none
    }
    var form = CSVCell.Form.quoted
    var index = start + 1
    while true {
      index = marks.quote(from: index)
      // A quote as the very last byte in view may be the first of two.
      guard index + 1 < count || index < count && isLast else {
        return isLast ? .unclosedQuote(cell: start) : .needsMore
      }
      index += 1
      guard index < count, bytes[index] == 0x22 else { break }
      form = .escaped
      index += 1
    }
    let behind = index
    marks.pass(to: behind)
    let end = marks.stop()
    if end > behind {
      if isBlank(bytes, behind..<end) {
        return .cell(CSVCell(start: start, end: behind, form: form), end: end)
      }
      if swallowsRows(bytes, start..<behind, behind: behind..<end) {
        return .unclosedQuote(cell: start)
      }
      form = .malformed
    }
    return .cell(CSVCell(start: start, end: end, form: form), end: end)
  }

  /// Where delimiters, line ends and quotes stand, 64 bytes at a time.
  private struct Marks {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let delimiter: UInt8
    /// Where the block begins that the masks are of.
    private var block: Int
    private var masks = cbytes_csv_masks()
    /// The delimiters and line ends of the block that were not passed yet.
    private var stops: UInt64 = 0
    /// Whether a line end was passed on the way to a quote.
    private(set) var hasLineEnds = false

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>, from: Int, delimiter: UInt8) {
      self.bytes = bytes
      self.delimiter = delimiter
      block = from
      look(from)
    }

    @inline(__always)
    private mutating func look(_ place: Int) {
      block = place
      guard let base = bytes.baseAddress, place < bytes.count else {
        (masks, stops) = (cbytes_csv_masks(), 0)
        return
      }
      masks = cbytes_csv(base + place, bytes.count - place, delimiter)
      stops = masks.delimiters | masks.ends
    }

    /// Passes the next delimiter or line end, and tells where it stands; the count when there is none.
    @inline(__always)
    mutating func stop() -> Int {
      while stops == 0 {
        guard block + 64 < bytes.count else { return bytes.count }
        look(block + 64)
      }
      let place = block + stops.trailingZeroBitCount
      stops &= stops &- 1
      return place
    }

    /// Passes everything before an offset.
    @inline(__always)
    mutating func pass(to place: Int) {
      guard place - block < 64 else {
        look(place)
        return
      }
      stops = (masks.delimiters | masks.ends) & ~0 << UInt64(place - block)
    }

    /// Where the first quote at or behind an offset stands; the count when there is none.
    @inline(__always)
    mutating func quote(from start: Int) -> Int {
      var place = start
      while place < bytes.count {
        if place - block >= 64 { look(place) }
        let shift = UInt64(place - block)
        let (found, ends) = (masks.quotes >> shift, masks.ends >> shift)
        if found != 0 {
          if ends & (found ^ (found &- 1)) != 0 { hasLineEnds = true }
          return place + found.trailingZeroBitCount
        }
        if ends != 0 { hasLineEnds = true }
        place = block + 64
      }
      return bytes.count
    }
  }

  // Eight bytes are looked at in one go: a byte of `word ^ marks` is zero where the word has the mark.
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The lowest bit set is that of the first zero byte; behind it the others mean nothing.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & tops }

  /// Where the first quote at or behind an offset stands; the count when there is none.
  @inline(__always)
  private static func nextQuote(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let count = bytes.count
    let raw = bytes.bytes
    var index = start
    while index + 8 <= count {
      let word = UInt64(
        littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
      let found = zeros(word ^ 0x2222_2222_2222_2222)
      if found != 0 { return index + found.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < count, bytes[index] != 0x22 { index += 1 }
    return index
  }

  private static func isBlank(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where bytes[index] != 0x20 { return false }
    return true
  }

  /// Whether quotes hold a line end and more than blanks stand behind them.
  private static func swallowsRows(
    _ bytes: UnsafeBufferPointer<UInt8>, _ quoted: Range<Int>, behind: Range<Int>
  ) -> Bool {
    var hasText = false
    for index in behind where bytes[index] != 0x20 && bytes[index] != 0x09 {
      hasText = true
      break
    }
    guard hasText else { return false }
    for index in quoted where bytes[index] == 0x0A || bytes[index] == 0x0D { return true }
    return false
  }

  /// Appends the text of an escaped cell: outer quotes off, doubled quotes single.
  package static func decode(_ bytes: [UInt8], _ range: Range<Int>, into text: inout [UInt8]) {
    decode(bytes.span, range, into: &text)
  }

  /// The same from any bytes.
  package static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, into text: inout [UInt8]) {
    var sink = ByteSink(capacity: range.count)
    decode(bytes, range, into: &sink)
    text.append(sink.bytes.span)
  }

  /// The same into memory that is used again.
  package static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, into text: inout ByteSink) {
    let bytes = bytes.extracting(0..<range.upperBound)
    var index = range.lowerBound
    var inQuotes = index < range.upperBound && bytes[index] == 0x22
    if inQuotes { index += 1 }
    while index < range.upperBound {
      let quote = nextQuote(bytes, from: index)
      text.append(bytes.extracting(index..<quote))
      guard quote < range.upperBound else { return }
      index = quote + 1
      if !inQuotes {
        text.append(0x22)
      } else if index < range.upperBound, bytes[index] == 0x22 {
        text.append(0x22)
        index += 1
      } else {
        inQuotes = false
      }
    }
  }
}
