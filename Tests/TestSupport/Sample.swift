package import Foundation

/// A folder under `Samples` with a `command` file: a story that is run and compared.
///
/// `command` has one command of `loadbooks` a line, without the program's name, and words as in a
/// shell: blanks between them, quotes around what has blanks. Lines that begin with `#` are remarks.
/// Lines that begin with `@` change something in between:
///
/// - `@replace FILE OLD NEW` puts the second text in the place of the first, which must be there once;
/// - `@append FILE TEXT` adds a line;
/// - `@input FILE` is standard input for the command that follows.
///
/// `{run}` stands for the folder name of the newest run of `company`, `{plan}` for the fingerprint
/// that was printed last. `expected` holds what is printed (`stdout`, `stderr`), the exit codes
/// (`code`, one a line) and the written files.
package struct Sample: Sendable, CustomStringConvertible {
  /// A line of the `command` file.
  package struct Step: Sendable, Hashable {
    /// The line as it stands.
    package var line: String
    /// Its words.
    package var words: [String]

    /// Whether it changes files rather than running the program.
    package var isChange: Bool { words.first?.hasPrefix("@") ?? false }
  }

  /// The folder.
  package let folder: URL
  /// Its path below `Samples`.
  package let name: String

  package var description: String { name }

  /// What it expects, whether it is there or not.
  package var expected: URL { folder.appendingPathComponent("expected") }

  /// Every sample with a command, in the order of its name.
  package static let all = inside("findings") + inside("scenarios") + inside("dirty")

  /// The samples of one part.
  package static func inside(_ part: String) -> [Sample] {
    let folder = PackageFolder.samples.appendingPathComponent(part)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.map {
      Sample(folder: folder.appendingPathComponent($0), name: "\(part)/\($0)")
    }
  }

  /// What is run, line by line.
  package func steps() throws -> [Step] {
    let text = try String(contentsOf: folder.appendingPathComponent("command"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("#") && !$0.isEmpty }
      .map { Step(line: $0, words: Sample.words($0)) }
  }

  /// Splits a line into words as a shell does.
  package static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let done = word { words.append(done) }
    return words
  }
}
