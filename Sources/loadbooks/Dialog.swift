internal import Foundation

/// Questions to whoever sits at the terminal.
enum Dialog {
  /// Answers that tests give; nil where a person would be asked.
  @TaskLocal static var answers: (@Sendable () -> String?)?

  /// Whether anybody can answer.
  static var isPossible: Bool { answers != nil || (isatty(0) == 1 && isatty(2) == 1) }

  /// Asks, and waits for a line; nil when there will be none.
  static func ask(_ question: String) -> String? {
    Surroundings.current.show(question + " ")
    let answer = answers.map { $0() } ?? readLine(strippingNewline: true)
    return answer?.trimmingCharacters(in: .whitespaces)
  }
}
