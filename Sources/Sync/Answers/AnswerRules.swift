internal import Vocabulary

/// Rules about what QuickBooks answers to qbXML requests.
enum AnswerRules {
  static let totalDiffers = Finding.Kind(
    "answer-total-differs", .error,
    meaning: "QuickBooks took a document, but not over the amount that was sent.",
    remedy: "open the document in QuickBooks; sales tax put on top is the usual reason")
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
    "answer-doubled", .error,
    meaning:
      "QuickBooks took a document after all that it had refused, and the invoice was sent again.",
    remedy: "look in QuickBooks for two documents with this number, and delete one of them")
  static let unanswered = Finding.Kind(
    "answer-incomplete", .warning,
    meaning: "An answer leaves out some of the requests of its file; they count as sent.",
    remedy:
      "send the same file again; QuickBooks gives its answer once more and books nothing twice")

  static let all = [
    totalDiffers, nameTaken, referenceMissing, refused, postponed, setUnknown, unmatched, doubled,
    unanswered,
  ]
}
