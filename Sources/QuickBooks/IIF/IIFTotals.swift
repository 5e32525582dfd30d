internal import Vocabulary

/// Adds up the documents of a file that was checked row by row before: their totals and their balances.
///
/// It is the second reading of what was written, and shares nothing with the first but the lines: it finds
/// the amounts by the headers in the file. A checked file has no tab inside a field, so that every tab
/// ends one.
enum IIFTotals {
  /// What a document says and adds up to.
  struct Document {
    /// The amount of its TRNS row.
    var total: Money
    /// The sum of all its rows; zero in a document that balances.
    var balance: Money
    /// The line of its TRNS row, from 1.
    var line: Int
  }

  /// Hands over the documents of a file one by one.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, or what `body` throws.
  static func forEach(
    path: String, name: String, _ body: (Document) throws(Failure) -> Void
  ) throws(Failure) {
    let lines = try IIFLines(path: path, name: name)
    var (headColumn, lineColumn): (Int?, Int?) = (nil, nil)
    var open: Document?
    while try lines.next() {
      let buffer = lines.buffer
      let row = buffer.span.extracting(lines.bounds)
      if begins(row, "TRNS\t") {
        guard open == nil else { throw fault("a TRNS row stands inside a block", lines) }
        let amount = try amount(row, headColumn, lines)
        open = Document(total: amount, balance: amount, line: lines.number)
      } else if begins(row, "SPL\t") {
        guard var block = open else { throw fault("an SPL row stands outside a block", lines) }
        let (sum, overflow) = block.balance.cents.addingReportingOverflow(
          try amount(row, lineColumn, lines).cents)
        guard !overflow else { throw fault("the amounts are too large to add up", lines) }
        block.balance = Money(cents: sum)
        open = block
      } else if row.count == 7, begins(row, "ENDTRNS") {
        guard let block = open else {
          throw fault("an ENDTRNS row stands outside a block", lines)
        }
        try body(block)
        open = nil
      } else if begins(row, "!TRNS\t") {
        headColumn = column(row)
      } else if begins(row, "!SPL\t") {
        lineColumn = column(row)
      } else if row.count != 8 || !begins(row, "!ENDTRNS") {
        throw fault("the row is none of a document", lines)
      }
    }
    guard open == nil else { throw fault("the file ends inside a transaction", lines) }
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

  private static func amount(
    _ row: Span<UInt8>, _ column: Int?, _ lines: IIFLines
  ) throws(Failure) -> Money {
    guard let column else { throw fault("no header row declares the amount", lines) }
    let tab = UInt8(ascii: "\t")
    var (start, passed) = (0, 0)
    while start < row.count, passed < column {
      if row[start] == tab { passed += 1 }
      start += 1
    }
    var end = start
    while end < row.count, row[end] != tab { end += 1 }
    guard passed == column,
      case .value(let decimal) = FixedDecimal.parse(row.extracting(start..<end), .us),
      let money = Money(decimal)
    else { throw fault("the row has no amount", lines) }
    return money
  }

  private static func fault(_ message: String, _ lines: IIFLines) -> Failure {
    Failure(
      .inputUnreadable, message,
      remedy: "compare the file with the one that was written; do not import it",
      location: SourceLocation(file: lines.name, line: lines.number))
  }
}
