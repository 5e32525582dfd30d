internal import Sync
internal import Vocabulary

/// What a batch has to tell, as text for mail and chat and as JSON: counts, sums, names of files and what
/// was wrong with them; what was billed to whom is in the report.
struct BatchText {
  private let batch: Batch
  private let folders: BatchFolders
  private let name: String

  init(_ batch: Batch, company: CompanyFolder, name: String) {
    self.batch = batch
    folders = BatchFolders(company: company)
    self.name = name
  }

  /// What stands beside held files.
  static func why(_ batch: Batch) -> String {
    var text = "These files could not be taken in. Nothing of them was sent.\n"
    for file in batch.held {
      text += """

        \(FindingText.visible(file.name))
          error: \(FindingText.visible(file.message))
          remedy: \(FindingText.visible(file.remedy))

        """
    }
    text +=
      "\nMend them and put them into the inbox again; then this folder is not needed any more.\n"
    return text
  }

  /// Everything in one line, as for the subject of a mail.
  var headline: String {
    var parts: [String] = []
    if let run = batch.run {
      parts.append("\(run.delivered.words) delivered")
      if run.held.invoices > 0 { parts.append("\(run.held.words) held") }
      if run.isUndone { parts.append("taken back since") }
    }
    if !batch.held.isEmpty { parts.append("\(files(batch.held.count)) held") }
    if batch.run == nil, !batch.repeated.isEmpty {
      parts.append("nothing new in \(files(batch.repeated.count))")
    }
    let still = batch.stillHeld
    if still.invoices > 0 { parts.append("\(still.words) still held") }
    if parts.isEmpty { parts.append("nothing was left to take in") }
    return "\(name): \(parts.joined(separator: ", "))"
  }

  private func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

  /// The summary for people.
  var summary: String {
    var lines = [FindingText.visible(headline), "  batch       \(batch.id), taken \(batch.began)"]
    if let run = batch.run {
      lines.append(
        "  read        \(run.read.words), from \(files(archived.count)) in \(folders.archive(batch.id))"
      )
      lines.append("  delivered   \(run.delivered.words)")
      if run.alreadySynced.invoices > 0 { lines.append("  synced      \(run.alreadySynced.words)") }
      if run.suppressed.invoices > 0 { lines.append("  suppressed  \(run.suppressed.words)") }
      if run.held.invoices > 0 {
        lines.append("  held        \(run.held.words): see \(batch.ownName("held.csv"))")
      }
      lines.append("  files       \(folders.outbox(batch.id))")
      lines.append("  report      \(folders.outbox(batch.id))/sync-report.html")
    }
    for file in batch.repeated { lines.append("  nothing new \(file.name): \(Self.words(file))") }
    for file in batch.held { lines.append("  held file   \(file.name): \(file.message)") }
    for name in batch.returned {
      lines.append("  put back    \(name): it, or what came with it, changed after it was taken")
    }
    if !batch.held.isEmpty || (batch.run?.held.invoices ?? 0) > 0 {
      lines.append("  to mend     \(folders.held(batch.id))")
    }
    return lines.map(FindingText.visible).joined(separator: "\n") + "\n"
  }

  /// The files that a run read.
  private var archived: [String] { batch.names }

  private static func words(_ file: Batch.RepeatedFile) -> String {
    if let run = file.run {
      var words = "run \(run) has read the same bytes"
      if let held = file.held {
        words += "; \(held.words), \(held.invoices == 1 ? "is" : "are") still held"
        if let place = file.heldIn { words += ": see \(place)" }
      }
      return words
    }
    return "it has the same bytes as \(file.file ?? "another file")"
  }

  /// The summary for programs.
  var json: JSONText {
    let run = batch.run
    return [
      "format": "loadbooks-batch", "version": 1, "batch": .string(batch.id),
      "company": .string(name), "folder": .string(folders.company.path),
      "taken": .string(batch.began), "outcome": .string(batch.outcome.rawValue),
      "headline": .string(headline),
      "run": run == nil ? .null : .string(batch.id), "target": .string(orNull: run?.target),
      "undone": .bool(run?.isUndone ?? false),
      "read": Self.json(run?.read), "delivered": Self.json(run?.delivered),
      "already_synced": Self.json(run?.alreadySynced), "suppressed": Self.json(run?.suppressed),
      "held": Self.json(run?.held),
      "files": .array(batch.files.map { .string($0.name) }),
      "held_files": .array(
        batch.held.map {
          [
            "name": .string($0.name), "cause": .string($0.cause), "message": .string($0.message),
            "remedy": .string($0.remedy),
          ]
        }),
      "repeated_files": .array(
        batch.repeated.map {
          [
            "name": .string($0.name), "same_as": .string(orNull: $0.file),
            "read_by": .string(orNull: $0.run), "still_held": Self.json($0.held),
            "held_in": .string(orNull: $0.heldIn),
          ]
        }),
      "returned_files": .array(batch.returned.map { .string($0) }),
      "archive": .string(folders.archive(batch.id)),
      "outbox": run == nil ? .null : .string(folders.outbox(batch.id)),
    ]
  }

  private static func json(_ tally: Batch.Tally?) -> JSONText {
    let tally = tally ?? Batch.Tally()
    return ["invoices": .integer(tally.invoices), "amount": .amount(tally.money)]
  }
}
