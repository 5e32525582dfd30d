internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// The end of planning: what the documents will refer to, what there is to tell, and the fingerprint.
extension Planner {
  func finish(_ run: SyncReport.Run?) throws(Failure) -> SyncPlan {
    let fingerprint = fingerprint()
    var identity =
      run
      ?? SyncReport.Run(
        id: "plan-" + fingerprint.short, command: "plan",
        target: context.settings.target.rawValue, company: context.settings.company, started: nil,
        finished: nil, plan: fingerprint)
    identity.plan = fingerprint
    var plan = SyncPlan(
      fingerprint: fingerprint, report: SyncReport(run: identity), lists: CompanyLists(),
      context: context, files: files, income: income, invoices: invoices,
      scattered: scattered, assessor: assessor, customerIndex: [], itemIndex: [], termsIndex: [],
      classIndex: [])
    plan.purpose = purpose
    plan.customerTotals = totals.customers
    plan.categoryTotals = totals.categories
    plan.heldTerms = totals.heldTerms
    plan.terminalTotals = totals.terminals
    if totals.decided.delivered.invoices > 0, purpose == .delivering { declareLists(&plan) }
    try report(&plan)
    return plan
  }

  // MARK: - Lists

  private func declareLists(_ plan: inout SyncPlan) {
    let names = assessor.names
    var builder = ListBuilder(names: names)
    // QuickBooks Online has one of its own and is not asked for it.
    if totals.decided.delivered.invoices > 0, !assessor.destination.isOnline {
      builder.addAccount(
        assessor.books.spelling(ofAccount: context.settings.quickBooks.accountsReceivable),
        .receivable)
    }
    plan.itemIndex = assessor.items.entries.indices.map { number in
      guard number < totals.deliveredItems.count, totals.deliveredItems[number] > 0,
        let item = assessor.items.declaration(number, names: names)
      else { return -1 }
      builder.addAccount(item.account, .income)
      return builder.add(item)
    }
    plan.termsIndex = assessor.terms.entries.indices.map { number in
      guard number < totals.deliveredTerms.count, totals.deliveredTerms[number] > 0,
        let terms = assessor.terms.entries[number].terms
      else { return -1 }
      return builder.add(terms)
    }
    plan.classIndex = assessor.terminals.entries.enumerated().map { number, path in
      guard number < totals.deliveredClasses.count, totals.deliveredClasses[number] > 0, let path
      else { return -1 }
      return builder.addClass(path)
    }
    plan.customerIndex = assessor.customers.entries.indices.map { number in
      guard number < totals.deliveredCustomers.count, totals.deliveredCustomers[number] > 0 else {
        return -1
      }
      var usual = ""
      if let words = assessor.customers.entries[number].listed?.terms, !words.isEmpty {
        let target = context.mapping.terms(for: words)?.quickBooks ?? words
        let usualTerms = assessor.terms.entry(words, target)
        if let terms = usualTerms.terms, usualTerms.holding.isEmpty {
          // In a line of its own: the list must be looked at after the terms have come into it.
          let place = builder.add(terms)
          usual = builder.lists.terms[place].name
        }
      }
      return builder.add(
        assessor.customers.declaration(number, terms: usual),
        source: assessor.customers.entries[number].name)
    }
    let moved = builder.sort()
    plan.itemIndex = plan.itemIndex.map { $0 < 0 ? -1 : moved.items[$0] }
    plan.termsIndex = plan.termsIndex.map { $0 < 0 ? -1 : moved.terms[$0] }
    plan.classIndex = plan.classIndex.map { $0 < 0 ? -1 : moved.classes[$0] }
    plan.customerIndex = plan.customerIndex.map { $0 < 0 ? -1 : moved.customers[$0] }
    plan.lists = builder.lists
    plan.lists.existing = existing(in: plan.lists)
    plan.lists.declaredBefore = declaredBefore(plan.lists)
    plan.report.created = plan.lists
    if context.settings.target == .qbxml {
      // QuickBooks has answered, or will, whether it has these: no file asks for them again.
      plan.report.created.existing.formUnion(plan.lists.declaredBefore)
    }
    plan.report.createdCustomerSources = builder.customerSources
  }

