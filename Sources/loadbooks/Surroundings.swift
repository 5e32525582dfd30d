internal import Foundation
internal import Synchronization
internal import Vocabulary

/// Where a command prints and what time it is; tests put their own in its place.
final class Surroundings: Sendable {
  /// Those of the running command.
  @TaskLocal static var current = Surroundings.process

  /// The process's own.
  static let process = Surroundings(
    output: { write($0, to: STDOUT_FILENO) }, messages: { _ = write($0, to: STDERR_FILENO) },
    outputIsTerminal: isatty(1) == 1, messagesAreTerminal: isatty(2) == 1,
    usesColor: ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty,
    now: { Date() },
    answer: { isatty(0) == 1 && isatty(2) == 1 ? readLine() : nil })

  /// Whether standard output is a terminal that takes colour.
  let colorsOutput: Bool
  /// Whether messages go to a terminal, where a progress bar makes sense.
  let messagesAreTerminal: Bool
  private let leftovers = Mutex<[String]>([])
  /// Why standard output could not be written, the first time that it could not.
  private let outputError = Mutex<Int32?>(nil)
  private let output: @Sendable (String) -> Int32?
  private let messages: @Sendable (String) -> Void
  private let clock: @Sendable () -> Date
  private let answer: @Sendable () -> String?

  init(
    output: @escaping @Sendable (String) -> Int32?, messages: @escaping @Sendable (String) -> Void,
    outputIsTerminal: Bool, messagesAreTerminal: Bool, usesColor: Bool,
    now: @escaping @Sendable () -> Date, answer: @escaping @Sendable () -> String? = { nil }
  ) {
    self.output = output
    self.messages = messages
    self.messagesAreTerminal = messagesAreTerminal
    colorsOutput = outputIsTerminal && usesColor
    clock = now
    self.answer = answer
  }

  /// The same for work that nobody watches: no progress, no questions.
  var unattended: Surroundings {
    Surroundings(
      output: output, messages: messages, outputIsTerminal: false, messagesAreTerminal: false,
      usesColor: false, now: clock)
  }

  /// Prints what was asked for; if that is not possible, ``outputFailure`` tells it at the end.
  func print(_ text: String) {
    guard let code = output(text.hasSuffix("\n") ? text : text + "\n") else { return }
    outputError.withLock { $0 = $0 ?? code }
  }

  /// What to say when something could not be printed.
  var outputFailure: Failure? {
    outputError.withLock(\.self).map { code in
      Failure(
        .cannotWrite,
        "the command was carried out, but its answer could not be printed: "
          + String(cString: strerror(code)),
        remedy: "do not repeat a convert for that: its report is in its output folder")
    }
  }

  /// Writes a text; returns the error of the operating system, or nil when all of it was written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if count == 0 || errno != EINTR {
          return count == 0 ? EIO : errno
        }
      }
      return nil
    }
  }

  /// Says something beside it.
  func tell(_ text: String) { messages(text.hasSuffix("\n") ? text : text + "\n") }

  /// Shows text without a line end, for progress.
  func show(_ text: String) { messages(text) }

  /// Asks whoever sits at the terminal; nil when nobody does.
  func ask(_ question: String) -> String? {
    if messagesAreTerminal { messages(question) }
    return answer()
  }

  /// The time.
  var now: Date { clock() }

  /// The day in a time zone.
  func today(in zone: String) -> CalendarDate {
    LocalDays.of(timeZone: zone).day(at: Int64(now.timeIntervalSince1970.rounded(.down)))
      ?? CalendarDate(daysSince1970: 0)
  }

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
