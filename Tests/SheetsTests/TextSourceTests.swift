import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Sheets

struct TextSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8], hashing: Bool = false) throws(Failure) -> TextSource {
    let path: String
    do { path = try folder.write(bytes, to: "file") } catch { fatalError("\(error)") }
    return try TextSource.open(path: path, name: "file", hashing: hashing)
  }

  /// What a window shows from one end to the other.
  private func text(_ source: TextSource, blockSize: Int = 1 << 18) throws -> [UInt8] {
    let window = try ByteWindow(source, hashing: false, blockSize: blockSize)
    while !window.isAtEnd { _ = try window.fill() }
    return Array(window.bytes[window.start...])
  }

  private static func utf16(_ text: String, isLittle: Bool) -> [UInt8] {
    text.utf16.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return isLittle ? [low, high] : [high, low]
    }
  }

  private static let texts = [
    "", "a", "a,b\r\nc,d\r\n", "Müller & Söhne; Zoë\n", "日本語,🚚,é\n", "\u{1F69A}",
    String(repeating: "LD0001,Café Olé,1.234,50 €\n", count: 30_000),
  ]

  @Test(arguments: texts)
  func `the same text in any encoding is the same text`(text: String) throws {
    let expected = Array(text.utf8)
    #expect(try self.text(open(expected)) == expected)
    #expect(try self.text(open([0xEF, 0xBB, 0xBF] + expected)) == expected)
    for isLittle in [true, false] {
      let bytes = TextSourceTests.utf16(text, isLittle: isLittle)
      let source = try open((isLittle ? [0xFF, 0xFE] : [0xFE, 0xFF]) + bytes)
      #expect(try self.text(source) == expected)
      let encoding = isLittle ? TextEncoding.utf16LittleEndian : .utf16BigEndian
      #expect(source.origin == .text(encoding, hasMark: true))
      #expect(source.size == UInt64(expected.count))
    }
  }

  @Test func `UTF-16 without a mark is known by its zero bytes`() throws {
    for isLittle in [true, false] {
      let bytes = TextSourceTests.utf16("invoice_number,Kunde\n1,Zoë\n", isLittle: isLittle)
      #expect(try text(open(bytes)) == Array("invoice_number,Kunde\n1,Zoë\n".utf8))
    }
  }

  @Test func `half a surrogate pair is kept as a mark, never dropped`() throws {
    let source = try open([0xFF, 0xFE, 0x41, 0, 0x3D, 0xD8, 0x42, 0, 0, 0xDC, 0x3D, 0xD8])
    #expect(try text(source) == Array("A\u{FFFD}B\u{FFFD}\u{FFFD}".utf8))
    #expect(source.hasUndecodable)
  }

  @Test func `every character of Windows-1252 is decoded as Microsoft's table has it`() throws {
    let bytes = (0x80...0xFF).map { UInt8($0) }.filter {
      ![0x81, 0x8D, 0x8F, 0x90, 0x9D].contains($0)
    }
    let source = try open(Array("x".utf8) + bytes)
    let data = Data(bytes)
    let expected = try #require(String(data: data, encoding: .windowsCP1252))
    #expect(String(decoding: try text(source), as: UTF8.self) == "x" + expected)
    #expect(source.origin == .text(.windows1252, hasMark: false))
    #expect(source.concerns.first?.kind == .assumedWindows1252)
    #expect(source.concerns.first?.offset == 1)
    #expect(source.concerns.first?.count == bytes.count)
  }

  @Test func `a byte that Windows-1252 has no character for is marked`() throws {
    let source = try open([0x41, 0xE9, 0x81, 0x42])
    #expect(try text(source) == Array("Aé\u{FFFD}B".utf8))
    #expect(source.hasUndecodable)
  }

  @Test func `a mixture stays UTF-8, so that the rows that are not can be refused`() throws {
    let source = try open(Array("Zoë,Müller\n".utf8) + [0xE9, 0x0A])
    #expect(source.origin == .text(.utf8, hasMark: false))
    #expect(source.isBroken)
    let mostlyWindows = try open(Array("Zoë\n".utf8) + [0xE9, 0x0A, 0xE8, 0x0A])
    #expect(mostlyWindows.origin == .text(.windows1252, hasMark: false))
    #expect(mostlyWindows.concerns.map(\.kind) == [.assumedWindows1252, .garbled])
  }

  @Test func `JSON is never taken for Windows-1252`() throws {
    #expect(try open(Array("[{\"a\":\"".utf8) + [0xE9]).origin == .text(.utf8, hasMark: false))
  }

  private static let garbled: [(String, Int)] = [
    ("Café", 0), ("CafÃ©", 1), ("Donâ€™t", 1), ("JosÃ© & SÃ£o", 2), ("Â°C", 1), ("Âme Ângela", 0),
    ("ï»¿invoice", 1), ("lost ï¿½", 1), ("lost \u{FFFD}", 1), ("CÃ”TE", 1), ("SÃO PAULO", 0),
    ("CÃ\u{153}UR", 1), ("TRUCK Ã\u{160}", 1), ("10 â€“ 20", 1), ("10 – 20 €", 0), ("Ã", 0),
  ]

  @Test(arguments: garbled)
  func `text that was read in the wrong encoding is seen`(text: String, count: Int) throws {
    for padding in [0, 5, (1 << 18) - 3, (1 << 18) - 2, (1 << 18) - 1] {
      let source = try open(Array((String(repeating: "x", count: padding) + text + "\n").utf8))
      let concern = source.concerns.first { $0.kind == .garbled }
      #expect(concern?.count ?? 0 == count, "\(padding)")
      guard let concern else { continue }
      let bytes = source.peek(at: concern.offset, count: 2)
      #expect(bytes[0] >= 0xC3, "\(padding)")
    }
  }

  @Test func `a concern shows its cell`() throws {
    let source = try open(Array("number,name\r\n1,\"CafÃ© Olé, Inc.\"\r\n".utf8))
    let concern = try #require(source.concerns.first)
    let (location, excerpt) = source.excerpt(at: concern.offset)
    #expect(location.description == "file:2:4")
    #expect(excerpt == Excerpt(text: "1,\"CafÃ© Olé, Inc.\"", markStart: 3, markLength: 9))
  }

  @Test func `plain text is told from text that needs a look`() throws {
    #expect(try open(Array("a,b\n".utf8)).isPlain)
    #expect(try !open(Array("é\n".utf8)).isPlain)
    let zero = try open(Array("a,b\n\0".utf8))
    #expect(!zero.isPlain && zero.hasNUL && !zero.isBroken)
  }

  @Test func `the fingerprint is that of the original bytes`() throws {
    for bytes in [
      Array("a".utf8), [0xFF, 0xFE, 0x41, 0], [0x41, 0xE9], [0xEF, 0xBB, 0xBF, 0x41],
      Array(TextSourceTests.texts[6].utf8.dropLast()) + [0xE9],
    ] {
      var hasher = FingerprintHasher()
      hasher.update(bytes)
      let window = try ByteWindow(try open(bytes, hashing: true), hashing: true)
      while !window.isAtEnd {
        window.start = window.bytes.count
        _ = try window.fill()
      }
      #expect(window.fingerprint() == hasher.finish())
    }
  }

  @Test func `a copy leaves no file behind`() throws {
    let before = try FileManager.default.contentsOfDirectory(atPath: "/tmp")
    let source = try open([0xFF, 0xFE, 0x41, 0])
    let during = try FileManager.default.contentsOfDirectory(atPath: "/tmp")
    #expect(
      !Set(during).subtracting(before).contains { $0.hasPrefix("loadbooks-") && $0.count == 16 })
    var status = stat()
    #expect(fstat(source.descriptor, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(status.st_nlink == 0)
  }

  @Test func `any bytes at all become text that is UTF-8 or is known not to be`() throws {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      let count = Int.random(in: 0...40, using: &generator)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      switch Int.random(in: 0...3, using: &generator) {
      case 0: bytes = [0xFF, 0xFE] + bytes
      case 1: bytes = [0xFE, 0xFF] + bytes
      default: break
      }
      let source: TextSource
      do { source = try open(bytes) } catch { continue }
      let text = try self.text(source)
      let isText = String(validating: text, as: UTF8.self) != nil
      #expect(isText || source.isBroken, "\(bytes), \(generator)")
    }
  }

  @Test func `rows of a sheet are told as rows of the sheet`() {
    var places = SheetPlaces(sheet: "Invoices")
    for (row, line) in [(1, 1), (2, 2), (3, 5), (4, 6), (9, 7), (10, 8)] {
      places.note(row: row, line: line)
    }
    #expect([1, 2, 5, 6, 7, 8, 9].map(places.row(line:)) == [1, 2, 3, 4, 9, 10, 11])
    #expect(
      places.location(file: "invoices.xlsx", line: 7, column: 6).description
        == "invoices.xlsx, sheet Invoices, cell F9")
    #expect(
      places.location(file: "a.xlsx", line: 1, column: 28).description
        == "a.xlsx, sheet Invoices, cell AB1")
    #expect(places.location(file: "a.xlsx", line: 5).description == "a.xlsx, sheet Invoices, row 3")
  }
}
