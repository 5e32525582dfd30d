internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Reading the export once more, as far as that can tell anything new.
///
/// The plan keeps of each invoice the hash of its number, its customer, its date, its cents and what is due. Where
/// the one document of that hash has the same customer, date and total, and says nothing that the invoice
/// contradicts, the two are the same: a stranger would have to share all four. What is left is read again: by
/// its places where that is little, from the first to the last row where it is much.
extension Reconciler {
  /// Compares every invoice.
  mutating func compareAll(_ progress: Progress?) throws(Failure) {
    let settled = settleAgreeing()
    let left = result.plan.invoices.count - settled.lazy.filter(\.self).count
    if left * 2 < settled.count {
      try compareByPlaces(settled, left, progress)
    } else {
      try compareInOrder(settled, progress)
    }
  }

  // MARK: - What the plan alone shows

  /// Settles the invoices whose documents agree with what the plan keeps of them; says which.
  private mutating func settleAgreeing() -> [Bool] {
    let plan = result.plan
    var settled = Array(repeating: false, count: plan.invoices.count)
    // The result says of every invoice when it is due and what, also where the books do not.
    guard request.selection.isAll, plan.purpose == .comparing else { return settled }
    var last = -1
    for (position, planned) in plan.invoices.enumerated() {
      guard let ours = Ours(planned) else { continue }
      // Both sides are mostly in the same order.
      let document = index.only(planned.numberHash, in: books, near: last + 1)
      if document >= 0 { last = document }
      guard document >= 0, agree(document, ours) else { continue }
      settled[position] = true
      claimed[document] = true
      result.read.add(ours.amount)
      shares.addLoadOps(ours)
      count(document, ours, judge(document, ours), at: position)
      noteSame(document, position, planned, ours)
    }
    return settled
  }

  /// Whether the only document of a number says all that the plan keeps of the invoice.
  private func agree(_ document: Int, _ ours: Ours) -> Bool {
    guard !claimed[document], books.hasNumber(document), !books.isVoid(document),
      !books.isUnreadable(document), !books.isPending(document), !books.isContradicted(document),
      books.kind(document) == ours.kind, books.total(document) == ours.total,
      books.date(document) == ours.date, agreeOnDue(document, ours)
    else { return false }
    let (customer, names) = (books.customer(document), names(of: ours.customer))
    return customer >= 0 && (customer == Int(names.0) || customer == Int(names.1))
  }

  /// Whether nothing that a document says of what is due is another thing than the invoice's.
  private func agreeOnDue(_ document: Int, _ ours: Ours) -> Bool {
    guard ours.kind == .invoice else { return true }
    let (date, balance) = (books.dueDate(document), books.balance(document))
    return (date == nil || ours.dueDate == nil || date == ours.dueDate)
      && (balance == nil || ours.dueAmount == nil || balance == ours.dueAmount)
  }

  // MARK: - What must be read again

  private mutating func compareInOrder(
    _ settled: [Bool], _ progress: Progress?
  ) throws(Failure) {
    let replay = try PlanReplay(result.plan)
    // What nobody compares contents with needs no hash of them.
    replay.assessor.keepsContent = false
    while try replay.next() {
      if replay.met & 4095 == 0 { progress?(UInt64(replay.met), UInt64(settled.count)) }
      if settled[replay.met - 1] { continue }
      compare(replay.record, replay.invoice, replay.assessment, at: replay.met - 1)
    }
  }

  private mutating func compareByPlaces(
    _ settled: [Bool], _ left: Int, _ progress: Progress?
  ) throws(Failure) {
    guard left > 0 else { return }
    let plan = result.plan
    var assessor = plan.assessor
    assessor.keepsContent = false
    let source = try plan.invoiceSource(hashing: false)
    var record: Record?
    var invoice = Invoice()
    var done = 0
    for position in settled.indices where !settled[position] {
      let planned = plan.invoices[position]
      var text: Record
      if let last = record, last.place.file == planned.place.file {
        text = last
      } else if let reader = source.reader(planned.place.file) {
        text = reader.makeRecord()
      } else {
        throw Reconciler.changed(plan, planned)
      }
      record = nil
      if planned.isScattered, let places = plan.scattered[planned.place] {
        try source.read(places, into: &text)
      } else {
        try source.read(planned.place, into: &text)
      }
      source.decode(&text, into: &invoice)
      // What only the whole batch could know, the plan has.
      var assessment = assessor.assess(text, invoice)
      let number = text.text.span.extracting(invoice.number.value.range)
      guard assessment.amount == planned.amount,
        number.isEmpty || ByteHash.of(number) == planned.numberHash
      else { throw Reconciler.changed(plan, planned) }
      (assessment.outcome, assessment.rules) = (planned.outcome, planned.rules)
      compare(text, invoice, assessment, at: position)
      record = text
      done += 1
      if done & 4095 == 0 { progress?(UInt64(done), UInt64(left)) }
    }
  }

  private static func changed(_ plan: SyncPlan, _ planned: PlannedInvoice) -> Failure {
    Failure(
      .inputUnreadable,
      "\(plan.files[Int(planned.place.file)].name) has changed since it was planned",
      remedy: "wait until the export is complete, then run the same command again")
  }
}

extension Ours {
  /// What a plan keeps of an invoice, where that is all that there is to know; nil where rows, lines or the
  /// declared total have more to say.
  fileprivate init?(_ planned: PlannedInvoice) {
    guard planned.isSelected, planned.customer >= 0, planned.date != nil, planned.amount != .zero,
      planned.outcome == .delivered || planned.outcome == .alreadySynced && planned.rules.isEmpty,
      planned.rules.isEmpty || !Ours.isDoubtful(planned.rules)
    else { return nil }
    (customer, date, total) = (Int(planned.customer), planned.date, planned.amount)
    (dueDate, dueAmount) = (planned.dueDate, planned.dueAmount)
    kind = planned.amount < .zero ? .creditMemo : .invoice
  }
}
