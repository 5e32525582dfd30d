internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// The check of a plan against the books: what it names and they have, and what QuickBooks would refuse.
extension Planner {
  /// Marks what the books have, so that nothing of it is declared again.
  func existing(in lists: CompanyLists) -> CompanyLists.Existing {
    let books = assessor.books
    var existing = CompanyLists.Existing()
    guard !books.snapshot.isEmpty else { return existing }
    let itemAccounts = Set(books.snapshot.items.map { assessor.names.identity($0.account) })
    let hasAccount = { (path: String) in
      books.account(path) != nil || itemAccounts.contains(self.assessor.names.identity(path))
    }
    existing.accounts = Planner.known(lists.accounts.map(\.name), hasAccount)
    existing.items = Planner.known(lists.items.map(\.name)) { books.item($0) != nil }
    existing.terms = Planner.known(lists.terms.map(\.name)) { books.terms($0) != nil }
    existing.classes = Planner.known(lists.classes) { books.className($0) != nil }
    let customers = Set(books.snapshot.customers.map { assessor.names.identity($0.name) })
    existing.customers = Planner.known(lists.customers.map(\.name)) {
      customers.contains(self.assessor.names.identity($0))
    }
    return existing
  }

  /// The paths, and the paths above them, that are known.
  private static func known(_ paths: [String], _ isKnown: (String) -> Bool) -> Set<String> {
    var known: Set<String> = []
    for path in paths {
      for level in DesktopNames.parents(of: path) + [path] where isKnown(level) {
        known.insert(level)
      }
    }
    return known
  }

  // MARK: - Findings

  /// What there is to say about the books themselves and about items and terms that differ in them.
  func booksFindings() -> [Finding] {
    let books = context.books
    guard !books.isEmpty else { return [] }
    var findings = books.disagreements.map { found in
      Finding(
        BooksRules.disagree,
        "\(found.list.words): \"\(found.name)\" is \(found.kept) in \(found.location.file), but "
          + "\(found.other) at \(found.otherLocation)", location: found.location, value: found.name)
    }
    findings += books.unfinished.map { list, source, reason in
      Finding(
        BooksRules.incomplete,
        "\(source.file) does not have the whole list of \(list.words): \(reason); what is not in it is not "
          + "created, but waits",
        location: SourceLocation(file: source.file, line: 1), value: list.words)
    }
    if let run = context.lastRun,
      let source = books.sources.first(where: { $0.isOlder(than: run.day) })
    {
      findings.append(
        Finding(
          BooksRules.outdated,
          "\(source.file) is of \(source.day.map(\.description) ?? ""), older than run \(run.id) of "
            + "\(run.day)", location: SourceLocation(file: source.file, line: 1)))
    }
    return findings + receivableFindings() + itemFindings() + termsFindings()
  }

  private func receivableFindings() -> [Finding] {
    let name = context.settings.quickBooks.accountsReceivable
    let others = context.books.accounts.filter { $0.type == .receivable && !$0.isInactive }
    guard assessor.books.holds(.accounts), assessor.books.account(name) == nil,
      let other = others.first
    else { return [] }
    return [
      Finding(
        BooksRules.receivableNew,
        "the books have no account \"\(name)\"; invoices are receivable on "
          + others.prefix(3).map { "\"\($0.name)\"" }.joined(separator: ", ") + " there",
        remedy: "set in loadbooks.yaml: quickbooks.accounts_receivable: \(other.name)",
        location: other.location, value: name)
    ]
  }

  /// Items and accounts that the output creates, although the books have some of nearly the name.
  func entryFindings() -> [Finding] {
    var findings: [Finding] = []
    for (entry, near) in assessor.items.slips() where entry.holding.isEmpty {
      guard let item = entry.item, let best = near.first, let line = entry.mappingLine else {
        continue
      }
      findings.append(
        Finding(
          BooksRules.itemResembles,
          "line \(line) of mapping.csv makes \"\(item)\" a new item, although QuickBooks has "
            + "\"\(best.item.name)\"",
          remedy: "if that is meant, change line \(line) of mapping.csv to: "
            + assessor.mappingLine(
              .item, entry.name, best.item.name,
              account: best.item.account.isEmpty ? entry.account : best.item.account),
          field: "category", value: entry.name,
          notes: near.map { near in
            "QuickBooks has the \(near.item.typeWords) item \"\(near.item.name)\" "
              + "(\(near.item.location)): \(near.difference.words)"
              + (near.item.isInactive ? "; it is inactive" : "")
          }))
    }
    return findings + accountFindings()
  }

