internal import Ledger
internal import LoadOps
internal import Vocabulary

extension InvoiceAssessor {
  /// How many changes the message itself names; the notes have all of them.
  private static let changesInMessage = 3
  /// How many changes the notes have.
  private static let changesInNotes = 40

  /// What has changed on an invoice since it was sent, field by field.
  func change(of number: String) -> Detail {
    let recalled: LedgerRecall.Sent?
    do throws(Failure) {
      recalled = try context.ledger.recall(number)
    } catch {
      return Detail(
        message: "invoice \(number) was sent before and has changed since",
        notes: ["what was sent cannot be looked up: \(error.message)"])
    }
    guard let sent = recalled else {
      return Detail(message: "invoice \(number) was sent before and has changed since")
    }
    let comparison = ContentComparison(sent: sent, now: content)
    let words = comparison.changes.map(\.words)
    // A run's id has nothing to say to whoever mends a row of the held file.
    var message =
      "invoice \(number) was \(sent.entry.run == nil ? "entered by hand" : "sent before") and has "
      + "changed since"
    if !words.isEmpty {
      message += ": " + words.prefix(InvoiceAssessor.changesInMessage).joined(separator: "; ")
      let more = words.count - InvoiceAssessor.changesInMessage
      if more > 0 { message += "; and \(more) more" }
    }
    var notes = Array(words.prefix(InvoiceAssessor.changesInNotes))
    if words.count > notes.count { notes.append("and \(words.count - notes.count) more") }
    notes.append("it was \(sent.entry.howItCame)")
    if comparison.isPartial {
      notes.append(
        "of what was sent, only customer, date, total and the number of lines are remembered")
    }
    return Detail(
      message: message,
      remedy: "make the change in QuickBooks by hand, then say so with: loadbooks adopt "
        + "\(ShellText.word(number)) --reason WHY; or put it back in LoadOps", notes: notes)
  }

  /// Warns when an invoice is as it was sent, but LoadOps now says something that would have held it.
  ///
  /// What was sent had a status that may be sent, a total that its lines add up to, rows that agreed, and no
  /// tax.
  mutating func checkStillStands(_ raised: RuleSet, _ record: Record, _ invoice: Invoice) {
    if raised.contains(.statusNotSendable) {
      raise(.statusChangedSinceSynced, record, invoice.status, .status) {
        Detail(
          message: "invoice \(record.string(invoice.number)) was sent before; its status is now "
            + "\"\(record.string(invoice.status))\"")
      }
    }
    if raised.contains(.totalMismatch), let declared = invoice.declaredTotal {
      raise(.restatedSinceSynced, record, record.firstCell(.invoiceTotal), .invoiceTotal) { me in
        Detail(
          message: "invoice \(record.string(invoice.number)) was sent with \(me.result.amount) and "
            + "has the same lines, but its total is now \(declared)")
      }
    }
    let contradiction = invoice.flaws.first {
      if case .conflict = $0.problem { true } else { false }
    }
    if let flaw = contradiction {
      raise(.restatedSinceSynced, record, record.cell(flaw.row, flaw.field), flaw.field) {
        Detail(
          message:
            "invoice \(record.string(invoice.number)) was sent before and has the same lines, "
            + "but its rows now contradict each other about \(flaw.field.name)")
      }
    }
    if raised.contains(.lineTaxable), let line = invoice.lines.first(where: \.isTaxed) {
      raise(.restatedSinceSynced, record, record.cell(line.row, .taxable), .taxable) {
        Detail(
          message: "invoice \(record.string(invoice.number)) was sent without tax and has the same "
            + "lines, but one of them is now marked as taxable")
      }
    }
  }
}

extension LedgerEntry {
  /// `sent by run 20261123-083015-3f9a`, or `entered by hand`.
  var howItCame: String { run.map { "sent by run \($0)" } ?? "entered by hand" }
}