  /// Those of the entries that an earlier run has declared.
  private func declaredBefore(_ lists: CompanyLists) -> CompanyLists.Existing {
    let isKnown = { (kind: LedgerListEntry.Kind, name: String) in
      context.ledger.knownListEntry(kind, name) != nil
    }
    var existing = CompanyLists.Existing()
    existing.accounts = Set(lists.accounts.map(\.name).filter { isKnown(.account, $0) })
    existing.items = Set(lists.items.map(\.name).filter { isKnown(.item, $0) })
    existing.terms = Set(lists.terms.map(\.name).filter { isKnown(.terms, $0) })
    existing.classes = Set(lists.classes.filter { isKnown(.class, $0) })
    existing.customers = Set(lists.customers.map(\.name).filter { isKnown(.customer, $0) })
    return existing
  }

  // MARK: - The report

  private func report(_ plan: inout SyncPlan) throws(Failure) {
    plan.report.inputs = files.map {
      SyncReport.Input(
        path: $0.name, kind: $0.kindName, fingerprint: $0.fingerprint, records: $0.records)
    }
    var chosen = 0
    var dates: ClosedRange<CalendarDate>?
    for planned in invoices where planned.isSelected {
      chosen += 1
      guard let date = planned.date else { continue }
      let known = dates ?? date...date
      dates = min(known.lowerBound, date)...max(known.upperBound, date)
    }
    var controls = totals.decided
    controls.read = Tally(
      invoices: chosen,
      lines: totals.read.lines - totals.repeated.lines - totals.notSelected.lines,
      amount: totals.read.amount - totals.repeated.amount - totals.notSelected.amount)
    plan.report.totals = controls
    plan.report.notSelected = totals.notSelected
    plan.report.dateRange = dates
    if purpose == .delivering {
      reportShares(&plan)
      plan.report.books = booksReport(plan.lists)
      try reportFindings(&plan)
    }
    guard controls.isBalanced else {
      throw Failure(
        .ownBug,
        "the control totals do not tie: read \(controls.read.amount), decided "
          + "\(controls.delivered.amount + controls.alreadySynced.amount + controls.suppressed.amount + controls.held.amount)",
        remedy: "nothing was written; please report this with the export, if you may share it")
    }
  }

  private func reportShares(_ plan: inout SyncPlan) {
    for (number, entry) in assessor.customers.entries.enumerated() {
      guard number < totals.customers.count, var share = Planner.share(totals.customers[number])
      else { continue }
      share.name = entry.name.isEmpty ? "(no customer)" : entry.name
      share.quickBooksName = entry.holding.isEmpty ? assessor.customers.writtenName(number) : nil
      plan.report.byCustomer.append(share)
      switch entry.pairing {
      case .known: plan.report.customers.paired += 1
      case .mapped where assessor.customers.isMappedAnew(entry): plan.report.customers.created += 1
      case .mapped: plan.report.customers.fromMapping += 1
      case .created: plan.report.customers.created += 1
      case .none: plan.report.customers.held += 1
      }
    }
    for (number, entry) in assessor.items.entries.enumerated() {
      guard number < totals.categories.count, var share = Planner.share(totals.categories[number])
      else { continue }
      share.name = entry.name.isEmpty ? "(no category)" : entry.name
      share.quickBooksName = entry.item
      plan.report.byIncomeCategory.append(share)
      if entry.item == nil { plan.report.itemsUnmapped += 1 } else { plan.report.itemsMapped += 1 }
    }
    let byAmount = { (left: SyncReport.Share, right: SyncReport.Share) in
      (right.totals.read.amount.cents, left.name) < (left.totals.read.amount.cents, right.name)
    }
    plan.report.byCustomer.sort(by: byAmount)
    plan.report.byIncomeCategory.sort(by: byAmount)
  }

