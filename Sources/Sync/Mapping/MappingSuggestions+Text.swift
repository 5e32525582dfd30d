internal import Vocabulary

/// Suggestions for people and for programs.
extension MappingSuggestions {
  /// The suggestions with their candidates, for a terminal.
  public var text: String {
    guard !suggestions.isEmpty else { return "nothing needs a mapping line\n" }
    let holding = holding.count
    let rest = suggestions.count - holding
    var text =
      "\(SyncReport.counted(holding, "name")) \(holding == 1 ? "needs" : "need") a mapping line"
    text += rest > 0 ? ", \(rest.grouped) more could have one\n" : "\n"
    for (index, suggestion) in suggestions.enumerated() {
      let stake = suggestion.stake
      text +=
        "\n\(index + 1). \(suggestion.title): \(SyncReport.counted(stake.invoices, "invoice")), "
      text += "\(stake.amount.grouped)\(suggestion.isHolding ? ", waiting" : "")\n"
      text += "   \(FindingText.visible(suggestion.problem))\n"
      if !suggestion.caution.isEmpty { text += "   careful: \(suggestion.caution)\n" }
      if suggestion.candidates.isEmpty { text += "   nothing in QuickBooks is near it\n" }
      for (number, candidate) in suggestion.candidates.enumerated() {
        let new = candidate.isNew ? ", new" : ""
        text += "   \(number + 1)) [\(candidate.certainty.word)\(new)] "
        text += "\(FindingText.visible(candidate.why))\n"
        text += "      \(FindingText.visible(candidate.line))\n"
      }
    }
    return text
  }

  /// The same for programs.
  public var json: JSONText {
    .array(
      suggestions.enumerated().map { index, suggestion in
        [
          "number": .integer(index + 1), "kind": .string(suggestion.kind.rawValue),
          "loadops": .string(suggestion.loadOps), "holding": .bool(suggestion.isHolding),
          "stake": JSONReport.tally(suggestion.stake), "problem": .string(suggestion.problem),
          "caution": .string(orNull: suggestion.caution.isEmpty ? nil : suggestion.caution),
          "candidates": .array(
            suggestion.candidates.map { candidate in
              [
                "quickbooks": .string(candidate.quickBooks),
                "account": .string(orNull: candidate.account),
                "certainty": .string(candidate.certainty.word), "new": .bool(candidate.isNew),
                "reasons": .array(candidate.reasons.map(JSONText.string)),
                "why": .string(candidate.why), "line": .string(candidate.line),
              ]
            }),
        ]
      })
  }
}

extension MappingSuggestions.Suggestion {
  /// Such as `customer "Acme"`.
  public var title: String { "\(kind.rawValue) \"\(FindingText.visible(loadOps))\"" }
}
