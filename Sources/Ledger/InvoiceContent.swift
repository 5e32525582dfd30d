public import Vocabulary

/// Everything that an invoice carries to QuickBooks, as it was read: what its content hash stands for.
///
/// It is kept in the canonical form that is hashed, so that ``contentHash`` can always be made again:
/// ten texts, each with a zero byte behind it, three days, and for each line two texts and three
/// numbers. Days and numbers are eight bytes, the lowest first; where there is none they are
/// `Int32.min` and `Int64.min`. That form must never change, because ledgers hold hashes of it.
public struct InvoiceContent: Hashable, Sendable {
  /// The texts that an invoice has once, in canonical order.
  public enum Text: Int, Sendable, CaseIterable {
    case customer, terms, reference, purchaseOrder, billOfLading, terminal, origin, destination,
      currency, note
  }

  /// The days that an invoice has once, in canonical order.
  public enum Day: Int, Sendable, CaseIterable {
    case invoiceDate, dueDate, pickupDate
  }

  /// One line of the invoice.
  public struct Line: Hashable, Sendable {
    /// The income category.
    public var category: String
    /// The description.
    public var description: String
    /// The quantity.
    public var quantity: FixedDecimal?
    /// The rate.
    public var rate: FixedDecimal?
    /// The amount.
    public var amount: Money?
  }

  /// The bytes that are hashed.
  public private(set) var canonical: [UInt8] = []
  /// Where each text ends, in order.
  private var ends: [Int] = []

  private static let texts = Text.allCases.count
  private static let words = 8 * 3

  /// Nothing yet: ten texts, three days, and so on are to be appended in canonical order.
  public init() {}

  /// Empties it, to be filled again without new memory.
  public mutating func reset() {
    canonical.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Appends the next text.
  public mutating func append(text: Span<UInt8>) {
    canonical.append(text)
    ends.append(canonical.count)
    canonical.append(0)
  }

  /// Appends the next day; nil where there is none.
  public mutating func append(day: CalendarDate?) {
    append(number: Int64(day?.daysSince1970 ?? .min))
  }

  /// Appends the next number; nil where there is none.
  public mutating func append(number: Int64?) {
    withUnsafeBytes(of: (number ?? .min).littleEndian) { canonical.append(contentsOf: $0) }
  }

  /// The hash that the ledger keeps.
  public var contentHash: ContentHash { ContentHash(of: canonical.span) }

  /// How many lines the invoice has.
  public var lineCount: Int { max(0, ends.count - InvoiceContent.texts) / 2 }

  /// A text, as far as it is UTF-8.
  public subscript(text: Text) -> String { string(text.rawValue) }

  /// A day; nil where there was none.
  public subscript(day: Day) -> CalendarDate? {
    number(ends[InvoiceContent.texts - 1] + 1 + 8 * day.rawValue)
      .flatMap { Int32(exactly: $0) }.flatMap {
        $0 == .min ? nil : CalendarDate(daysSince1970: $0)
      }
  }

  /// A line, counted from 0.
  public func line(_ index: Int) -> Line {
    let first = InvoiceContent.texts + 2 * index
    let numbers = ends[first + 1] + 1
    return Line(
      category: string(first), description: string(first + 1),
      quantity: number(numbers).map(FixedDecimal.init(micros:)),
      rate: number(numbers + 8).map(FixedDecimal.init(micros:)),
      amount: number(numbers + 16).map(Money.init(cents:)))
  }

  /// All lines in order.
  public var lines: [Line] { (0..<lineCount).map(line) }

  /// Where a text is; numbers come behind the last text of the head and of each line.
  private func range(_ index: Int) -> Range<Int> {
    guard index > 0 else { return 0..<ends[0] }
    let isFirstOfLine =
      index >= InvoiceContent.texts && (index - InvoiceContent.texts).isMultiple(of: 2)
    return ends[index - 1] + 1 + (isFirstOfLine ? InvoiceContent.words : 0)..<ends[index]
  }

  private func string(_ index: Int) -> String {
    String(decoding: canonical[range(index)], as: UTF8.self)
  }

  private func number(_ offset: Int) -> Int64? {
    var word: UInt64 = 0
    for index in (0..<8).reversed() { word = word << 8 | UInt64(canonical[offset + index]) }
    let number = Int64(bitPattern: word)
    return number == .min ? nil : number
  }
}

// MARK: - Packing

extension InvoiceContent {
  /// The format of ``pack(to:_:)``, its first byte.
  private static let format: UInt8 = 1
  /// A day that is not there.
  private static let noDay = Int64(Int32.min)

