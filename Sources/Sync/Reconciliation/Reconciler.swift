public import QuickBooks
internal import LoadOps
public import Ledger
public import Vocabulary

/// Compares an export with the documents of the books; reads both, changes nothing.
///
/// The books are a compact table with an index over its numbers. What the plan keeps of the invoices shows
/// for most that they agree; the export is read once more for the others (see `Reconciler+Export.swift`),
/// each of which looks its document up, and only what does not agree is kept. What no invoice has claimed is
/// looked at in the end (see `Reconciler+Leftovers.swift`).
public struct Reconciler {
  /// Tells how far it is, in invoices.
  public typealias Progress = (_ done: UInt64, _ total: UInt64) -> Void

  /// What is to be compared.
  public struct Request {
    /// Which invoices.
    public var selection = Selection.all
    /// What is not to be compared.
    public var ignored: Reconciliation.Fields = []
    /// Invoices whose document in QuickBooks has another number than theirs, as the ledger knows.
    public var otherNumbers: [OtherNumber] = []
    /// The hashes of the numbers of invoices whose run was taken back.
    var takenBack: Set<UInt64> = []

    /// Everything.
    public init() {}
  }

  let request: Request
  /// The documents; a property of its own, because a copy of it for each invoice would take time.
  let books: BookTable
  let index: BookIndex
  var result: Reconciliation
  /// Which documents an invoice has claimed.
  var claimed: [Bool]
  /// The two names under which a customer of the plan may stand in the books; -2 for none.
  private let accepted: [(Int32, Int32)]
  /// Those of the customer that was asked for; nil when all are.
  private let selectedNames: (Int32, Int32)?
  private var documentNumbers: [String: [UInt8]] = [:]
  /// How many invoices have each number, by its hash, once somebody asked.
  private var invoiceCounts: [UInt64: Int] = [:]
  var shares: Shares
  let limit: Int

  /// Compares.
  ///
  /// - Parameters:
  ///   - plan: A plan over the whole export, without filters.
  ///   - books: The documents.
  ///   - request: What is to be compared.
  ///   - progress: Called now and then.
  /// - Returns: What was found.
  /// - Throws: `Failure` when the export cannot be read or has changed; `ownBug` when what was found does
  ///   not add up.
  public static func reconcile(
    _ plan: SyncPlan, with books: BookTable, _ request: Request, progress: Progress? = nil
  ) throws(Failure) -> Reconciliation {
    var reconciler = Reconciler(plan, books, request)
    try reconciler.compareAll(progress)
    reconciler.settleLeftovers()
    return try reconciler.finish()
  }

  private init(_ plan: SyncPlan, _ books: BookTable, _ request: Request) {
    self.request = request
    self.books = books
    index = BookIndex(books)
    var result = Reconciliation(plan, books, request.selection)
    result.ignored = request.ignored
    self.result = result
    claimed = Array(repeating: false, count: books.count)
    let entries = plan.assessor.customers.entries
    let names = entries.indices.map { [result] in result.names(of: $0) }
    accepted = names
    selectedNames = request.selection.customer.map { name in
      let selected = entries.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
      return selected.map { names[$0] } ?? (-2, -2)
    }
    shares = Shares(customers: entries.count, names: books.customerCount)
    limit = plan.assessor.destination.documentNumberLimit
    for other in request.otherNumbers { documentNumbers[other.number] = Array(other.document.utf8) }
    (self.result.from, self.result.until) = Reconciler.period(plan, request.selection)
  }

  /// The days that are compared: those asked for, else the whole months of the export.
  ///
  /// What waits for somebody does not count, because its date may be the reason.
  static func period(
    _ plan: SyncPlan, _ selection: Selection
  ) -> (from: CalendarDate?, until: CalendarDate?) {
    var (first, last): (CalendarDate?, CalendarDate?) = (nil, nil)
    if !plan.hasHeld {
      // The plan has gone through them already.
      (first, last) = (plan.report.dateRange?.lowerBound, plan.report.dateRange?.upperBound)
    }
    for isStrict in [true, false] where first == nil {
      for invoice in plan.invoices where !isStrict || invoice.outcome != .held {
        guard let date = invoice.date else { continue }
        first = min(first ?? date, date)
        last = max(last ?? date, date)
      }
    }
    return (
      selection.from ?? first.map(\.firstOfMonth), selection.until ?? last.map(\.lastOfMonth)
    )
  }

