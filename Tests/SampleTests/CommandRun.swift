import Foundation
import Synchronization
import TestSupport

@testable import loadbooks

/// What a command printed and how it ended.
struct CommandRun: Sendable {
  /// Standard output.
  var output = ""
  /// Standard error.
  var messages = ""
  /// The exit code.
  var code: Int32 = 0

  /// The time at which test commands run unless they say otherwise.
  static let now = Date(timeIntervalSince1970: 1_795_435_200)

  /// The current folder and standard input belong to the whole process, so commands run one by one.
  private static let turn = Mutex(())

  /// Runs a command in process, in a folder, while the time stands still.
  ///
  /// `input` is the file that is standard input.
  static func run(
    _ arguments: [String], in folder: String, at now: Date = now, input: String? = nil
  ) throws -> CommandRun {
    let captured = Mutex(CommandRun())
    let surroundings = Surroundings(
      output: { text in
        captured.withLock { $0.output += text }
        return nil
      },
      messages: { text in captured.withLock { $0.messages += text } },
      outputIsTerminal: false, messagesAreTerminal: false, usesColor: false, now: { now })
    return try turn.withLock { _ in
      let before = FileManager.default.currentDirectoryPath
      guard FileManager.default.changeCurrentDirectoryPath(folder) else {
        throw CocoaError(.fileReadNoSuchFile)
      }
      defer { _ = FileManager.default.changeCurrentDirectoryPath(before) }
      let code = try withStandardInput(input) {
        Surroundings.$current.withValue(surroundings) { LoadBooks.run(arguments) }
      }
      var run = captured.withLock { $0 }
      run.code = code
      return run
    }
  }

  private static func withStandardInput<Value>(
    _ path: String?, _ body: () throws -> Value
  ) throws -> Value {
    guard let path else { return try body() }
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw CocoaError(.fileReadNoSuchFile) }
    let before = dup(0)
    dup2(file, 0)
    close(file)
    defer {
      if before >= 0 {
        dup2(before, 0)
        close(before)
      }
    }
    return try body()
  }
}
