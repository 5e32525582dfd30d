extension Settings {
  /// The commented `loadbooks.yaml` that `init` writes: every key with its meaning and its default.
  ///
  /// It loads to the defaults with that company name. The name should be one that ``set(_:)`` takes
  /// for `company`: not empty and on one line.
  public static func template(company: String) -> String {
    var settings = Settings.defaults
    settings.company = company
    var text = """
      # Settings of this company for LoadBooks.
      #
      # Every key may be left out; it then has the value shown here. Only company is required.
      # "loadbooks plan --set policies.zero_total=send" overrides one key for one command.
      # Put quotation marks around a text that holds a colon followed by a blank, or a #.


      """
    var open: [Substring] = []
    for key in keys {
      let levels = key.path.split(separator: ".").dropLast()
      var isFirst = false
      for (depth, level) in levels.enumerated() where !open.starts(with: levels.prefix(depth + 1)) {
        open = Array(levels.prefix(depth + 1))
        let indent = String(repeating: "  ", count: depth)
        if !text.hasSuffix("\n\n"), !text.hasSuffix(":\n") { text += "\n" }
        if let about = sections[open.joined(separator: ".")] { text += "\(indent)# \(about)\n" }
        text += "\(indent)\(level):\n"
        isFirst = true
      }
      let indent = String(repeating: "  ", count: levels.count)
      if !isFirst, key.path != "company" { text += "\n" }
      for line in key.explanation { text += "\(indent)# \(line)\n" }
      text += "\(indent)# (\(key.allowed))\n"
      let value = key.show(settings)
      text +=
        value.isEmpty
        ? "\(indent)# \(key.name): \(key.example)\n"
        : "\(indent)\(key.name): \(value)\n"
    }
    return text
  }
}
