internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// What of an export needs a line of the mapping file, ranked by the money that waits for it.
///
/// Every suggestion has its candidates, each with the reason for it and the line that it would take. None of
/// them has any effect before that line stands in the file.
public struct MappingSuggestions: Sendable {
  /// Something that QuickBooks may call the thing.
  public struct Candidate: Sendable {
    /// The name in QuickBooks.
    public var quickBooks: String
    /// The income account, for items.
    public var account: String?
    /// How sure it is.
    public var certainty: Certainty
    /// Whether QuickBooks does not have it, as far as is known, so that it would be created.
    public var isNew: Bool
    /// Why it is suggested.
    public var why: String
    /// The same in words for programs.
    public var reasons: [String]
    /// The line of the mapping file, in the form of the file that is in use.
    public var line: String
  }

  /// A name that needs a line.
  public struct Suggestion: Sendable {
    /// What it is.
    public var kind: MappingFile.Kind
    /// The name in LoadOps.
    public var loadOps: String
    /// What is at stake: invoices, lines and money.
    public var stake: Tally
    /// Whether the invoices wait for the line, or go out without it.
    public var isHolding: Bool
    /// What is the matter with the name.
    public var problem: String
    /// What to think of before choosing; empty for nothing.
    public var caution = ""
    /// The best candidates, best first; at most three.
    public var candidates: [Candidate]

    /// The candidate that may be written without asking at this certainty; nil when there is none, or two.
    public func choice(from certainty: Certainty) -> Candidate? {
      guard let best = candidates.first, !best.isNew, best.certainty >= certainty,
        !candidates.dropFirst().contains(where: { $0.certainty == best.certainty && !$0.isNew })
      else { return nil }
      return best
    }
  }

  /// The suggestions: what waits first, then by the money at stake.
  public private(set) var suggestions: [Suggestion] = []

  /// How much waits for a line in all; an invoice that waits for two is in both.
  public var holding: [Suggestion] { suggestions.filter(\.isHolding) }

  /// What an export needs, from its plan.
  public init(_ plan: SyncPlan) {
    var maker = SuggestionMaker(plan)
    suggestions = maker.items() + maker.customers() + maker.terms() + maker.classes()
    let order = suggestions.indices.sorted { left, right in
      let (first, second) = (suggestions[left], suggestions[right])
      if first.isHolding != second.isHolding { return first.isHolding }
      let (here, there) = (
        first.stake.amount.cents.magnitude, second.stake.amount.cents.magnitude
      )
      return here != there ? here > there : left < right
    }
    suggestions = order.map { [suggestions] in suggestions[$0] }
  }
}

/// Finds the candidates for each kind of name.
private struct SuggestionMaker {
  typealias Candidate = MappingSuggestions.Candidate
  typealias Suggestion = MappingSuggestions.Suggestion

  private let plan: SyncPlan
  private let assessor: InvoiceAssessor
  private let context: PlanContext
  private let names: DesktopNames
  private let usableItems: [CompanySnapshot.Item]
  private lazy var itemDoctor = EntryDoctor(usableItems.map(\.name))

  init(_ plan: SyncPlan) {
    self.plan = plan
    assessor = plan.assessor
    context = plan.context
    names = plan.assessor.names
    usableItems = plan.context.books.items.filter {
      plan.assessor.books.objections(item: $0.name, account: $0.account).isEmpty
    }
  }

  private func candidate(
    _ kind: MappingFile.Kind, _ name: String, _ target: String, account: String? = nil,
    _ certainty: Certainty, isNew: Bool = false, _ why: String, _ reasons: [String]
  ) -> Candidate {
    Candidate(
      quickBooks: target, account: account, certainty: certainty, isNew: isNew, why: why,
      reasons: reasons,
      line: assessor.mappingLine(kind, name, target, account: account))
  }

