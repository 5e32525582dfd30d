internal import CBytes
internal import Vocabulary

/// Adds up the documents of a file, row by row: their totals and their balances.
///
/// It reads what was written a second time, and shares nothing with ``IIFPreflight`` but the lines, which come
/// here when they were checked there: it finds the amounts by the headers in the file. A checked line has no
/// tab inside a field, so that every tab ends one.
struct IIFTotals {
  /// What a document says and adds up to.
  struct Document {
    /// The amount of its TRNS row.
    var total: Money
    /// The sum of all its rows; zero in a document that balances.
    var balance: Money
    /// The line of its TRNS row, from 1.
    var line: Int
  }

  private let name: String
  private let style = NumberStyle(.us)
  private var headColumn: Int?
  private var lineColumn: Int?
  private var open: Document?
  private var line = 0

  /// Begins a file.
  init(name: String) { self.name = name }

  /// Takes the next line, and gives the document that ends with it.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  mutating func take(_ row: Span<UInt8>, line number: Int) throws(Failure) -> Document? {
    line = number
    if IIFTotals.begins(row, "TRNS\t") {
      guard open == nil else { throw fault("a TRNS row stands inside a block") }
      let amount = try amount(row, headColumn)
      open = Document(total: amount, balance: amount, line: number)
    } else if IIFTotals.begins(row, "SPL\t") {
      guard let block = open else { throw fault("an SPL row stands outside a block") }
      let (sum, overflow) = block.balance.cents.addingReportingOverflow(
        try amount(row, lineColumn).cents)
      guard !overflow else { throw fault("the amounts are too large to add up") }
      open?.balance = Money(cents: sum)
    } else if row.count == 7, IIFTotals.begins(row, "ENDTRNS") {
      guard let block = open else { throw fault("an ENDTRNS row stands outside a block") }
      open = nil
      return block
    } else if IIFTotals.begins(row, "!TRNS\t") {
      headColumn = IIFTotals.column(row)
    } else if IIFTotals.begins(row, "!SPL\t") {
      lineColumn = IIFTotals.column(row)
    } else if row.count != 8 || !IIFTotals.begins(row, "!ENDTRNS") {
      throw fault("the row is none of a document")
    }
    return nil
  }

  /// Ends the file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` when a document is not complete.
  func finish() throws(Failure) {
    guard open == nil else { throw fault("the file ends inside a transaction") }
  }

  @inline(__always)
  private static func begins(_ row: Span<UInt8>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard row.count >= count else { return false }
    return word.withUTF8Buffer { $0.span.isSame(as: row.extracting(0..<count)) }
  }

  /// Which field of a header row is the amount.
  private static func column(_ row: Span<UInt8>) -> Int? {
    let names = String(decoding: row.withUnsafeBufferPointer { Array($0) }, as: UTF8.self)
    return names.split(separator: "\t", omittingEmptySubsequences: false)
      .firstIndex(of: "AMOUNT")
  }

  private func amount(_ row: Span<UInt8>, _ column: Int?) throws(Failure) -> Money {
    guard let column else { throw fault("no header row declares the amount") }
    let field = IIFTotals.field(row, column)
    guard !field.isEmpty,
      case .value(let decimal) = FixedDecimal.parse(row.extracting(field), style),
      let money = Money(decimal)
    else { throw fault("the row has no amount") }
    return money
  }

  /// Where a field stands, the first of them being 0; nothing where the row has not so many.
  private static func field(_ row: Span<UInt8>, _ number: Int) -> Range<Int> {
    row.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return 0..<0 }
      var (passed, start) = (0, number == 0 ? 0 : -1)
      for place in stride(from: 0, to: bytes.count, by: 64) {
        var tabs = cbytes_equal(base + place, bytes.count - place, UInt8(ascii: "\t"))
        while tabs != 0 {
          let tab = place + tabs.trailingZeroBitCount
          tabs &= tabs &- 1
          if start >= 0 { return start..<tab }
          passed += 1
          if passed == number { start = tab + 1 }
        }
      }
      return start < 0 ? 0..<0 : start..<bytes.count
    }
  }

  private func fault(_ message: String) -> Failure {
    Failure(
      .inputUnreadable, message,
      remedy: "compare the file with the one that was written; do not import it",
      location: SourceLocation(file: name, line: line))
  }
}
