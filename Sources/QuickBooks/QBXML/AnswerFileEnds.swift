internal import Foundation
internal import Vocabulary

/// Looks at the two ends of a file before it is read as XML: what tools and people leave there is told in
/// words that say what to do about it.
///
/// It refuses only what XML refuses as well: text before the first element or behind the last one.
enum AnswerFileEnds {
  /// How much of each end is looked at.
  private static let length = 4096

  /// - Throws: `Failure` with cause `inputUnreadable`; a file that cannot be opened is left to its reader.
  static func check(_ path: String, _ name: String) throws(Failure) {
    guard let file = FileHandle(forReadingAtPath: path) else { return }
    defer { try? file.close() }
    guard var head = try? file.read(upToCount: length), !head.isEmpty else { return }
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { head.removeFirst(3) }
    // What is not written in single bytes (UTF-16) is the reader's alone.
    guard !head.prefix(2).contains(0), head.first != 0xFE, head.first != 0xFF else { return }
    try checkHead(String(decoding: head, as: UTF8.self), name)
    guard let end = try? file.seekToEnd() else { return }
    try? file.seek(toOffset: end > UInt64(length) ? end - UInt64(length) : 0)
    guard let tail = try? file.read(upToCount: length) else { return }
    try checkTail(String(decoding: tail, as: UTF8.self), name)
  }

  private static func checkHead(_ text: String, _ name: String) throws(Failure) {
    let start = SourceLocation(file: name, line: 1)
    let begin = text.drop { $0.isWhitespace }
    guard !begin.isEmpty else {
      throw Failure(
        .inputUnreadable, "\(name) has nothing but blanks",
        remedy: "save the whole answer again, as the tool shows it, into a file of its own",
        location: start)
    }
    guard begin.first == "<" else {
      if let code = begin.firstMatch(of: /0x8004[0-9A-Fa-f]{4}/) {
        throw Failure(
          .inputUnreadable,
          "\(name) is no answer: QuickBooks refused the whole file with \(code.output)",
          remedy: remedy(String(code.output).uppercased()), location: start)
      }
      let first = begin.prefix { !$0.isNewline }.prefix(40)
      throw Failure(
        .inputUnreadable, "\(name) is not an answer of QuickBooks: it begins with \"\(first)\"",
        remedy: begin.contains("<QBXML>")
          ? "delete what stands before <?xml or <QBXML>, or save the answer alone into a file"
          : "save what QuickBooks answered into a file of its own", location: start)
    }
    guard begin.startIndex == text.startIndex || !begin.hasPrefix("<?xml ") else {
      throw Failure(
        .inputUnreadable, "\(name) has blanks or empty lines before <?xml",
        remedy: "delete what stands before <?xml", location: start)
    }
  }

  /// What to do about a code with which QuickBooks refuses a file as a whole.
  private static func remedy(_ code: String) -> String {
    switch code {
    case "0X80040400":
      "nothing of that file was done: send it as it was written (loadbooks verify RUN says whether it is); "
        + "if it is, report it, with the file if you may share it"
    case "0X80040420", "0X8004041A":
      "nothing of that file was done: let the tool in as Admin (Edit > Preferences > Integrated "
        + "Applications), then send the file"
    default:
      "open the company file in QuickBooks as Admin in single-user mode, and close all other windows; then "
        + "ask what became of the file: loadbooks accept --recover RUN"
    }
  }

  private static func checkTail(_ text: String, _ name: String) throws(Failure) {
    guard let end = text.range(of: "</QBXML>", options: .backwards) else { return }
    let rest = text[end.upperBound...].drop { $0.isWhitespace }
    // Comments and processing instructions may stand there.
    guard let first = rest.first, first != "<" else { return }
    throw Failure(
      .inputUnreadable, "\(name) has something behind the end of the answer (</QBXML>)",
      remedy: "delete what stands behind </QBXML>, or save the answer alone into a file",
      location: SourceLocation(file: name, line: 1))
  }
}