  // MARK: - Invoices

  mutating func compare(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment, at place: Int
  ) {
    let number = record.text.span.extracting(invoice.number.value.range)
    let ours = Ours(record, invoice, assessment, result.plan)
    let isSelected =
      request.selection.isAll
      || request.selection.contains(
        number: record.string(invoice.number), customer: record.string(invoice.customer),
        date: assessment.date)
    var document = number.isEmpty ? -1 : find(number, record, invoice, ours)
    if document >= 0, isUnsent(assessment), books.isVoid(document), books.total(document) == .zero {
      // What was voided stands for nothing, as what was never sent should.
      document = -1
    }
    guard isSelected || document >= 0 && isAskedFor(document) else {
      if document >= 0 {
        claimed[document] = true
        leaveOut(document)
      }
      return
    }
    result.read.add(ours.amount)
    shares.addLoadOps(ours)
    if document >= 0 {
      claimed[document] = true
      compare(document, record, invoice, assessment, ours, place)
    } else {
      miss(record, invoice, assessment, ours, file(place))
    }
  }

  private func isUnsent(_ assessment: InvoiceAssessor.Assessment) -> Bool {
    assessment.outcome == .suppressed || assessment.outcome == .held
  }

  private func file(_ place: Int) -> Int { Int(result.plan.invoices[place].place.file) }

  /// The document that an invoice has in the books; -1 when there is none of any number it may have.
  private mutating func find(
    _ number: Span<UInt8>, _ record: Record, _ invoice: Invoice, _ ours: Ours
  ) -> Int {
    let own = best(number, ours)
    if own >= 0 { return own }
    // QuickBooks may have the end of a long number only.
    if number.count > limit {
      let short = number.extracting(last: limit)
      if isFree(short) {
        let document = best(short, ours)
        if document >= 0 { return document }
      }
    }
    guard !documentNumbers.isEmpty,
      let other = documentNumbers[record.string(invoice.number)], isFree(other.span)
    else { return -1 }
    return best(other.span, ours)
  }

  /// Whether more documents than invoices have a number: who has the whole number comes first, wherever it
  /// stands in the export.
  private mutating func isFree(_ number: Span<UInt8>) -> Bool {
    let hash = ByteHash.of(number)
    guard index.first(hash, in: books) >= 0 else { return false }
    if invoiceCounts.isEmpty {
      for planned in result.plan.invoices { invoiceCounts[planned.numberHash, default: 0] += 1 }
    }
    guard let owners = invoiceCounts[hash] else { return true }
    var documents = 0
    var candidate = index.first(hash, in: books)
    while candidate >= 0 {
      if !books.isToldBefore(candidate) { documents += 1 }
      candidate = index.next(candidate)
    }
    return documents > owners
  }

  /// Of the documents with a number, the free one that agrees most.
  private func best(_ number: Span<UInt8>, _ ours: Ours) -> Int {
    let hash = ByteHash.of(number)
    var (found, score) = (-1, -1)
    var candidate = index.first(hash, in: books)
    while candidate >= 0 {
      if !claimed[candidate], !books.isToldBefore(candidate),
        books.hasNumber(candidate, number)
      {
        let points = self.score(candidate, ours)
        if points > score { (found, score) = (candidate, points) }
      }
      candidate = index.next(candidate)
    }
    return found
  }

  private func score(_ document: Int, _ ours: Ours) -> Int {
    var points = 0
    if books.kind(document) == ours.kind { points += 8 }
    let names = names(of: ours.customer)
    if books.customer(document) == Int(names.0) || books.customer(document) == Int(names.1) {
      points += 4
    }
    if books.total(document) == ours.total { points += 2 }
    if books.date(document) == ours.date { points += 1 }
    if books.isVoid(document) { points -= 4 }
    return max(0, points)
  }

