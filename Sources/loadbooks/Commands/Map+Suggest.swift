internal import ArgumentParser
internal import Sync
internal import Vocabulary

extension Map {
  /// The command `loadbooks map suggest`.
  struct Suggest: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "suggest",
      abstract: "Say what of an export needs a mapping line, and which lines fit.",
      discussion: """
        What waits is listed by the money that waits for it, with the best names of QuickBooks first
        and the reason for each. Nothing is written without --write. Then --pick writes chosen ones:
        a number (its best candidate), a number with a candidate (2.3), or a LoadOps name. --certainty
        writes all whose best candidate is at least so sure and the only one: exact (the same name),
        folded (equal but for capitals, blanks, accents, punctuation and the like). Anything less sure
        (likely, possible) is asked about one by one. Without either, all are asked about.
        """)

    @Argument(help: ArgumentHelp("Export files or folders.", valueName: "export"))
    var exports: [String]

    @OptionGroup var files: Map.Files

    @Flag(help: "Add lines to the mapping file.")
    var write = false

    @Option(
      parsing: .singleValue,
      help: ArgumentHelp(
        "Write this one: NUMBER, NUMBER.CANDIDATE or a LoadOps name; may be given several times.",
        valueName: "which"))
    var pick: [String] = []

    @Option(
      help: ArgumentHelp(
        "Write all at least so sure: exact, folded; likely and possible ask.", valueName: "word"),
      transform: readCertainty)
    var certainty: Certainty?

    func validate() throws {
      if !write, !pick.isEmpty || certainty != nil {
        throw ValidationError("--pick and --certainty say what to write: give --write, too.")
      }
      if write, pick.isEmpty, certainty == nil, !Dialog.isPossible {
        throw ValidationError(
          "There is no terminal to ask at: say what to write with --pick NUMBER or "
            + "--certainty folded.")
      }
      if let certainty, certainty < .folded, !Dialog.isPossible {
        throw ValidationError(
          "Nothing below \"folded\" is written without asking, and there is no terminal to ask at: "
            + "choose with --pick NUMBER.")
      }
    }

    func run() throws {
      let here = Surroundings.current
      let planning = try Planning(
        files.options, mapping: files.mapping, suppressions: nil, books: files.lists.books,
        target: nil)
      let plan = try planning.plan(exports, .all, ledger: try planning.memory(), findings: 1)
      let found = MappingSuggestions(plan)
      let suggestions = found.suggestions
      // A choice that is none is told without the whole list before it.
      for word in pick { _ = try picked(word, suggestions) }
      if !files.options.json { here.print(found.text) }
      var outcome: MappingEditor.Outcome?
      if write {
        let lines = try chosen(suggestions)
        if !lines.isEmpty {
          outcome = try files.add(lines.map(\.line), command: "loadbooks map suggest")
        }
        if !files.options.json {
          here.print(outcome.map { $0.text(pathOrEmpty) } ?? "nothing was written\n")
        }
      }
      if files.options.json {
        let written = outcome?.json(pathOrEmpty) ?? .null
        let answer: JSONText = ["suggestions": found.json, "written": written]
        here.print(answer.text)
      }
      let written = Set((outcome?.added.map(\.text) ?? []))
      let rest = suggestions.filter { suggestion in
        suggestion.isHolding && !suggestion.candidates.contains { written.contains($0.line) }
      }
      if !rest.isEmpty { throw ExitCode.held }
    }

    private var pathOrEmpty: String { (try? files.path()) ?? "" }

    // MARK: - Choosing

    private typealias Choice = (number: Int, line: MappingEditor.Line)

    private func chosen(_ suggestions: [MappingSuggestions.Suggestion]) throws -> [Choice] {
      var choices: [Choice] = []
      for word in pick { choices.append(try picked(word, suggestions)) }
      if pick.isEmpty || certainty != nil {
        for (index, suggestion) in suggestions.enumerated()
        where !choices.contains(where: { $0.number == index }) {
          guard let candidate = try choice(index, suggestion) else { continue }
          choices.append((index, suggestion.line(candidate)))
        }
      }
      return choices
    }

    /// What to write for a suggestion by its certainty, or after asking.
    private func choice(
      _ index: Int, _ suggestion: MappingSuggestions.Suggestion
    ) throws -> MappingSuggestions.Candidate? {
      if let certainty {
        if let sure = suggestion.choice(from: max(certainty, .folded)) { return sure }
        guard certainty < .folded, let best = suggestion.candidates.first,
          best.certainty >= certainty
        else { return nil }
      }
      guard certainty == nil || certainty.map({ $0 < .folded }) == true,
        !suggestion.candidates.isEmpty
      else { return nil }
      return ask(index, suggestion)
    }

    private func ask(
      _ index: Int, _ suggestion: MappingSuggestions.Suggestion
    ) -> MappingSuggestions.Candidate? {
      let here = Surroundings.current
      let count = suggestion.candidates.count
      while true {
        let range = count == 1 ? "1" : "1-\(count)"
        let answer = Dialog.ask(
          "\(index + 1). \(suggestion.title): which line? [\(range), Enter for none]")
        guard let answer, !answer.isEmpty, answer != "n", answer != "s" else { return nil }
        if let number = Int(answer), (1...count).contains(number) {
          return suggestion.candidates[number - 1]
        }
        here.tell("\"\(FindingText.visible(answer))\" is none of \(range).")
      }
    }

    private func picked(
      _ word: String, _ suggestions: [MappingSuggestions.Suggestion]
    ) throws -> Choice {
      let named = suggestions.indices.filter { suggestions[$0].loadOps == word }
      if named.count > 1 {
        throw ValidationError("\"\(word)\" stands for more than one suggestion; give its number.")
      }
      let parts = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
      let index = named.first ?? (parts.first.flatMap { $0 }).map { $0 - 1 }
      guard let index, suggestions.indices.contains(index), named.count == 1 || parts.count <= 2
      else {
        throw ValidationError(
          "There is no suggestion \"\(word)\"; give a number of the list, or a LoadOps name.")
      }
      let suggestion = suggestions[index]
      let number = named.isEmpty && parts.count == 2 ? parts[1] : 1
      guard let number, (1...max(1, suggestion.candidates.count)).contains(number),
        !suggestion.candidates.isEmpty
      else {
        throw ValidationError(
          "\(suggestion.title) has \(suggestion.candidates.count) candidates; \"\(word)\" is none.")
      }
      return (index, suggestion.line(suggestion.candidates[number - 1]))
    }
  }
}

/// Reads a certainty given as a flag.
private func readCertainty(_ word: String) throws -> Certainty {
  guard let certainty = Certainty(word: word) else {
    let words = Certainty.allCases.reversed().map(\.word).joined(separator: ", ")
    throw ValidationError("\"\(word)\" is no certainty; they are: \(words).")
  }
  return certainty
}

extension MappingSuggestions.Suggestion {
  /// The line that a candidate takes.
  fileprivate func line(_ candidate: MappingSuggestions.Candidate) -> MappingEditor.Line {
    MappingEditor.Line(
      kind: kind, loadOps: loadOps, quickBooks: candidate.quickBooks, account: candidate.account)
  }
}