  /// Appends the content in some 90 bytes rather than 350: numbers in as few bytes as they need, and
  /// texts as their number where `number` has one.
  ///
  /// A text is its length times two, then its bytes; or its number times two plus one. A number is zero
  /// when there is none, else one more than its distance from zero times two, less one for negatives.
  func pack(to output: inout [UInt8], _ number: (Span<UInt8>) throws -> Int64?) rethrows {
    output.append(InvoiceContent.format)
    InvoiceContent.append(UInt64(lineCount), to: &output)
    var index = 0
    func text() throws {
      let bytes = canonical.span.extracting(range(index))
      index += 1
      if bytes.count > 0, let known = try number(bytes) {
        InvoiceContent.append(UInt64(known) << 1 | 1, to: &output)
      } else {
        InvoiceContent.append(UInt64(bytes.count) << 1, to: &output)
        output.append(bytes)
      }
    }
    func numbers(none: Int64?) {
      let start = ends[index - 1] + 1
      for offset in [0, 8, 16] {
        guard let value = self.number(start + offset), value != none else {
          output.append(0)
          continue
        }
        let distance = value < 0 ? value.magnitude << 1 - 1 : value.magnitude << 1
        InvoiceContent.append(distance + 1, to: &output)
      }
    }
    for _ in 0..<InvoiceContent.texts { try text() }
    numbers(none: InvoiceContent.noDay)
    for _ in 0..<lineCount {
      try text()
      try text()
      numbers(none: nil)
    }
  }

  /// Reads what ``pack(to:_:)`` wrote; nil when it is damaged.
  init?(packed: [UInt8], _ text: (Int64) throws -> [UInt8]?) rethrows {
    self.init()
    var position = 0
    func varint() -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while position < packed.count, shift < 64 {
        let byte = packed[position]
        position += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    func nextText() throws -> Bool {
      guard let token = varint() else { return false }
      if token & 1 == 1 {
        guard let bytes = try text(Int64(token >> 1)) else { return false }
        append(text: bytes.span)
        return true
      }
      guard token >> 1 <= UInt64(packed.count - position) else { return false }
      let count = Int(token >> 1)
      append(text: packed.span.extracting(position..<position + count))
      position += count
      return true
    }
    func nextNumbers(none: Int64?) -> Bool {
      for _ in 0..<3 {
        guard let token = varint() else { return false }
        guard token > 0 else {
          append(number: none)
          continue
        }
        let distance = token - 1
        let magnitude = Int64(distance >> 1 + distance & 1)
        append(number: distance & 1 == 1 ? -magnitude : magnitude)
      }
      return true
    }
    guard packed.first == InvoiceContent.format else { return nil }
    position = 1
    guard let count = varint(), count <= UInt64(packed.count) else { return nil }
    for _ in 0..<InvoiceContent.texts {
      guard try nextText() else { return nil }
    }
    guard nextNumbers(none: InvoiceContent.noDay) else { return nil }
    for _ in 0..<count {
      guard try nextText(), try nextText(), nextNumbers(none: nil) else { return nil }
    }
    guard position == packed.count else { return nil }
  }

  private static func append(_ value: UInt64, to output: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
  }
}
