internal import Foundation

/// Free text as QuickBooks Online keeps it: composed letters, single blanks, no control characters.
struct OnlineText {
  private(set) var text: String
  private(set) var changes: DesktopText.Changes = []

  /// A name may have several blanks side by side.
  init(_ bytes: Span<UInt8>, limit: Int?, isName: Bool = false) {
    let raw = bytes.withUnsafeBufferPointer { Array($0) }
    let given = String(decoding: raw, as: UTF8.self)
    if given.unicodeScalars.contains("\u{FFFD}") { changes.insert(.unrepresentable) }
    let composed = given.precomposedStringWithCanonicalMapping
    var scalars = String.UnicodeScalarView()
    var blanksDue = 0
    for scalar in composed.unicodeScalars {
      switch scalar.value {
      case 0x20, 0x09...0x0D, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
        0x3000:
        let isKept = scalar.value == 0x20 && !scalars.isEmpty && (blanksDue == 0 || isName)
        if !isKept { changes.insert(.blanks) }
        if isKept { blanksDue += 1 } else if !scalars.isEmpty { blanksDue = max(blanksDue, 1) }
      case ..<0x20, 0x7F..<0xA0, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
        0xFE00...0xFE0F:
        changes.insert(.blanks)
      default:
        for _ in 0..<blanksDue { scalars.append(" ") }
        blanksDue = 0
        scalars.append(scalar)
      }
    }
    if blanksDue > 0 { changes.insert(.blanks) }
    if let limit, scalars.count > limit {
      changes.insert(.cut)
      scalars = String.UnicodeScalarView(scalars.prefix(limit))
      while scalars.last == " " { scalars.removeLast() }
    }
    text = String(scalars)
  }
}
