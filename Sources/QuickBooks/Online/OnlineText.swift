internal import Foundation

/// Free text as QuickBooks Online keeps it: composed letters, single blanks, no control characters.
struct OnlineText {
  private(set) var text: String
  private(set) var changes: DesktopText.Changes = []

  init(_ bytes: Span<UInt8>, limit: Int?) {
    let raw = bytes.withUnsafeBufferPointer { Array($0) }
    let given = String(decoding: raw, as: UTF8.self)
    if given.unicodeScalars.contains("\u{FFFD}") { changes.insert(.unrepresentable) }
    let composed = given.precomposedStringWithCanonicalMapping
    var scalars = String.UnicodeScalarView()
    var isBlankDue = false
    for scalar in composed.unicodeScalars {
      switch scalar.value {
      case 0x20, 0x09...0x0D, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
        0x3000:
        if scalar.value != 0x20 || isBlankDue || scalars.isEmpty { changes.insert(.blanks) }
        isBlankDue = !scalars.isEmpty
      case ..<0x20, 0x7F..<0xA0, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
        0xFE00...0xFE0F:
        changes.insert(.blanks)
      default:
        if isBlankDue { scalars.append(" ") }
        isBlankDue = false
        scalars.append(scalar)
      }
    }
    if isBlankDue { changes.insert(.blanks) }
    if let limit, scalars.count > limit {
      changes.insert(.cut)
      scalars = String.UnicodeScalarView(scalars.prefix(limit))
      while scalars.last == " " { scalars.removeLast() }
    }
    text = String(scalars)
  }
}
