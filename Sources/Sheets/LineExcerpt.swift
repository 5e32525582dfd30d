package import Vocabulary

/// Cuts the line around a place out of bytes.
package enum LineExcerpt {
  package static let widest = 160
  /// How many bytes in front of a place are looked at; more when they hold no line end.
  private static let reach = (near: 4096, far: 65_536)

  /// The place of a byte of a file and its line; in a line that is too long there is no column.
  package static func make(
    _ window: ByteWindow, offset: UInt64, length: Int, line: Int
  ) -> (SourceLocation, Excerpt) {
    var (column, excerpt) = make(window, offset: offset, length: length, reach: reach.near)
    if column == nil {
      (column, excerpt) = make(window, offset: offset, length: length, reach: reach.far)
    }
    return (SourceLocation(file: window.path, line: line, column: column), excerpt)
  }

  private static func make(
    _ window: ByteWindow, offset: UInt64, length: Int, reach: Int
  ) -> (column: Int?, Excerpt) {
    let from = offset > UInt64(reach) ? offset - UInt64(reach) : 0
    let bytes = window.peek(
      at: from, count: Int(offset - from) + LineExcerpt.reach.near + min(length, reach))
    return make(bytes, mark: Int(offset - from), length: length, atFileStart: from == 0)
  }

  private static func make(
    _ bytes: [UInt8], mark: Int, length: Int, atFileStart: Bool
  ) -> (column: Int?, Excerpt) {
    let mark = min(mark, bytes.count)
    var start = mark
    while start > 0, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D { start -= 1 }
    if start == 0, atFileStart, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = min(3, mark) }
    var end = mark
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    let before = String(decoding: bytes[start..<mark], as: UTF8.self)
    let marked = String(decoding: bytes[mark..<min(end, mark + length)], as: UTF8.self)
    let after = String(decoding: bytes[min(end, mark + length)..<end], as: UTF8.self)
    let column = start > 0 || atFileStart ? before.count + 1 : nil
    let markLength = max(1, min(marked.count, widest / 2))
    if before.count + marked.count + after.count <= widest {
      return (
        column,
        Excerpt(text: before + marked + after, markStart: before.count, markLength: markLength)
      )
    }
    let head = before.count > 60 ? "…" + before.suffix(60) : before
    let tail = (marked + after).prefix(widest - head.count)
    let cut = tail.count < marked.count + after.count ? tail + "…" : tail
    return (
      column,
      Excerpt(
        text: head + cut, markStart: head.count, markLength: min(markLength, max(1, tail.count)))
    )
  }
}