  /// The best ones, each target once.
  private static func best(_ candidates: [Candidate]) -> [Candidate] {
    var best: [Candidate] = []
    let order = candidates.indices.sorted { left, right in
      let (first, second) = (candidates[left], candidates[right])
      if first.isNew != second.isNew { return !first.isNew }
      return first.certainty != second.certainty
        ? first.certainty > second.certainty : left < right
    }
    for candidate in order.map({ candidates[$0] })
    where !best.contains(where: { $0.quickBooks == candidate.quickBooks }) {
      best.append(candidate)
    }
    return Array(best.prefix(PairingDoctor.shown))
  }

  // MARK: - Items

  mutating func items() -> [Suggestion] {
    var suggestions: [Suggestion] = []
    for (number, entry) in assessor.items.entries.enumerated()
    where entry.holding.contains(.categoryUnmapped) && number < plan.categoryTotals.count {
      let totals = plan.categoryTotals[number]
      let stake = totals.delivered + totals.alreadySynced + totals.suppressed + totals.held
      guard stake.lines > 0 else { continue }
      let term = CategoryVocabulary.term(for: entry.name)
      suggestions.append(
        Suggestion(
          kind: .item, loadOps: entry.name, stake: stake, isHolding: totals.held.lines > 0,
          problem: "no line of the mapping file gives it an item", caution: term?.caution ?? "",
          candidates: SuggestionMaker.best(itemCandidates(entry.name, term))))
    }
    return suggestions
  }

  private mutating func itemCandidates(
    _ name: String, _ term: CategoryVocabulary.Term?
  ) -> [Candidate] {
    var found = listedItems(name)
    if let hint = assessor.master.categories.first(where: { $0.name == name })?.quickBooksItem,
      !hint.isEmpty
    {
      let known = usableItems.first { $0.name == hint }
      found.append(
        candidate(
          .item, name, hint, account: known?.account ?? defaultAccount, .likely,
          isNew: known == nil && context.books.holds(.items),
          "the export of income categories says so in qb_item", ["export-says"]))
    }
    let key = CategoryVocabulary.key(name)
    for row in context.mapping.rows(of: .item) {
      let isSame = CategoryVocabulary.key(row.loadOps) == key
      let isTerm =
        term != nil && CategoryVocabulary.term(for: row.loadOps)?.name == term?.name
      guard isSame || isTerm else { continue }
      let why =
        isSame
        ? "line \(row.line) of the mapping file gives it to \"\(row.loadOps)\""
        : "\"\(row.loadOps)\" usually means the same, and line \(row.line) of the mapping file gives "
          + "that this item"
      found.append(
        candidate(
          .item, name, row.quickBooks, account: row.account, isSame ? .folded : .likely, why,
          [isSame ? "mapped-spelling" : "same-vocabulary"]))
    }
    if let term {
      for spelling in [term.name] + term.spellings {
        for item in usableItems
        where CategoryVocabulary.key(SuggestionMaker.leaf(item.name))
          == CategoryVocabulary.key(spelling)
        {
          found.append(
            candidate(
              .item, name, item.name, account: account(of: item), .likely,
              "QuickBooks has this \(item.typeWords), and \"\(spelling)\" usually means the same",
              ["same-vocabulary"]))
        }
      }
    }
    if !found.contains(where: { $0.quickBooks == name }) {
      let own = newItemName(name)
      found.append(
        candidate(
          .item, name, own, account: defaultAccount, .possible, isNew: true,
          own == name
            ? "a new item, booked on the default income account"
            : "a new item, booked on the default income account; \"\(name)\" itself cannot be had",
          ["new"]))
    }
    return found
  }

  /// Items of the books with nearly the category's name.
  private mutating func listedItems(_ name: String) -> [Candidate] {
    var found: [Candidate] = []
    for near in itemDoctor.near(name) {
      let item = usableItems[near.number]
      let words =
        near.difference.causes.isEmpty
        ? item.name == name
          ? "QuickBooks has a \(item.typeWords) of this name"
          : "QuickBooks has a \(item.typeWords) of this name below another one"
        : "QuickBooks has this \(item.typeWords): \(near.difference.words)"
      found.append(
        candidate(
          .item, name, item.name, account: account(of: item), near.certainty, words,
          near.difference.causes.map(\.id)))
    }
    return found
  }

