public import Vocabulary

/// Reads the transactions of IIF files back, whoever wrote them.
public enum IIFDocuments {
  /// Hands over the transactions of a file one by one, so that no file is too long.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, or what `body` throws.
  public static func forEach(
    ofFile path: String, _ body: (WrittenDocument) throws(Failure) -> Void
  ) throws(Failure) {
    try forEach(of: IIFReader(path: path, name: path), body)
  }

  static func forEach(
    of reader: IIFReader, _ body: (WrittenDocument) throws(Failure) -> Void
  ) throws(Failure) {
    var open: WrittenDocument?
    while let row = try reader.next() {
      switch row {
      case .data("TRNS"):
        guard open == nil else { throw fault("a TRNS row stands inside a block", reader) }
        let amount = try amount(reader)
        open = WrittenDocument(
          type: reader.text(reader.column("TRNSTYPE")),
          number: reader.text(reader.column("DOCNUM")),
          customer: reader.text(reader.column("NAME")), date: reader.text(reader.column("DATE")),
          total: amount, balance: amount, lines: 0, line: reader.line)
      case .data("SPL"):
        guard var block = open else { throw fault("an SPL row stands outside a block", reader) }
        let (sum, overflow) = block.balance.cents.addingReportingOverflow(
          try amount(reader).cents)
        guard !overflow else { throw fault("the amounts are too large to add up", reader) }
        block.balance = Money(cents: sum)
        block.lines += 1
        open = block
      case .end("ENDTRNS"):
        guard let block = open else {
          throw fault("an ENDTRNS row stands outside a block", reader)
        }
        try body(block)
        open = nil
      case .orphan(let keyword) where keyword == "TRNS" || keyword == "SPL":
        throw fault("no header row declares the columns of \(keyword)", reader)
      default: break
      }
    }
    guard open == nil else { throw fault("the file ends inside a transaction", reader) }
  }

  private static func amount(_ reader: IIFReader) throws(Failure) -> Money {
    let field = reader.field(reader.column("AMOUNT"))
    let reading = FixedDecimal.parse(reader.bytes.span.extracting(field.range), .us)
    guard case .value(let decimal) = reading, let money = Money(decimal) else {
      throw fault("\"\(reader.bytes.text(field))\" is not an amount", reader)
    }
    return money
  }

  private static func fault(_ message: String, _ reader: IIFReader) -> Failure {
    Failure(
      .inputUnreadable, message,
      remedy: "compare the file with the one that was written; do not import it",
      location: reader.location)
  }
}