  /// A share with what its outcomes add up to; nil when nothing was decided about it.
  private static func share(_ decided: ControlTotals) -> SyncReport.Share? {
    var totals = decided
    totals.read = decided.delivered + decided.alreadySynced + decided.suppressed + decided.held
    guard totals.read.lines > 0 || totals.read.invoices > 0 else { return nil }
    return SyncReport.Share(name: "", quickBooksName: nil, totals: totals)
  }

  // MARK: - Findings

  private func reportFindings(_ plan: inout SyncPlan) throws(Failure) {
    var teller = FindingTeller(limit: findingLimit)
    let once =
      batchFindings + booksFindings() + customerFindings() + nameFindings() + entryFindings()
      + suppressionFindings()
    for finding in once {
      teller.add(finding)
    }
    var assessor = assessor
    for planned in invoices where planned.isSelected && !planned.rules.isEmpty {
      teller.count(planned, assessor)
      guard teller.wants(planned), let reader = source.reader(planned.place.file) else {
        continue
      }
      var record = reader.makeRecord()
      var invoice = Invoice()
      if planned.isScattered, let places = scattered[planned.place] {
        try source.read(places, into: &record)
      } else {
        try source.read(planned.place, into: &record)
      }
      source.decode(&record, into: &invoice)
      assessor.source = reader
      let assessment = assessor.assess(
        record, invoice, forced: planned.forced, otherPlaces: otherPlaces(of: planned))
      for finding in assessor.findings {
        teller.add(withStake(finding, assessment, &assessor))
      }
    }
    plan.report.findings = teller.findings
    plan.report.findingCounts = teller.counts()
  }

  /// A finding about a customer, a category or terms, with what waits because of it.
  private func withStake(
    _ finding: Finding, _ assessment: InvoiceAssessor.Assessment, _ assessor: inout InvoiceAssessor
  ) -> Finding {
    guard let subject = FindingTeller.subjects[finding.kind.id] else { return finding }
    var finding = finding
    let stake: Tally
    switch subject {
    case .customer:
      stake =
        assessment.customer < totals.customers.count
        ? totals.customers[assessment.customer].held : .zero
    case .category:
      let bytes = Array((finding.value ?? "").utf8)
      let number = assessor.items.number(of: bytes.span)
      stake = number < totals.categories.count ? totals.categories[number].held : .zero
      guard stake.lines > 0 else { return finding }
      finding.notes.append(
        "\(SyncReport.counted(stake.lines, "line")) on \(SyncReport.counted(stake.invoices, "invoice")) "
          + "with \(stake.amount.grouped) in this category wait\(stake.lines == 1 ? "s" : "")")
      return finding
    case .terms:
      stake =
        assessment.terms.flatMap { $0 < totals.heldTerms.count ? totals.heldTerms[$0] : nil }
        ?? .zero
    }
    if stake.invoices > 1 {
      finding.notes.append(
        "\(SyncReport.counted(stake.invoices, "invoice")) over \(stake.amount.grouped) wait in all")
    }
    return finding
  }

  /// What there is to say once for each customer and income category that goes out.
  private func customerFindings() -> [Finding] {
    var findings: [Finding] = []
    for (number, entry) in assessor.customers.entries.enumerated() {
      guard number < totals.deliveredCustomers.count, totals.deliveredCustomers[number] > 0 else {
        continue
      }
      if assessor.customers.nameIsChanged(number) {
        findings.append(
          Finding(
            CustomerRules.customerNameChanged,
            "customer \"\(entry.quickBooksName)\" is written as \"\(assessor.customers.writtenName(number))\"",
            remedy: changedRemedy(entry.quickBooksName),
            location: entry.listed.map { place($0.place) }, field: "customer_name",
            value: entry.quickBooksName))
      }
      guard let listed = entry.listed else { continue }
      if listed.addressIsUnsplit {
        findings.append(
          Finding(
            BatchRules.addressUnsplit, "the address of \"\(entry.name)\" is written as it is",
            location: place(listed.place), field: "address", value: listed.addressLines.first))
      }
      let customer = assessor.customers.declaration(number, terms: "")
      if !assessor.destination.isOnline, DesktopAddress.isCut(customer, as: assessor.names.text) {
        findings.append(
          Finding(
            BatchRules.addressCut, "the address of \"\(entry.name)\" does not fit into five lines",
            location: place(listed.place), field: "address"))
      }
      if customer.declaration == .full {
        findings += cutDetails(customer, entry.name, place(listed.place))
      }
    }
    for entry in assessor.items.entries where entry.isUndeclared {
      findings.append(
        Finding(
          ItemRules.categoryNotDeclared,
          "income category \"\(entry.name)\" is not in the income-categories export",
          field: "category", value: entry.name))
    }
    return findings
  }

