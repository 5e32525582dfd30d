internal import Foundation
internal import Vocabulary

extension Settings {
  /// Whether the operating system's notices are used beside looking again and again.
  public enum Notice: String, Sendable, CaseIterable {
    /// Where there are any, as for local disks of Linux.
    case auto
    /// Never: for folders whose file system gives none, or wrong ones.
    case poll
  }

  /// The block `watch`: how the drop folder is minded.
  public struct Watch: Sendable, Hashable {
    /// How long nothing may change before a file counts as complete, and a group as closed.
    public var quietTime = Duration.seconds(10)
    /// How long complete files wait for others that are still arriving, and empty ones for content.
    public var longestWait = Duration.seconds(600)
    /// How often the inbox is looked at when no notice comes.
    public var lookEvery = Duration.seconds(10)
    /// Whether notices are used.
    public var notice = Notice.auto
    /// Names that are left alone, as patterns with `*` and `?`, without regard to capitals.
    public var ignoredNames = [
      "~$*", "*.part", "*.partial", "*.tmp", "*.crdownload", "*.filepart", "*~",
    ]
    /// A program, by its absolute path, with its arguments, that is started after each batch.
    public var hook: [String]?
    /// How long that program may take.
    public var hookLimit = Duration.seconds(60)
  }

  static let watchKeys: [Key] = [
    .time(
      "watch.quiet_time", \.watch.quietTime,
      "loadbooks watch takes a file from the inbox when nothing has changed for this long. What arrived",
      "with no longer pause in between belongs together: customers, income categories, invoices."),
    .time(
      "watch.longest_wait", \.watch.longestWait,
      "Complete files wait at most this long for others that are arriving, lists alone for invoices,",
      "and an empty file for its content."),
    .time(
      "watch.look_every", \.watch.lookEvery,
      "How often the inbox is looked at, beside what the operating system tells by itself."),
    Key(
      path: "watch.notice",
      explanation: [
        "auto uses what Linux tells about files that were closed or moved in; poll only looks, for",
        "folders where that is not to be trusted.",
      ],
      allowed: Notice.allCases.map(\.rawValue).joined(separator: " | "),
      apply: { (settings, value) throws(ValueFault) in
        settings.watch.notice = try value.word()
      },
      show: { $0.watch.notice.rawValue }),
    Key(
      path: "watch.ignored_names",
      explanation: ["Files with such names are left alone; hidden and system files always are."],
      allowed: "a list of names in which * stands for anything and ? for one character",
      apply: { (settings, value) throws(ValueFault) in
        settings.watch.ignoredNames = try value.list()
      },
      show: { settings in
        let names = settings.watch.ignoredNames.map(YAMLText.listElement)
        return "[" + names.joined(separator: ", ") + "]"
      }),
    Key(
      path: "watch.hook",
      explanation: [
        "A program that is started after each batch, with what became of it in its environment",
        "(LOADBOOKS_OUTCOME, LOADBOOKS_RUN, LOADBOOKS_SUMMARY and more). No shell is involved.",
      ],
      allowed: "a list: the program's absolute path, then its arguments; or nothing",
      example: "[/usr/local/bin/tell-the-office, billing]",
      apply: { (settings, value) throws(ValueFault) in
        settings.watch.hook = try value.program()
      },
      show: { settings in
        guard let hook = settings.watch.hook else { return "" }
        return "[" + hook.map(YAMLText.listElement).joined(separator: ", ") + "]"
      }),
    .time(
      "watch.hook_limit", \.watch.hookLimit,
      "How long that program may take; then it is ended."),
  ]
}

extension Settings.Key {
  /// A key whose value is a length of time.
  fileprivate static func time(
    _ path: String, _ property: any WritableKeyPath<Settings, Duration> & Sendable,
    _ explanation: String...
  ) -> Settings.Key {
    Settings.Key(
      path: path, explanation: explanation,
      allowed: "a time such as 500ms, 10s, 5m or 1h, at most a day",
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        guard let time = TimeText.duration(text) else {
          throw ValueFault(
            "\"\(text)\" is not a length of time",
            "write a whole number with ms, s, m or h behind it, such as 10s")
        }
        settings[keyPath: property] = time
      },
      show: { TimeText.text($0[keyPath: property]) })
  }
}

/// Lengths of time as people write them: `500ms`, `10s`, `5m`, `1h`.
enum TimeText {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
  ]

  /// Reads a length of time of at most a day; nil when it is none.
  static func duration(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard (1...8).contains(digits.count), let count = Int64(digits),
      let unit = units.first(where: { $0.name == text.dropFirst(digits.count) }),
      case let milliseconds = count * unit.milliseconds, milliseconds <= 86_400_000
    else { return nil }
    return .milliseconds(milliseconds)
  }

  /// Writes a length of time in the largest unit that needs no fraction.
  static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    guard milliseconds > 0 else { return "0s" }
    let unit = units.last { milliseconds % $0.milliseconds == 0 } ?? units[0]
    return "\(milliseconds / unit.milliseconds)\(unit.name)"
  }
}

extension SettingsValue {
  /// The value as a program with its arguments, in which the same word may stand twice; nil for nothing.
  fileprivate func program() throws(ValueFault) -> [String]? {
    var words: [String]
    switch self {
    case .nothing: return nil
    case .pairs:
      throw ValueFault(
        "it takes a program, not a block of keys", "write it between brackets: [/path, argument]")
    case .list(let list): words = list
    case .text(let text) where text.allSatisfy(\.isWhitespace): return nil
    case .text(let text):
      var body = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if body.hasPrefix("["), body.hasSuffix("]") { body = String(body.dropFirst().dropLast()) }
      words = body.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    var program: [String] = []
    for word in words { program.append(try SettingsValue.text(word).line()) }
    guard let path = program.first else { return nil }
    guard path.hasPrefix("/") else {
      throw ValueFault(
        "\"\(path)\" is not the absolute path of a program",
        "write where the program is, such as /usr/local/bin/\(path)")
    }
    return program
  }
}