  /// The names under which a customer may stand in the books, as the table numbers them.
  ///
  /// That is the name it is paired with, as it is and as files for QuickBooks spell it; for a customer that
  /// is not paired it is the LoadOps name.
  func names(of customer: Int) -> (Int32, Int32) {
    accepted.indices.contains(customer) ? accepted[customer] : (-2, -2)
  }

  private mutating func compare(
    _ document: Int, _ record: Record, _ invoice: Invoice,
    _ assessment: InvoiceAssessor.Assessment, _ ours: Ours, _ place: Int
  ) {
    let isOther = !books.hasNumber(
      document, record.text.span.extracting(invoice.number.value.range))
    var judgement = judge(document, ours)
    if assessment.outcome == .suppressed { judgement.suppress() }
    count(document, ours, judgement, at: place)
    if judgement.outcome == .same {
      if isOther { result.otherNumbers[document] = record.string(invoice.number) }
      if assessment.outcome == .held { result.heldThere.add(ours.amount) }
      noteSame(document, place, result.plan.invoices[place], ours)
      return
    }
    var finding = ours.finding(record, invoice, file(place), judgement.outcome)
    finding.fields = judgement.fields
    finding.document = Int32(document)
    finding.reason = judgement.reason
    if judgement.outcome == .differs, assessment.outcome == .held { finding.reason = .heldButThere }
    finding.rules = assessment.rules
    result.findings.append(finding)
  }

  /// Remembers which invoice an agreeing document belongs to, and what it says that the plan does not.
  mutating func noteSame(
    _ document: Int, _ place: Int, _ planned: PlannedInvoice, _ ours: Ours
  ) {
    result.invoices[document] = Int32(place)
    if ours.total != planned.amount || ours.dueDate != planned.dueDate
      || ours.dueAmount != planned.dueAmount
    {
      result.said[document] = Reconciliation.Said(
        dueDate: ours.dueDate, total: ours.total, dueAmount: ours.dueAmount)
    }
    if planned.outcome == .delivered, request.takenBack.contains(planned.numberHash) {
      result.takenBack.add(planned.amount)
    }
  }

  // MARK: - Pairs

  /// What became of an invoice that has a document.
  struct Judgement {
    var outcome: Reconciliation.Outcome
    var fields: Reconciliation.Fields
    var reason = Reconciliation.Reason.none

    /// What may not be in QuickBooks is a difference, however well it agrees.
    mutating func suppress() {
      (outcome, reason) = (.differs, .suppressedButThere)
    }
  }

  /// Judges an invoice and its document, however they found each other.
  ///
  /// What could not be compared is not the same.
  mutating func judge(
    _ document: Int, _ ours: Ours, besides found: Reconciliation.Fields = []
  ) -> Judgement {
    let fields = differences(document, ours).union(found).subtracting(request.ignored)
    if !fields.isEmpty { return Judgement(outcome: .differs, fields: fields) }
    if ours.isUnreadable || books.isUnreadable(document)
      || ours.date == nil && books.date(document) != nil && !request.ignored.contains(.date)
    {
      return Judgement(outcome: .uncertain, fields: [], reason: .unreadable)
    }
    if books.isContradicted(document) {
      return Judgement(outcome: .uncertain, fields: [], reason: .contradicted)
    }
    if books.total(document) == nil, !request.ignored.contains(.total) {
      guard let open = books.balance(document) else {
        return Judgement(outcome: .uncertain, fields: [], reason: .unreadable)
      }
      // Where LoadOps does not say what is open, less than the whole may be right or wrong.
      if ours.dueAmount == nil, ours.total != open, !request.ignored.contains(.balance) {
        return Judgement(outcome: .uncertain, fields: [], reason: .mayBePaid)
      }
    }
    return Judgement(outcome: .same, fields: [])
  }

