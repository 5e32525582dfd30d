internal import Foundation
internal import Vocabulary

/// Turns a file of another encoding into UTF-8, in one pass and with little memory.
///
/// Nothing is dropped: half of a surrogate pair, or a byte that Windows-1252 has no character for,
/// becomes U+FFFD and is counted, so that the record which holds it can be found. Line ends stay what
/// they are, so lines and columns of the copy are those of the original.
struct TextConversion {
  /// What the copy looks like.
  private(set) var scan = TextScan()
  /// What could not be decoded.
  private(set) var undecodable = TextScan.Sighting()
  private var output: [UInt8] = []
  private var written: UInt64 = 0
  /// The first half of a surrogate pair that waits for its second.
  private var high: UInt16?
  private let encoding: TextEncoding

  private init(_ encoding: TextEncoding) {
    self.encoding = encoding
  }

  /// Copies a file's text behind its byte order mark.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` or `cannotWrite`.
  static func copy(
    _ file: OpenFile, _ encoding: TextEncoding, skipping mark: Int, hashing: Bool
  ) throws(Failure) -> (copy: PrivateFile, fingerprint: Fingerprint?, TextConversion) {
    var conversion = TextConversion(encoding)
    let copy = try PrivateFile(for: file.name)
    var hasher = FingerprintHasher()
    var input = file.makeBuffer()
    var offset: UInt64 = 0
    var kept: [UInt8] = []
    while true {
      let count = try file.read(at: offset, into: &input)
      if hashing {
        input.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      }
      let isLast = count == 0
      kept.append(contentsOf: input[(offset == 0 ? min(mark, count) : 0)..<count])
      offset += UInt64(count)
      conversion.decode(&kept, isLast: isLast)
      try conversion.flush(to: copy, isLast: isLast)
      if isLast { break }
    }
    guard kept.isEmpty else {
      throw Failure(
        .inputUnreadable,
        "\(file.name) is \(encoding.rawValue) text that ends in the middle of a character, so its end "
          + "is missing", remedy: "export the file again, and copy it only when that is done")
    }
    return (copy, hashing ? hasher.finish() : nil, conversion)
  }

  private mutating func decode(_ input: inout [UInt8], isLast: Bool) {
    if encoding == .windows1252 {
      for byte in input { appendWindows(byte) }
      input.removeAll(keepingCapacity: true)
      return
    }
    let isLittle = encoding == .utf16LittleEndian
    let pairs = input.count / 2
    for pair in 0..<pairs {
      let (first, second) = (UInt16(input[2 * pair]), UInt16(input[2 * pair + 1]))
      append(isLittle ? second << 8 | first : first << 8 | second)
    }
    input.removeFirst(2 * pairs)
    if isLast, high != nil {
      high = nil
      appendUndecodable()
    }
  }

  private mutating func append(_ unit: UInt16) {
    if let first = high {
      high = nil
      if unit & 0xFC00 == 0xDC00 {
        append(scalar: 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(unit & 0x3FF)))
        return
      }
      appendUndecodable()
    }
    if unit & 0xFC00 == 0xD800 {
      high = unit
    } else if unit & 0xFC00 == 0xDC00 {
      appendUndecodable()
    } else {
      append(scalar: UInt32(unit))
    }
  }

  @inline(__always)
  private mutating func append(scalar: UInt32) {
    if scalar < 0x80 {
      output.append(UInt8(scalar))
    } else if scalar < 0x800 {
      output.append(0xC0 | UInt8(scalar >> 6))
      output.append(0x80 | UInt8(scalar & 0x3F))
    } else if scalar < 0x10000 {
      output.append(0xE0 | UInt8(scalar >> 12))
      output.append(0x80 | UInt8(scalar >> 6 & 0x3F))
      output.append(0x80 | UInt8(scalar & 0x3F))
    } else {
      output.append(0xF0 | UInt8(scalar >> 18))
      output.append(0x80 | UInt8(scalar >> 12 & 0x3F))
      output.append(0x80 | UInt8(scalar >> 6 & 0x3F))
      output.append(0x80 | UInt8(scalar & 0x3F))
    }
  }

  private mutating func appendUndecodable() {
    undecodable.note(written + UInt64(output.count))
    append(scalar: 0xFFFD)
  }

  @inline(__always)
  private mutating func appendWindows(_ byte: UInt8) {
    if byte < 0x80 {
      output.append(byte)
    } else if byte >= 0xA0 {
      append(scalar: UInt32(byte))
    } else {
      let scalar = UInt32(TextConversion.windows[Int(byte) - 0x80])
      if scalar == 0 { appendUndecodable() } else { append(scalar: scalar) }
    }
  }

  /// The characters of 0x80 to 0x9F (Microsoft's code page 1252); 0 where there is none.
  private static let windows: [UInt16] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  /// Writes what has been decoded; a little is kept back, so that no pattern is cut in two.
  private mutating func flush(to copy: PrivateFile, isLast: Bool) throws(Failure) {
    let taken = output.withUnsafeBytes { scan.look(at: $0, isLast: isLast) }
    written += UInt64(taken)
    try copy.write(taken == output.count ? output : Array(output[..<taken]))
    output.removeFirst(taken)
  }
}