  private var defaultAccount: String { context.settings.quickBooks.defaultIncomeAccount }

  /// The account on the line: the item's own, so that nothing moves it to another one.
  private func account(of item: CompanySnapshot.Item) -> String {
    item.account.isEmpty ? defaultAccount : item.account
  }

  /// The category's name as far as QuickBooks would take it.
  private func newItemName(_ name: String) -> String {
    assessor.items.newName(for: names.level(name))
  }

  private static func leaf(_ path: String) -> String {
    path.lastIndex(of: ":").map { String(path[path.index(after: $0)...]) } ?? path
  }

  // MARK: - Customers

  func customers() -> [Suggestion] {
    var suggestions: [Suggestion] = []
    for (number, entry) in assessor.customers.entries.enumerated()
    where !entry.name.isEmpty && entry.mappingLine == nil && number < plan.customerTotals.count {
      let totals = plan.customerTotals[number]
      let stake = totals.delivered + totals.alreadySynced + totals.suppressed + totals.held
      guard stake.invoices > 0 else { continue }
      let rules = entry.holding.rules.filter {
        $0.subject == .customer && $0 != .customerListedTwice
      }
      let candidates =
        rules.isEmpty ? resembling(entry, number) : customerCandidates(rules, entry, number)
      guard let rule = rules.first ?? (candidates.isEmpty ? nil : .customerNotPaired) else {
        continue
      }
      if rule == .customerNameClash, candidates.isEmpty { continue }
      suggestions.append(
        Suggestion(
          kind: .customer, loadOps: entry.name, stake: stake, isHolding: !rules.isEmpty,
          problem: rules.isEmpty
            ? "it would be a new customer beside one of nearly the same name"
            : assessor.problem(rule, customer: number),
          candidates: SuggestionMaker.best(candidates)))
    }
    return suggestions
  }

  /// For a customer that is created although QuickBooks has nearly the same name.
  private func resembling(_ entry: CustomerBook.Entry, _ number: Int) -> [Candidate] {
    guard entry.pairing == .created, assessor.customers.knowsQuickBooks else { return [] }
    return diagnosed(entry, number)
  }

  private func customerCandidates(
    _ rules: [Rule], _ entry: CustomerBook.Entry, _ number: Int
  ) -> [Candidate] {
    let (book, name) = (assessor.customers, entry.name)
    var found: [Candidate] = []
    for rule in rules {
      switch rule {
      case .customerUnknown:
        for near in book.listedNear(name).prefix(PairingDoctor.shown) {
          let isSurface = near.difference.isSurface
          found.append(
            candidate(
              .customer, name, book.targetName(ofListed: near.name), isSurface ? .folded : .likely,
              "the customers export has \"\(near.name)\": \(near.difference.words)",
              near.difference.causes.map(\.id)))
        }
        found += diagnosed(entry, number)
      case .customerNotPaired, .customerNameTaken:
        guard !entry.isWrittenOtherwise else { continue }
        found += diagnosed(entry, number)
        if rule == .customerNameTaken {
          found.append(
            candidate(
              .customer, name, book.freeName(for: name), .possible, isNew: true,
              "a customer of its own, beside the one who has the name", ["new"]))
        }
      case .customerNameClash:
        // One of those that clash keeps its name; the others may be given it.
        let keeper = book.keeper(of: number)
        guard keeper != name else { continue }
        found.append(
          candidate(
            .customer, name, keeper, .likely,
            "nobody can tell the two apart but you; only if they are one customer",
            ["same-for-quickbooks"]))
      default:
        if let target = assessor.fittingName(rule, customer: number) {
          found.append(
            candidate(
              .customer, name, target, .possible, isNew: true, "a name that QuickBooks can keep",
              ["new"]))
        }
      }
    }
    return found
  }

