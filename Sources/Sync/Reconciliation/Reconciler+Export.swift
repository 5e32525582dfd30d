internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Reading the export once more, as far as that can tell anything new.
///
/// The plan keeps of each invoice the hash of its number, its customer, its date and its cents. Where the one
/// document of that hash has the same customer, date and total, and says nothing else that an invoice could
/// contradict, the two are the same: a stranger would have to share all four. What is left is read again: by
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
    guard request.selection.isAll, !request.tellsWhatIsDue else { return settled }
    for position in settled.indices {
      let planned = plan.invoices[position]
      guard let ours = Ours(planned) else { continue }
      let document = onlyDocument(planned.numberHash, ours)
      guard document >= 0 else { continue }
      settled[position] = true
      claimed[document] = true
      result.read.add(ours.amount)
      shares.addLoadOps(ours)
      count(document, ours, judge(document, ours))
      noteSame(document, position)
    }
    return settled
  }

  /// The only document of a number, if nothing that it says needs the invoice itself to be compared with;
  /// -1 otherwise.
  private func onlyDocument(_ hash: UInt64, _ ours: Ours) -> Int {
    let document = index.first(hash, in: books)
    guard document >= 0, index.next(document) < 0, !claimed[document],
      books.hasNumber(document), !books.isVoid(document), !books.isUnreadable(document),
      !books.isPending(document), !books.isContradicted(document),
      books.kind(document) == ours.kind, books.total(document) == ours.total,
      books.date(document) == ours.date, books.dueDate(document) == nil,
      books.balance(document) == nil
    else { return -1 }
    let (customer, names) = (books.customer(document), names(of: ours.customer))
    guard customer >= 0, customer == Int(names.0) || customer == Int(names.1) else { return -1 }
    return document
  }

  // MARK: - What must be read again

  private mutating func compareInOrder(
    _ settled: [Bool], _ progress: Progress?
  ) throws(Failure) {
    let replay = try PlanReplay(result.plan)
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
  /// What a plan keeps of an invoice, where that is all that there is to know but for what is due; nil where
  /// rows, lines or the declared total have more to say.
  fileprivate init?(_ planned: PlannedInvoice) {
    guard planned.isSelected, planned.customer >= 0, planned.date != nil, planned.amount != .zero,
      planned.outcome == .delivered || planned.outcome == .alreadySynced && planned.rules.isEmpty
    else { return nil }
    (customer, date, total) = (Int(planned.customer), planned.date, planned.amount)
    kind = planned.amount < .zero ? .creditMemo : .invoice
  }
}