  /// What to do about a name whose characters the file cannot hold; nil for what is usual.
  private func changedRemedy(_ name: String) -> String? {
    let changes = assessor.names.text.changes(Array(name.utf8).span)
    guard changes.isDisjoint(with: [.transliterated, .unrepresentable]) else {
      guard context.settings.target != .iif else { return nil }
      return "if QuickBooks has the customer already, rename it there to "
        + "\"\(assessor.names.path(name))\", which the file can hold; otherwise nothing needs to be done"
    }
    guard changes.contains(.punctuation) else {
      return "nothing needs to be done; or write the name without tabs and the like in LoadOps"
    }
    guard context.settings.target == .iif else {
      return
        "if QuickBooks has the customer already, see that it is spelt so there; otherwise nothing "
        + "needs to be done"
    }
    return
      "if QuickBooks has the name with that character, set target to qbxml, which can hold it; "
      + "otherwise nothing needs to be done"
  }

  /// What QuickBooks has no room for in a customer that is declared.
  private func cutDetails(
    _ customer: QuickBooks.Customer, _ name: String, _ location: SourceLocation
  ) -> [Finding] {
    let isOnline = assessor.destination.isOnline
    let details = [
      (
        "company name", customer.companyName,
        isOnline ? OnlineLimits.companyName : DesktopLimits.companyName
      ), ("phone", customer.phone, isOnline ? OnlineLimits.phone : DesktopLimits.phone),
      ("email", customer.email, isOnline ? OnlineLimits.email : DesktopLimits.email),
      ("contact", customer.contact, DesktopLimits.contact),
      ("account number", customer.accountNumber, DesktopLimits.accountNumber),
    ]
    return details.compactMap { field, text, limit in
      guard assessor.names.text.changes(Array(text.utf8).span, limit: limit).contains(.cut) else {
        return nil
      }
      let written = assessor.names.text.converted(text, limit: limit)
      return Finding(
        BatchRules.customerDetailCut,
        "the \(field) of \"\(name)\" is written as \"\(written)\": QuickBooks keeps \(limit) characters",
        location: location, field: field, value: text)
    }
  }

  private func place(_ place: RecordPlace) -> SourceLocation {
    files[Int(place.file)].location(line: place.line)
  }

  private func suppressionFindings() -> [Finding] {
    guard context.selection.isAll else { return [] }
    return context.suppression.entries.compactMap { entry in
      let name =
        entry.invoiceNumber.map { "invoice \($0)" } ?? "customer \"\(entry.customerName ?? "")\""
      let location = SourceLocation(file: context.suppression.path, line: entry.line)
      if assessor.expiredSuppressions.contains(entry.index) {
        return Finding(
          BatchRules.suppressionExpired,
          "the suppression of \(name) ended on \(entry.until.map(\.description) ?? "an earlier day")",
          location: location)
      }
      guard entry.isInForce(on: context.today), !assessor.matchedSuppressions.contains(entry.index)
      else { return nil }
      return Finding(
        BatchRules.suppressionUnmatched,
        entry.invoiceNumber == nil
          ? "\(name) is suppressed, but no invoice of this export is held back by that"
          : "\(name) is suppressed, but not in this export",
        remedy: entry.invoiceNumber == nil
          ? "check the name for a typing error; leave the row if it is meant for other exports"
          : nil,
        location: location)
    }
  }

  // MARK: - Fingerprint

