import TestSupport
import Testing
import Vocabulary

@Suite struct ByteSearchTests {
  @Test func `bytes are found where they stand first, and nowhere else`() {
    var generator = SeededGenerator()
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...200, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0x61...0x63, using: &generator) }
      let wanted = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        UInt8.random(in: 0x61...0x63, using: &generator)
      }
      let start = Int.random(in: 0...count, using: &generator)
      let expected = (start...max(start, count - wanted.count)).first {
        $0 + wanted.count <= count && bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
      }
      #expect(
        bytes.span.firstIndex(of: wanted.span, from: start) == expected,
        "\(wanted) in \(bytes) from \(start), seed \(generator.seed)")
    }
  }

  @Test func `a day is written with four, two and two digits`() {
    var sink = ByteSink()
    for text in ["1900-01-09", "2026-11-29", "2199-12-31"] {
      if let date = CalendarDate(iso: text) { sink.append(date) }
    }
    #expect(Array(sink.bytes) == Array("1900-01-092026-11-292199-12-31".utf8))
  }
}
