/// Words of a command line that a message tells somebody to type.
public enum ShellText {
  /// A word as a shell takes it for one: quoted when it has anything but letters, digits and `-_.:/+@`.
  public static func word(_ text: String) -> String {
    let plain = Set("-_.:/+@,".unicodeScalars)
    let isPlain = text.unicodeScalars.allSatisfy {
      plain.contains($0)
        || $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
    }
    if isPlain, !text.isEmpty, !text.hasPrefix("-") { return text }
    return "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