  private func diagnosed(_ entry: CustomerBook.Entry, _ number: Int) -> [Candidate] {
    guard assessor.customers.knowsQuickBooks else { return [] }
    return assessor.customers.diagnosis(number).candidates.filter {
      $0.entry.role.isCustomer && names.path($0.target) == $0.target
    }.map {
      candidate(
        .customer, entry.name, $0.target, $0.certainty, $0.words(entry.name), $0.reasons)
    }
  }

  // MARK: - Terms and classes

  func terms() -> [Suggestion] {
    var suggestions: [Suggestion] = []
    for (number, entry) in assessor.terms.entries.enumerated()
    where entry.terms == nil && number < plan.heldTerms.count
      && context.mapping.terms(for: entry.name) == nil
    {
      let stake = plan.heldTerms[number]
      guard stake.invoices > 0 else { continue }
      suggestions.append(
        Suggestion(
          kind: .terms, loadOps: entry.name, stake: stake, isHolding: true,
          problem: "it does not say by itself when the money is due",
          candidates: SuggestionMaker.best(termsCandidates(entry.name))))
    }
    return suggestions
  }

  private func termsCandidates(_ name: String) -> [Candidate] {
    let key = CategoryVocabulary.key(name)
    var found: [Candidate] = []
    let listed = context.books.terms.filter { !$0.isInactive }.map(\.name)
      .filter { Terms(selfExplaining: $0) != nil }
    for terms in listed where CategoryVocabulary.key(terms) == key {
      found.append(
        candidate(.terms, name, terms, .folded, "QuickBooks has these terms", ["listed"]))
    }
    let words = name.lowercased()
    let numbers = words.split { !$0.isNumber }.compactMap { Int($0) }
    var meant: (name: String, certainty: Certainty)?
    if numbers.count == 1, (1...180).contains(numbers[0]) {
      let isPlain = key == "net\(numbers[0])" || key == "net\(numbers[0])days"
      meant = ("Net \(numbers[0])", isPlain ? .folded : .likely)
    } else if numbers.isEmpty,
      ["receipt", "cod", "immediate", "cash", "prepaid"].contains(where: words.contains)
    {
      meant = ("Due on Receipt", .likely)
    }
    if let meant {
      // As QuickBooks spells it, when it does.
      let spelt = listed.first { $0.lowercased() == meant.name.lowercased() } ?? meant.name
      found.append(
        candidate(
          .terms, name, spelt, meant.certainty,
          isNew: context.books.holds(.terms) && !listed.contains(spelt),
          "its words seem to say so", ["words"]))
    }
    return found
  }

  func classes() -> [Suggestion] {
    let classes = context.books.classes.filter { !$0.isInactive }
    guard !classes.isEmpty else { return [] }
    let index = NameIndex(classes.lazy.map { SuggestionMaker.leaf($0.name) })
    var suggestions: [Suggestion] = []
    for (number, terminal) in assessor.terminals.names.enumerated()
    where assessor.terminals.entries[number] == nil && number < plan.terminalTotals.count {
      let stake = plan.terminalTotals[number]
      guard stake.invoices > 0 else { continue }
      let found = index.near(terminal).compactMap { hit -> Candidate? in
        let name = classes[Int(hit.number)].name
        let difference = NameDifference(terminal, SuggestionMaker.leaf(name))
        guard difference.causes != [.otherName] else { return nil }
        let certainty: Certainty =
          difference.causes.isEmpty ? .exact : difference.isSurface ? .folded : .possible
        return candidate(
          .className, terminal, name, certainty,
          "QuickBooks has this class" + (difference.causes.isEmpty ? "" : ": \(difference.words)"),
          difference.causes.map(\.id))
      }
      guard !found.isEmpty else { continue }
      suggestions.append(
        Suggestion(
          kind: .className, loadOps: terminal, stake: stake, isHolding: false,
          problem: "its invoices go out without a class",
          candidates: SuggestionMaker.best(found)))
    }
    return suggestions
  }
}
