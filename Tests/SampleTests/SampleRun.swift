import Foundation
import QuickBooks
import TestSupport

/// A sample's whole story, as it came out this time.
struct SampleRun {
  /// What was printed, in the form of the files under `expected`, by their names.
  private(set) var texts: [String: Data] = [:]

  private let sample: Sample
  private let folder: TemporaryFolder
  private var output = ""
  private var messages = ""
  private var codes = ""
  private var plan = ""
  private var input: String?
  private var now = CommandRun.now

  /// Copies the sample to a temporary folder and runs its commands there.
  init(_ sample: Sample) throws {
    self.sample = sample
    folder = try TemporaryFolder()
    let given = try FileManager.default.contentsOfDirectory(atPath: sample.folder.path)
      .filter { $0 != "expected" && $0 != "command" }
    for name in given { try folder.copy(sample.folder.appendingPathComponent(name), to: name) }
    try SampleRun.date(folder.url)
    let before = Set(try folder.files().keys)
    let steps = try sample.steps()
    let isStory = steps.count { !$0.isChange } > 1
    for step in steps {
      if step.isChange { try change(step) } else { try run(step, isStory) }
    }
    texts["stdout"] = Data(output.utf8)
    texts["stderr"] = messages.isEmpty ? nil : Data(messages.utf8)
    texts["code"] = Data(codes.utf8)
    try collect(before)
  }

  /// Lets files be of a certain day, which some reports tell, instead of the day of the checkout.
  private static func date(_ url: URL) throws {
    let day = Date(timeIntervalSince1970: 1_795_176_000)  // 2026-11-20, noon in UTC
    let below = FileManager.default.subpaths(atPath: url.path) ?? []
    for path in [url.path] + below.map({ url.path + "/" + $0 }) {
      try FileManager.default.setAttributes([.modificationDate: day], ofItemAtPath: path)
    }
  }

  private mutating func run(_ step: Sample.Step, _ isStory: Bool) throws {
    let words = try step.words.map(filled)
    // An hour lies between two commands, so that every run has an id of its own.
    let run = try CommandRun.run(words, in: folder.url.path, at: now, input: input)
    now += 3600
    input = nil
    if let mark = run.output.range(of: "plan fingerprint: ") {
      plan = String(run.output[mark.upperBound...].prefix(64))
    }
    let title = "$ loadbooks \(step.line)\n"
    output += (isStory ? title : "") + masked(run.output)
    if !run.messages.isEmpty { messages += (isStory ? title : "") + masked(run.messages) }
    codes += "\(run.code)\n"
  }

  // MARK: - Changes in between

  private mutating func change(_ step: Sample.Step) throws {
    let words = try step.words.map(filled)
    switch (words[0], words.count) {
    case ("@replace", 4):
      let text = try folder.text(words[1])
      guard text.components(separatedBy: words[2]).count == 2 else {
        throw Misuse(step: step.line, reason: "the text to replace must be there once")
      }
      try folder.write(text.replacing(words[2], with: words[3]), to: words[1])
    case ("@append", 3): try folder.write(try folder.text(words[1]) + words[2] + "\n", to: words[1])
    case ("@input", 2): input = folder.path(words[1])
    case ("@copy", 3):
      try folder.write(try folder.text(words[1]), to: words[2])
      try SampleRun.date(folder.url.appendingPathComponent(words[2]))
    case ("@fill", 2): try folder.write(try filled(try folder.text(words[1])), to: words[1])
    default: throw Misuse(step: step.line, reason: "there is no such change")
    }
  }

  /// A line of a `command` file that makes no sense.
  struct Misuse: Error {
    var step: String
    var reason: String
  }

  private func filled(_ word: String) throws -> String {
    let word = word.replacing("{plan}", with: plan)
    guard word.contains("{run}") || word.contains("{first}") || word.contains("{set:") else {
      return word
    }
    let outbox = folder.path("company/outbox")
    let folders = try FileManager.default.contentsOfDirectory(atPath: outbox)
    let undone = try? FileManager.default.contentsOfDirectory(atPath: outbox + "/undone")
    let runs = (folders + (undone ?? [])).filter { $0.first?.isNumber == true }.sorted()
    return word.replacing("{run}", with: runs.last ?? "")
      .replacing("{first}", with: runs.first ?? "")
      // The id of the message set of the last run's file with this number.
      .replacing(/\{set:([0-9]+)\}/) {
        QBXMLMessageSets(run: runs.last ?? "").id(Int($0.output.1) ?? 0)
      }
  }

  // MARK: - What was written

  private mutating func collect(_ before: Set<String>) throws {
    var names: [String] = []
    for (path, data) in try folder.files() where !before.contains(path) {
      guard !path.contains(".loadbooks/") else { continue }
      names.append(masked(path))
      let name = (path as NSString).lastPathComponent
      if name.hasSuffix(".xml") {
        texts["files/" + masked(path)] = Data(masked(String(decoding: data, as: UTF8.self)).utf8)
      } else if name.hasSuffix(".iif") || name.hasPrefix("held") {
        texts["files/" + masked(path)] = data
      }
    }
    guard !names.isEmpty else { return }
    texts["written"] = Data((names.sorted().joined(separator: "\n") + "\n").utf8)
  }

  /// The text without what another place or another version's settings would change: the temporary
  /// folder, and the digits that the plan's fingerprint lends to names.
  private func masked(_ text: String) -> String {
    text.replacing(folder.url.path, with: "<folder>")
      .replacing(/[0-9a-f]{64}/, with: "<fingerprint>")
      .replacing(/(\n  plan      |plan-|unrecorded-|any more, but )[0-9a-f]{12}/) {
        "\($0.output.1)<plan>"
      }
      .replacing(/(20[0-9]{6}-[0-9]{6})-[0-9a-f]{4}/) { "\($0.output.1)-xxxx" }
      // Message sets are named after their run, and the sums of their files follow.
      .replacing(/LB[0-9a-f]{12}-/) { _ in "LBxxxxxxxxxxxx-" }
      .replacing(/[0-9a-f]{12}(  [0-9]+-[a-z]+\.xml)/) { "<sum>       \($0.output.1)" }
      .replacing(
        /(\.xml has the bytes that were written: its sum is )[0-9a-f]{12}(…, but )[0-9a-f]{12}/
      ) {
        "\($0.output.1)<sum>\($0.output.2)<sum>"
      }
  }
}
