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
    for group in groups(batch) {
      text += "\n"
      // Where the places differ, those of the first few files are enough to see what it is about.
      let places = Set(group.map(\.detail)).count
      for (number, file) in group.enumerated() {
        text += FindingText.visible(file.name) + "\n"
        if places > 1, number < 5 { text += lines(file.detail) }
      }
      text += "  error: \(FindingText.visible(group[0].message))\n"
      if places == 1 { text += lines(group[0].detail) }
      text += "  remedy: \(FindingText.visible(group[0].remedy))\n"
    }
    let isOurs = { (file: Batch.HeldFile) in file.cause == Failure.Cause.ownBug.rawValue }
    if batch.held.allSatisfy(isOurs) {
      text +=
        "\nThe mistake is LoadBooks', and nothing in them needs to be mended. Keep them, report it, and put "
        + "them into the\ninbox again with a version that has it mended.\n"
    } else {
      text +=
        "\nMend them and put them into the inbox again; then this folder is not needed any more.\n"
    }
    return text
  }

  /// Where something is wrong, and the line itself, each of its lines set in.
  private static func lines(_ detail: String?) -> String {
    (detail ?? "").split(separator: "\n")
      .map { "    " + FindingText.visible(String($0)) + "\n" }.joined()
  }

  /// The held files by what was wrong, in order: the same words about many files are said once.
  private static func groups(_ batch: Batch) -> [[Batch.HeldFile]] {
    var groups: [[Batch.HeldFile]] = []
    var places: [[String]: Int] = [:]
    for file in batch.held {
      // A message that names its file differs only in that.
      let own = file.message.replacing("/" + file.name, with: "/")
      let key = [own, file.remedy.replacing(file.name, with: "")]
      if let place = places[key] {
        groups[place].append(file)
      } else {
        places[key] = groups.count
        groups.append([file])
      }
    }
    return groups
  }

  /// Everything in one line, as for the subject of a mail.
  var headline: String {
    var parts: [String] = []
    if let run = batch.run {
      parts.append("\(run.delivered.words) delivered")
      if let refused = run.refused, refused.invoices > 0 {
        parts.append("\(refused.words) refused by QuickBooks")
      }
      if let remarks = run.remarks, remarks > 0 {
        parts.append("\(remarks) otherwise in QuickBooks than sent")
      }
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
      if let refused = run.refused, refused.invoices > 0 {
        lines.append("  refused     \(refused.words): see \(batch.ownName(RefusedText.fileName))")
      }
      if let remarks = run.remarks, remarks > 0 {
        lines.append(
          "  otherwise   \(remarks) in QuickBooks are not what was sent: see "
            + batch.ownName(RefusedText.fileName))
      }
      if run.held.invoices > 0 {
        lines.append("  held        \(run.held.words): see \(heldRecords(run))")
      }
      lines.append("  files       \(folders.outbox(batch.id))")
      lines.append("  report      \(folders.outbox(batch.id))/sync-report.html")
    }
    for file in batch.repeated { lines.append("  nothing new \(file.name): \(Self.words(file))") }
    for group in Self.groups(batch) {
      let more =
        switch group.count {
        case 1: ""
        case 2...5: group.dropFirst().map { ", " + $0.name }.joined()
        default: " and \(group.count - 1) others (\(batch.ownName("why.txt")) names them)"
        }
      lines.append("  held file   \(group[0].name)\(more): \(group[0].message)")
    }
    for name in batch.returned {
      lines.append("  put back    \(name): it, or what came with it, changed after it was taken")
    }
    if batch.outcome == .held {
      lines.append("  to mend     \(folders.held(batch.id))")
    }
    return lines.map(FindingText.visible).joined(separator: "\n") + "\n"
  }

  /// The names of a run's held records.
  private func heldRecords(_ run: Batch.Run) -> String {
    let names = run.outputs.filter(Batch.isHeldRecords).map(batch.ownName)
    return (names.isEmpty ? [batch.ownName("held.csv")] : names).joined(separator: ", ")
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
      "held": Self.json(run?.held), "refused": Self.json(run?.refused),
      "otherwise": .integer(run?.remarks ?? 0),
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