  private func accountFindings() -> [Finding] {
    guard assessor.books.holds(.accounts) else { return [] }
    let accounts = context.books.accounts
    let doctor = EntryDoctor(accounts.map(\.name))
    var told: Set<String> = []
    var findings: [Finding] = []
    for entry in assessor.items.entries {
      guard let item = entry.item, entry.holding.isEmpty, assessor.books.item(item) == nil,
        assessor.books.account(entry.account) == nil, told.insert(entry.account).inserted
      else { continue }
      let near = doctor.near(entry.account).map { (accounts[$0.number], $0.difference) }
        .prefix(PairingDoctor.shown)
      guard let best = near.first(where: { $0.0.type == .income || $0.0.type == .otherIncome })
      else { continue }
      let named = entry.mappingLine.flatMap { line in
        context.mapping.item(for: entry.name)?.account.map { _ in line }
      }
      findings.append(
        Finding(
          BooksRules.accountResembles,
          "the income of \"\(entry.name)\" goes to a new account \"\(entry.account)\", although QuickBooks "
            + "has \"\(best.0.name)\"",
          remedy: named.map { line in
            "if that is meant, change line \(line) of mapping.csv to: "
              + assessor.mappingLine(.item, entry.name, item, account: best.0.name)
          }
            ?? "if that is meant, set in loadbooks.yaml: quickbooks.default_income_account: "
            + best.0.name,
          field: "category", value: entry.account,
          notes: near.map { account, difference in
            "QuickBooks has account \"\(account.name)\" (\(account.location)): \(difference.words)"
          }))
    }
    return findings
  }

  private func itemFindings() -> [Finding] {
    assessor.items.entries.compactMap { entry in
      guard let item = entry.item, let account = entry.otherAccount,
        let listed = assessor.books.item(item)
      else { return nil }
      return Finding(
        BooksRules.itemAccountDiffers,
        "item \"\(item)\" is booked on \"\(listed.account)\" in the books, not on \"\(account)\" as the "
          + "mapping says", location: listed.location, field: "category", value: entry.name)
    }
  }

  private func termsFindings() -> [Finding] {
    assessor.terms.entries.compactMap { entry in
      guard let listed = entry.listed, let terms = entry.terms, !terms.isDateDriven,
        listed.dueDays != terms.dueDays
      else { return nil }
      let there = listed.dueDays.map { "due in \($0) days" } ?? "due on a day of the month"
      return Finding(
        BooksRules.termsDiffer,
        "terms \"\(listed.name)\" are \(there) in the books, but \(terms.dueDays) days by their name",
        location: listed.location, field: "terms", value: entry.name)
    }
  }

  // MARK: - The report

  /// What the report says about the books.
  func booksReport(_ lists: CompanyLists) -> SyncReport.Books {
    var report = SyncReport.Books()
    report.sources = context.books.sources
    report.lastRun = context.lastRun
    let declared = lists.declared
    let counts = { (lists: CompanyLists) in
      lists.accounts.count + lists.items.count + lists.terms.count + lists.classes.count
        + lists.customers.count
    }
    report.declared = counts(declared)
    report.existing = counts(lists) - report.declared
    report.refused = refusedCustomers() + refusedItems() + refusedTerms() + refusedClasses()
    if !assessor.receivableObjections.isEmpty {
      report.refused.insert(
        SyncReport.Refusal(
          kind: "account", name: context.settings.quickBooks.accountsReceivable,
          causes: assessor.receivableObjections, held: totals.decided.held), at: 0)
    }
    return report
  }

  private func refusedCustomers() -> [SyncReport.Refusal] {
    let rules: Set<Rule> = [
      .customerNotPaired, .customerNameIllegal, .customerNameTooLong, .customerNameClash,
      .customerNameTaken,
    ]
    // What may be meant instead is looked for as often as it is told in findings; a migration into books
    // with other names may have tens of thousands of these.
    var looks = findingLimit
    return assessor.customers.entries.indices.compactMap { number in
      let entry = assessor.customers.entries[number]
      let holding = entry.holding.isEmpty ? [] : entry.holding.rules.filter(rules.contains)
      guard !holding.isEmpty, number < totals.customers.count else { return nil }
      looks -= 1
      return SyncReport.Refusal(
        kind: "customer", name: entry.name,
        causes: holding.map {
          assessor.problem($0, customer: number, looksForOthers: looks >= 0)
        },
        held: totals.customers[number].held)
    }
  }

  private func refusedItems() -> [SyncReport.Refusal] {
    assessor.items.entries.enumerated().compactMap { number, entry in
      guard let item = entry.item, !entry.holding.isEmpty, number < totals.categories.count else {
        return nil
      }
      let causes =
        entry.objections
        + (entry.holding.contains(.itemNotInBooks) ? ["it is not in the books"] : [])
      return SyncReport.Refusal(
        kind: "item", name: item, causes: causes, held: totals.categories[number].held)
    }
  }

  private func refusedTerms() -> [SyncReport.Refusal] {
    assessor.terms.entries.enumerated().compactMap { number, entry in
      guard !entry.holding.isEmpty else { return nil }
      let cause = entry.listed.map { "they are inactive in the books (\($0.location))" }
      return SyncReport.Refusal(
        kind: "terms", name: entry.terms?.name ?? entry.name,
        causes: [cause ?? "they are not in the books"],
        held: number < totals.heldTerms.count ? totals.heldTerms[number] : .zero)
    }
  }

  private func refusedClasses() -> [SyncReport.Refusal] {
    assessor.terminals.refused.sorted { $0.key < $1.key }.map { _, listed in
      SyncReport.Refusal(
        kind: "class", name: listed.name,
        causes: ["it is inactive in the books (\(listed.location))"],
        held: .zero)
    }
  }
}

extension CompanySnapshot.Source {
  /// Whether the file is of an earlier day.
  func isOlder(than other: CalendarDate) -> Bool { day.map { $0 < other } ?? false }
}