  /// Counts an invoice, by its place in the plan, and its document.
  mutating func count(_ document: Int, _ ours: Ours, _ judgement: Judgement, at place: Int) {
    let theirs = books.total(document) ?? ours.amount
    result.listed.add(theirs)
    shares.addBooks(books, document, theirs)
    result[judgement.outcome].loadOps.add(ours.amount)
    result[judgement.outcome].books.add(theirs)
    switch judgement.outcome {
    case .same:
      result.agreeing[document] = true
      shares.noteSame(document, books, at: place)
    case .differs:
      if judgement.reason == .suppressedButThere {
        result.wrongAmount += Money(cents: abs(theirs.cents))
      } else if judgement.fields.contains(.voided) {
        // A voided document stands for nothing, whatever amount a report shows.
        result.wrongAmount += Money(cents: abs(ours.amount.cents))
      } else if judgement.fields.contains(.total) {
        result.wrongAmount += Money(cents: abs((theirs - ours.amount).cents))
      }
      shares.noteDifference(ours, books, document, judgement.fields)
    default: break
    }
  }

  /// What an invoice and its document say differently.
  private mutating func differences(_ document: Int, _ ours: Ours) -> Reconciliation.Fields {
    var fields: Reconciliation.Fields = []
    let names = names(of: ours.customer)
    let customer = Int32(books.customer(document))
    if customer >= 0 {
      shares.compared.customer += 1
      if customer != names.0, customer != names.1 { fields.insert(.customer) }
    }
    if let mine = ours.date, let theirs = books.date(document) {
      shares.compared.date += 1
      if mine != theirs { fields.insert(.date) }
    }
    if ours.kind == .invoice, let mine = ours.dueDate, let theirs = books.dueDate(document) {
      shares.compared.dueDate += 1
      if mine != theirs { fields.insert(.dueDate) }
    }
    if let theirs = books.total(document), let mine = ours.total {
      shares.compared.total += 1
      if mine != theirs, ours.otherTotal != theirs { fields.insert(.total) }
    }
    if books.isVoid(document), ours.total != .zero { fields.insert(.voided) }
    if books.isPending(document) { fields.insert(.pending) }
    if ours.kind == .invoice, let mine = ours.dueAmount, let theirs = books.balance(document) {
      shares.compared.balance += 1
      if mine != theirs { fields.insert(.balance) }
    }
    return fields
  }

  // MARK: - Invoices that the books lack

  private mutating func miss(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment, _ ours: Ours,
    _ file: Int
  ) {
    let known = result.plan.context.ledger.lookup(
      record.text.span.extracting(invoice.number.value.range))
    var finding = ours.finding(record, invoice, file, .missing)
    finding.rules = assessment.rules
    finding.reason =
      known.map(Reconciler.reason) ?? (result.plan.context.ledger.count > 0 ? .neverSent : .none)
    if known == nil {
      switch assessment.outcome {
      case .suppressed: finding.outcome = .suppressed
      case .held where !isHeldForItsLinesOnly(assessment.rules): finding.outcome = .held
      default: break
      }
    }
    if finding.outcome == .missing { judgeCoverage(&finding) }
    if finding.outcome == .same {
      result[.same].loadOps.add(ours.amount)
      result.paid.add(ours.amount)
      result.withoutDocument.append(finding)
      return
    }
    result.findings.append(finding)
  }

  /// What the memory has of an invoice that is not there.
  private static func reason(_ known: LedgerSnapshot.Known) -> Reconciliation.Reason {
    switch known.evidence {
    case .confirmed: .confirmedBefore
    case .adopted: .takenIn
    case .written, .accepted: .sent
    }
  }

  /// Whether an invoice waits only because the export has no lines, as LoadOps's list of invoices has none.
  private func isHeldForItsLinesOnly(_ rules: RuleSet) -> Bool {
    result.plan.assessor.holding(rules).allSatisfy { $0 == .linesMissing }
  }

  /// Whether the files of the books would have it, if it was there.
  private func judgeCoverage(_ finding: inout Reconciliation.Finding) {
    let files = result.books.files
    let kind: SalesDocument.Kind = (finding.total ?? .zero) < .zero ? .creditMemo : .invoice
    guard files.contains(where: { $0.lists(kind) }) else {
      (finding.outcome, finding.reason) = (.uncertain, .kindNotListed)
      return
    }
    guard let date = finding.date else { return }
    if files.contains(where: { $0.lists(kind, date) }) { return }
    guard files.contains(where: { $0.listsOpen(kind, date) }) else {
      (finding.outcome, finding.reason) = (.uncertain, .notCovered)
      return
    }
    guard let due = finding.dueAmount else {
      (finding.outcome, finding.reason) = (.uncertain, .mayBePaid)
      return
    }
    if due == .zero { (finding.outcome, finding.reason) = (.same, .paid) }
  }