  private func fingerprint() -> Fingerprint {
    var hasher = FingerprintHasher()
    hasher.update("loadbooks plan 1")
    for file in files { hasher.update(file.fingerprint.hex) }
    hasher.update(context.settings.canonicalText)
    hasher.update(context.mapping.fingerprint.hex)
    hasher.update(context.suppression.fingerprint.hex)
    hasher.update(context.ledger.stateFingerprint.hex)
    hasher.update(context.books.fingerprint.hex)
    hasher.update(context.selection.canonicalText)
    // Many at once: handing each number over costs more than hashing it.
    var words: [UInt64] = []
    words.reserveCapacity(6 * 1024)
    for planned in invoices where planned.isSelected {
      words.append(planned.place.offset)
      words.append(planned.numberHash)
      words.append(UInt64(planned.outcome.rawValue))
      words.append(planned.rules.words.0)
      words.append(planned.rules.words.1)
      words.append(UInt64(bitPattern: planned.amount.cents))
      if words.count == 6 * 1024 {
        hasher.update(words)
        words.removeAll(keepingCapacity: true)
      }
    }
    hasher.update(words)
    return hasher.finish()
  }
}

/// Collects list entries, each QuickBooks name once.
private struct ListBuilder {
  private(set) var lists = CompanyLists()
  /// LoadOps's names of the customers, in the same order.
  private(set) var customerSources: [String] = []
  private let names: DesktopNames
  private var accounts: [String: Int] = [:]
  private var items: [String: Int] = [:]
  private var terms: [String: Int] = [:]
  private var classes: [String: Int] = [:]
  private var customers: [String: Int] = [:]

  init(names: DesktopNames) {
    self.names = names
  }

  mutating func addAccount(_ name: String, _ type: Account.AccountType) {
    let path = names.path(name)
    if accounts.updateValue(0, forKey: names.identity(path)) == nil {
      lists.accounts.append(Account(name: path, type: type))
    }
  }

  mutating func add(_ item: Item) -> Int {
    ListBuilder.index(&items, names.identity(item.name), &lists.items, item)
  }

  mutating func add(_ value: Terms) -> Int {
    var written = value
    written.name = names.path(value.name)
    return ListBuilder.index(&terms, names.identity(value.name), &lists.terms, written)
  }

  mutating func addClass(_ path: String) -> Int {
    ListBuilder.index(&classes, names.identity(path), &lists.classes, names.path(path))
  }

  mutating func add(_ customer: QuickBooks.Customer, source: String) -> Int {
    let index = ListBuilder.index(
      &customers, names.identity(customer.name), &lists.customers, customer)
    if index == customerSources.count {
      customerSources.append(source)
    } else if lists.customers[index].declaration == .nameOnly, customer.declaration == .full {
      // One that is mapped onto a listed customer must not keep that one from being declared in full.
      lists.customers[index] = customer
      customerSources[index] = source
    }
    return index
  }

  /// Puts every list in the order of names, so that it depends neither on the order of rows nor on
  /// the format of the export; tells where each entry went.
  mutating func sort() -> (items: [Int], terms: [Int], classes: [Int], customers: [Int]) {
    let receivable = lists.accounts.prefix(1)
    lists.accounts = receivable + lists.accounts.dropFirst().sorted { $0.name < $1.name }
    let sources = customerSources
    let places = ListBuilder.sort(&lists.customers) { $0.name }
    for (old, new) in places.enumerated() { customerSources[new] = sources[old] }
    return (
      ListBuilder.sort(&lists.items) { $0.name }, ListBuilder.sort(&lists.terms) { $0.name },
      ListBuilder.sort(&lists.classes) { $0 }, places
    )
  }

  private static func sort<Element>(_ list: inout [Element], by name: (Element) -> String) -> [Int]
  {
    let order = list.indices.sorted { name(list[$0]) < name(list[$1]) }
    list = order.map { [list] in list[$0] }
    var places = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { places[old] = new }
    return places
  }

  private static func index<Element>(
    _ known: inout [String: Int], _ identity: String, _ list: inout [Element], _ element: Element
  ) -> Int {
    if let index = known[identity] { return index }
    known[identity] = list.count
    list.append(element)
    return list.count - 1
  }
}
