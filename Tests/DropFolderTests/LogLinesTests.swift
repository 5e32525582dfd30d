import Foundation
import Logging
import Synchronization
import Testing

@testable import DropFolder

struct LogLinesTests {
  private func line(_ layout: LogLayout, _ metadata: Logger.Metadata) -> String {
    let text = Sandbox.Lines()
    var handler = LogLines(
      layout, timestamp: { "2026-11-23T12:00:00Z" }, write: { text.append($0) })
    handler[metadataKey: "company"] = "/srv/acme"
    let logger = Logger(label: "test", factory: { _ in handler })
    logger.info("batch-done", metadata: metadata)
    logger.debug("not written")
    return text.all
  }

  @Test func `logfmt quotes what needs it`() {
    #expect(
      line(.logfmt, ["files": "2", "why": "it is \"so\"\nand\\so", "empty": ""])
        == "time=2026-11-23T12:00:00Z level=info event=batch-done company=/srv/acme empty=\"\" files=2 "
        + "why=\"it is \\\"so\\\"\\nand\\\\so\"\n")
  }

  @Test func `JSON is JSON, one object a line, whatever the names`() throws {
    let odd = "a\u{7}b\u{202E}c\u{2028}d\u{1F600}\"\\"
    let text = line(.json, ["file": "\(odd)"])
    #expect(text.filter(\.isNewline).count == 1)
    let value = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    #expect(value["file"] == odd)
    #expect(value["event"] == "batch-done")
    #expect(value["company"] == "/srv/acme")
    #expect(!text.contains("\u{202E}"))
  }
}
