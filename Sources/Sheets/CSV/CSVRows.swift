public import Vocabulary

/// Reads the rows of a long comma-separated file one after another, as LoadBooks itself writes them.
public enum CSVRows {
  /// Gives each row's line and texts, the header row first.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, or what `body` threw.
  public static func forEach(
    ofFile path: String, _ body: (_ line: Int, _ cells: [String]) throws(Failure) -> Void
  ) throws(Failure) {
    let window = try ByteWindow(try TextSource(ownFile: path), hashing: false)
    var cells: [CSVCell] = []
    var line = 1
    while true {
      if window.start >= window.bytes.count {
        if window.isAtEnd { return }
        _ = try window.fill()
        continue
      }
      let bytes = window.bytes
      let start = window.start
      let outcome = CSVRowParser.parse(
        bytes.buffer.span, from: start, isLast: window.isAtEnd, delimiter: UInt8(ascii: ","),
        cells: &cells
      )
      switch outcome {
      case .needsMore: _ = try window.fill()
      case .unclosedQuote:
        throw Failure(
          .inputUnreadable, "line \(line) has a quotation mark that is never closed",
          remedy: "restore the file from a backup",
          location: SourceLocation(file: path, line: line))
      case .row(let next):
        try body(line, cells.map { text(bytes, $0) })
        line += LineEnds.count(bytes, start..<next)
        window.start = next
      }
    }
  }

  private static func text(_ bytes: WindowBytes, _ cell: CSVCell) -> String {
    let range = Int(cell.start)..<Int(cell.end)
    guard cell.form != .plain else { return String(decoding: bytes[range], as: UTF8.self) }
    var text: [UInt8] = []
    CSVRowParser.decode(bytes.buffer.span, range, into: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