  // MARK: - Scope

  /// Whether a document belongs to what was asked for, whatever LoadOps says of it.
  func isAskedFor(_ document: Int) -> Bool { scope(document) == .inside }

  /// Counts a document that nobody asked for.
  mutating func leaveOut(_ document: Int) {
    let amount = books.total(document) ?? books.balance(document) ?? .zero
    switch scope(document) {
    case .before: result.before.add(amount)
    case .after: result.after.add(amount)
    case .other, .inside: result.notSelected.add(amount)
    }
  }

  /// Where a document stands to what was asked for.
  enum Scope { case inside, before, after, other }

  func scope(_ document: Int) -> Scope {
    if !request.selection.numbers.isEmpty {
      let number = books.number(document)
      guard
        request.selection.numbers.contains(where: {
          $0 == number || $0.utf8.count > limit && $0.utf8.suffix(limit).elementsEqual(number.utf8)
        })
      else { return .other }
    }
    if let mine = selectedNames {
      let customer = books.customer(document)
      guard customer >= 0, customer == Int(mine.0) || customer == Int(mine.1) else { return .other }
    }
    guard let date = books.date(document) else { return .inside }
    if let from = result.from, date < from { return .before }
    if let until = result.until, until < date { return .after }
    return .inside
  }

  // MARK: - The end

  private mutating func finish() throws(Failure) -> Reconciliation {
    for finding in result.findings where finding.document < 0 {
      result[finding.outcome].loadOps.add(finding.total ?? .zero)
      if finding.outcome == .missing {
        result.wrongAmount += Money(cents: abs((finding.total ?? .zero).cents))
        shares.noteDifference(finding)
      }
    }
    result.sortFindings()
    shares.finish(&result)
    let told = (0..<books.count).count { !books.isToldBefore($0) }
    guard
      told == result.closing.documents + result.after.documents + result.notSelected.documents
        + result.voided.documents
    else {
      throw Failure(
        .ownBug,
        "the books have \(told) documents, but \(result.listed.documents) were compared and "
          + "\(told - result.listed.documents) should have been left out",
        remedy: "please report this with the files, if you may share them")
    }
    guard result.isBalanced else {
      let total = result.total
      throw Failure(
        .ownBug,
        "the classes add up to \(total.loadOps.documents) and \(total.books.documents) documents over "
          + "\(total.loadOps.amount) and \(total.books.amount), but \(result.read.documents) and "
          + "\(result.listed.documents) over \(result.read.amount) and \(result.listed.amount) were read",
        remedy: "please report this with the files, if you may share them")
    }
    return result
  }
}

extension Reconciliation {
  /// The names under which a customer of the plan may stand in the books; -2 for none.
  func names(of customer: Int) -> (Int32, Int32) {
    let customers = plan.assessor.customers
    guard customer >= 0, customer < customers.entries.count else { return (-2, -2) }
    let entry = customers.entries[customer]
    let name = entry.quickBooksName.isEmpty ? entry.name : entry.quickBooksName
    let written = plan.assessor.names.path(name)
    return (
      Int32(books.customer(named: name) ?? -2), Int32(books.customer(named: written) ?? -2)
    )
  }

  /// The name that a customer of the plan should have in the books.
  func expectedName(_ customer: Int) -> String {
    guard customer >= 0 else { return "" }
    let entry = plan.assessor.customers.entries[customer]
    let name = entry.quickBooksName.isEmpty ? entry.name : entry.quickBooksName
    let written = plan.assessor.names.path(name)
    return books.customer(named: name) == nil && books.customer(named: written) != nil
      ? written : name
  }
}

extension CalendarDate {
  /// The first day of its month.
  var firstOfMonth: CalendarDate {
    let (year, month, _) = components
    return CalendarDate(year: year, month: month, day: 1) ?? self
  }

  /// The last day of its month.
  var lastOfMonth: CalendarDate {
    let (year, month, _) = components
    return CalendarDate(
      year: year, month: month, day: CalendarDate.days(inMonth: month, of: year)) ?? self
  }
}
