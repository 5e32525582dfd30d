internal import Foundation
internal import Synchronization

/// Where a command prints and what time it is; tests put their own in its place.
final class Surroundings: Sendable {
  /// Those of the running command.
  @TaskLocal static var current = Surroundings.process

  /// The process's own.
  static let process = Surroundings(
    output: { FileHandle.standardOutput.write(Data($0.utf8)) },
    messages: { FileHandle.standardError.write(Data($0.utf8)) },
    outputIsTerminal: isatty(1) == 1, messagesAreTerminal: isatty(2) == 1,
    usesColor: ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty,
    now: { Date() })

  /// Whether standard output is a terminal that takes colour.
  let colorsOutput: Bool
  /// Whether messages go to a terminal, where a progress bar makes sense.
  let messagesAreTerminal: Bool
  private let leftovers = Mutex<[String]>([])
  private let output: @Sendable (String) -> Void
  private let messages: @Sendable (String) -> Void
  private let clock: @Sendable () -> Date

  init(
    output: @escaping @Sendable (String) -> Void, messages: @escaping @Sendable (String) -> Void,
    outputIsTerminal: Bool, messagesAreTerminal: Bool, usesColor: Bool,
    now: @escaping @Sendable () -> Date
  ) {
    self.output = output
    self.messages = messages
    self.messagesAreTerminal = messagesAreTerminal
    colorsOutput = outputIsTerminal && usesColor
    clock = now
  }

  /// Prints what was asked for.
  func print(_ text: String) { output(text.hasSuffix("\n") ? text : text + "\n") }

  /// Says something beside it.
  func tell(_ text: String) { messages(text.hasSuffix("\n") ? text : text + "\n") }

  /// Shows text without a line end, for progress.
  func show(_ text: String) { messages(text) }

  /// The time.
  var now: Date { clock() }

  /// Has a file removed when the command is over.
  func removeAtEnd(_ path: String) { leftovers.withLock { $0.append(path) } }

  /// Removes what the command left behind.
  func cleanUp() {
    leftovers.withLock { paths in
      for path in paths { unlink(path) }
      paths = []
    }
  }

  /// The time as ISO 8601 with zone, to the second.
  var timestamp: String { Surroundings.timestamp(now) }

  /// A time as ISO 8601 with zone, to the second.
  static func timestamp(_ date: Date) -> String {
    date.formatted(.iso8601)
  }
}

/// A progress bar on the terminal, once something takes longer than a second.
final class ProgressLine {
  private let here = Surroundings.current
  private let title: String
  private let started: Date
  private var shown = ""

  init(_ title: String) {
    self.title = title
    started = here.now
  }

  /// Shows how far it is.
  func update(_ done: UInt64, _ total: UInt64, _ stage: String? = nil) {
    guard here.messagesAreTerminal, total > 0, here.now.timeIntervalSince(started) > 1 else {
      return
    }
    let share = min(1, Double(done) / Double(total))
    let bar = String(repeating: "#", count: Int(share * 30))
    let text =
      "\r\(stage ?? title) [\(bar)\(String(repeating: ".", count: 30 - bar.count))] \(Int(share * 100)) %"
    guard text != shown else { return }
    let blanks = String(repeating: " ", count: max(0, shown.count - text.count))
    shown = text
    here.show(text + blanks)
  }

  /// Wipes the line.
  func end() {
    guard !shown.isEmpty else { return }
    here.show("\r" + String(repeating: " ", count: shown.count) + "\r")
    shown = ""
  }

  deinit { end() }
}
