internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// Rules about what QuickBooks answers to qbXML requests.
enum AnswerRules {
  static let totalDiffers = Finding.Kind(
    "answer-total-differs", .error,
    meaning: "QuickBooks took a document, but not over the amount that was sent.",
    remedy:
      "open the document in QuickBooks (sales tax put on top is the usual reason) and put it right; "
      + "then say so with: loadbooks accept --settle NUMBER --reason WHY")
  static let totalUnchecked = Finding.Kind(
    LedgerRemark.totalUnchecked, .warning,
    meaning: "QuickBooks took a document, but its answer does not show over which amount.",
    remedy: "compare the document in QuickBooks with LoadOps, then say so with: "
      + "loadbooks accept --settle NUMBER --reason WHY")
  static let documentDiffers = Finding.Kind(
    "answer-document-differs", .error,
    meaning: "What QuickBooks shows as taken is not the document that was sent.",
    remedy: "look in QuickBooks for both and put them right; then say so with: "
      + "loadbooks accept --settle NUMBER --reason WHY")
  static let contradicts = Finding.Kind(
    "answer-contradicts-itself", .error,
    meaning:
      "An answer says by its status that a record was taken and by its severity that it was not.",
    remedy: "send the file that asks for it by its number, then accept its answer")
  static let takenWithWarning = Finding.Kind(
    "answer-with-warning", .warning,
    meaning: "QuickBooks took a record and warns of something; the message has its words.",
    remedy: "look at the record in QuickBooks")
  static let requestChanged = Finding.Kind(
    "answer-to-changed-file", .error,
    meaning:
      "A file of requests is missing or is not what was written, so what was sent is not known.",
    remedy: "put the file back as it was written, from a backup, then accept the answer again")
  static let lookUpDiffers = Finding.Kind(
    "answer-finds-another", .error,
    meaning: "QuickBooks has the number of a document that was asked for, but not the document.",
    remedy:
      "look in QuickBooks whose document it is, then say what you found: loadbooks accept --settle NUMBER "
      + "--as sent (or not-sent) --reason WHY"
  )
  static let afterUndo = Finding.Kind(
    "answer-after-undo", .error,
    meaning:
      "QuickBooks has taken documents of a run that was taken back; their invoices are held.",
    remedy: "send the file that deletes them, then accept its answer")
  static let removalRefused = Finding.Kind(
    "answer-removal-refused", .error,
    meaning: "QuickBooks did not delete or void a document of a run that was taken back.",
    remedy:
      "delete it in QuickBooks by hand (if payments are linked to it, remove those first), then say so "
      + "with: loadbooks release --refused NUMBER")
  static let nameTaken = Finding.Kind(
    "answer-name-taken", .error,
    meaning:
      "QuickBooks has the name of a new customer already, for a vendor, an employee or the like.",
    remedy: "map the customer to another name, then convert again")
  static let referenceMissing = Finding.Kind(
    "answer-reference-missing", .error,
    meaning: "QuickBooks refused a record, because it lacks something that the record refers to.",
    remedy: "make it in QuickBooks or correct its name in the mapping, then convert again")
  static let refused = Finding.Kind(
    "answer-refused", .error,
    meaning: "QuickBooks refused a record; the message has its words.",
    remedy: "mend what it names, then convert again")
  static let postponed = Finding.Kind(
    "answer-postponed", .warning,
    meaning: "QuickBooks did not get to a record; it stands in a file to be sent again.",
    remedy: "send the new file, then accept its answer")
  static let setUnknown = Finding.Kind(
    "answer-set-unknown", .error,
    meaning: "QuickBooks does not know, or knows otherwise, what became of a whole file.",
    remedy: "send the file that was written to find out, then accept its answer")
  static let unmatched = Finding.Kind(
    "answer-unmatched", .warning,
    meaning:
      "An answer belongs to nothing that LoadBooks has sent, or to a run that was taken back.",
    remedy: "check that the answer is one of this company's; look in QuickBooks for what it names")
  static let doubled = Finding.Kind(
    LedgerRemark.doubled, .error,
    meaning: "QuickBooks has, or may have, two documents of one invoice.",
    remedy:
      "look in QuickBooks for two documents with this number and delete one of them; then say so with: "
      + "loadbooks accept --settle NUMBER --reason WHY")

  /// QuickBooks took a document of an invoice of which it has another one.
  ///
  /// - Parameters:
  ///   - doubling: How it came to that.
  ///   - item: The answer that shows it.
  ///   - run: The run that it answers.
  ///   - other: What counts as sent, if that is another document.
  /// - Returns: The finding.
  static func doubled(
    _ doubling: LedgerDoubling, _ item: AnswerItem, ofRun run: String, other: LedgerEntry?
  ) -> Finding {
    var notes: [String] = []
    if let other, let sender = other.run, sender != run {
      notes.append(
        "\(item.title) of run \(sender): "
          + (other.quickBooksID.map { "QuickBooks has it under the id \($0)" }
            ?? "no answer of QuickBooks was accepted yet"))
    }
    var remedy = doubled.remedy
    if case .settled = doubling { remedy = mayBeDoubled }
    if item.isDoubtful { remedy = mayBeDoubled }
    return Finding(
      doubled,
      "QuickBooks \(item.isDoubtful ? "may have" : "has") taken \(item.title) of run \(run) "
        + doubling.words,
      remedy: remedy.replacing("NUMBER", with: ShellText.word(item.request.name)),
      location: item.answer.location, value: item.request.name, invoice: item.request.name,
      notes: notes)
  }

  /// The remedy where there may be one document alone.
  private static let mayBeDoubled =
    "look in QuickBooks for documents with this number, and if there are two, delete one of them; then say so "
    + "with: loadbooks accept --settle NUMBER --reason WHY"

  static let unanswered = Finding.Kind(
    "answer-incomplete", .warning,
    meaning: "An answer leaves out some of the requests of its file.",
    remedy: "send the file that asks for them by their numbers, then accept its answer")

  static let all = [
    totalDiffers, totalUnchecked, documentDiffers, contradicts, takenWithWarning, requestChanged,
    lookUpDiffers, afterUndo, removalRefused, nameTaken, referenceMissing, refused, postponed,
    setUnknown, unmatched, doubled, unanswered,
  ]
}
