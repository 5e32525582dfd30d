/// Short names for those that QuickBooks has no room for, no two of them alike.
///
/// Nothing is ever shortened by itself: these names stand in the lines of the mapping file that findings
/// print. Names that are the same after cutting are told apart by a number at the end, in the order of
/// their spelling, so that all the printed lines together still keep everything apart.
struct ShortNames {
  private let limit: Int
  /// The names that are too long, by what they would be cut to, without case.
  private var rivals: [String: [String]] = [:]

  /// Names of one list; those that fit are passed over.
  init(_ names: some Sequence<String>, limit: Int) {
    self.limit = limit
    for name in Set(names).sorted() where !ShortNames.fits(name, limit) {
      rivals[ShortNames.cut(name, limit).lowercased(), default: []].append(name)
    }
  }

  /// A name that fits, and that is neither another's short name nor taken; the name itself when it fits.
  func short(_ name: String, isTaken: (String) -> Bool) -> String {
    guard !ShortNames.fits(name, limit) else { return name }
    let base = ShortNames.cut(name, limit)
    let group = rivals[base.lowercased()] ?? [name]
    guard group.count > 1 || isTaken(base) else { return base }
    var number = (group.firstIndex(of: name) ?? 0) + 1
    while true {
      let mark = " (\(number))"
      let candidate = ShortNames.cut(name, limit - mark.count) + mark
      if !isTaken(candidate) { return candidate }
      number += group.count
    }
  }

  private static func fits(_ name: String, _ limit: Int) -> Bool {
    name.unicodeScalars.count <= limit
  }

  /// The beginning of a name, cut between words where there are any.
  private static func cut(_ name: String, _ limit: Int) -> String {
    let scalars = Array(name.unicodeScalars)
    guard scalars.count > limit else { return name }
    let end = scalars[...limit].lastIndex(of: " ").flatMap { $0 > limit / 2 ? $0 : nil } ?? limit
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[..<end])
    var text = String(view)
    while let last = text.last, !last.isLetter, !last.isNumber, last != ")" { text.removeLast() }
    return text
  }
}
