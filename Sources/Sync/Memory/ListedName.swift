public import Ledger
internal import QuickBooks
public import Vocabulary

/// One customer or income category of a list, with its name in QuickBooks and what was sent or waits.
public struct ListedName: Sendable, Hashable {
  /// Synced, non-synced, suppressed or held.
  public var status: ListStatus
  /// The name in LoadOps; empty when only QuickBooks knows it.
  public var name: String
  /// The name in QuickBooks; nil when it has none.
  public var quickBooksName: String?
  /// How it is paired, or why it is held: words for people.
  public var words: String
  /// What was sent; nil for income categories, for which the ledger does not count it.
  public var sent: Tally? = .zero
  /// What the export holds and would be sent.
  public var ready = Tally.zero
  /// What the export holds and waits.
  public var held = Tally.zero
}

/// Gathers customers and income categories from the mapping, the ledger, and an export.
public struct NameList {
  private let query: ListQuery
  private let mapping: MappingFile
  private let ledger: SyncLedger?
  private let plan: SyncPlan?

  /// A list over what there is: the mapping, a ledger, an export's plan.
  public init(_ query: ListQuery, mapping: MappingFile, ledger: SyncLedger?, plan: SyncPlan?) {
    self.query = query
    self.mapping = mapping
    self.ledger = ledger
    self.plan = plan
  }

  // MARK: - Customers

  /// The customers by name.
  ///
  /// - Parameters:
  ///   - suppression: Whose invoices may not be sent.
  ///   - today: The day.
  /// - Returns: Those that the query wants.
  /// - Throws: `Failure` when the ledger cannot be read.
  public func customers(
    suppression: SuppressionList, today: CalendarDate
  ) throws(Failure) -> [ListedName] {
    var names: [String: ListedName] = [:]
    let declared = try ledger?.declared(.customer) ?? []
    let known = Set(declared.map(\.quickBooksName))
    for row in mapping.rows(of: .customer) {
      names[row.loadOps] = ListedName(
        status: known.contains(row.quickBooks) ? .synced : .nonSynced, name: row.loadOps,
        quickBooksName: row.quickBooks, words: "mapping.csv line \(row.line)")
    }
    for entry in declared {
      let sources = entry.loadOpsNames.isEmpty ? [entry.quickBooksName] : entry.loadOpsNames
      for source in sources where names[source] == nil {
        names[source] = ListedName(
          status: .synced, name: source, quickBooksName: entry.quickBooksName,
          words: "declared by run \(entry.run)")
      }
    }
    var filter = LedgerFilter()
    (filter.from, filter.until) = (query.from, query.until)
    for tally in try ledger?.customerTallies(filter) ?? [] {
      var listed =
        names[tally.customer]
        ?? ListedName(
          status: .synced, name: tally.customer, quickBooksName: tally.quickBooksCustomer,
          words: "entered by hand")
      listed.status = .synced
      listed.sent? += Tally(
        invoices: tally.sent.invoices, lines: tally.sent.lines, amount: tally.sent.amount)
      names[tally.customer] = listed
    }
    if let plan { add(plan, to: &names, known) }
    for entry in suppression.entries where entry.invoiceNumber == nil {
      guard let name = entry.customerName, entry.isInForce(on: today) else { continue }
      var listed =
        names[name]
        ?? ListedName(status: .suppressed, name: name, quickBooksName: nil, words: "")
      listed.status = .suppressed
      listed.words = "\(suppression.path):\(entry.line): \(entry.reason)"
      names[name] = listed
    }
    return sorted(names)
  }

  private func add(
    _ plan: SyncPlan, to names: inout [String: ListedName], _ known: Set<String>
  ) {
    let book = plan.assessor.customers
    for (number, entry) in book.entries.enumerated() where !entry.name.isEmpty {
      var listed =
        names[entry.name]
        ?? ListedName(status: .nonSynced, name: entry.name, quickBooksName: nil, words: "")
      if entry.holding.isEmpty {
        let written = book.writtenName(number)
        listed.quickBooksName = written
        listed.status = known.contains(written) || listed.status == .synced ? .synced : .nonSynced
        switch entry.pairing {
        case .known:
          listed.words = listed.status == .synced ? "sent before" : "in QuickBooks' books"
        case .mapped: listed.words = "by the mapping file"
        case .created: listed.words = "new in QuickBooks"
        case .none: break
        }
      } else {
        listed.status = .held
        listed.words = entry.holding.rules.map(\.kind.id).joined(separator: ", ")
      }
      names[entry.name] = listed
    }
    for share in plan.report.byCustomer {
      names[share.name]?.ready += share.totals.delivered
      names[share.name]?.held += share.totals.held
    }
  }

  // MARK: - Items

  /// The income categories by name.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func items() throws(Failure) -> [ListedName] {
    var names: [String: ListedName] = [:]
    let declared = Dictionary(
      (try ledger?.declared(.item) ?? []).map { ($0.quickBooksName, $0) },
      uniquingKeysWith: { first, _ in first })
    for row in mapping.rows(of: .item) {
      let run = declared[row.quickBooks]?.run
      names[row.loadOps] = ListedName(
        status: run == nil ? .nonSynced : .synced, name: row.loadOps,
        quickBooksName: row.quickBooks,
        words: (row.account.map { "books on \($0); " } ?? "") + "mapping.csv line \(row.line)"
          + (run.map { "; declared by run \($0)" } ?? ""))
    }
    let mapped = Set(names.values.compactMap(\.quickBooksName))
    for entry in declared.values where !mapped.contains(entry.quickBooksName) {
      names[entry.quickBooksName] = ListedName(
        status: .synced, name: "", quickBooksName: entry.quickBooksName,
        words: "declared by run \(entry.run); nothing maps to it any more")
    }
    if let plan {
      for share in plan.report.byIncomeCategory {
        // Categories are looked up without regard to case when no row has them exactly.
        let name = mapping.item(for: share.name)?.loadOps ?? share.name
        var listed =
          names[name]
          ?? ListedName(
            status: .held, name: name, quickBooksName: nil,
            words: "not mapped: "
              + plan.assessor.items.suggestion(for: share.name))
        listed.ready += share.totals.delivered
        listed.held += share.totals.held
        names[name] = listed
      }
    }
    return sorted(names).map { listed in
      var listed = listed
      listed.sent = nil
      return listed
    }
  }

  private func sorted(_ names: [String: ListedName]) -> [ListedName] {
    names.values.filter { listed in
      (query.status.map { $0 == listed.status || ($0 == .nonSynced && listed.status == .held) }
        ?? true)
        && query.finds(listed.name, listed.quickBooksName ?? "")
        && (query.customer.map { $0 == listed.name || $0 == listed.quickBooksName } ?? true)
    }.sorted { ($0.name, $0.quickBooksName ?? "") < ($1.name, $1.quickBooksName ?? "") }
  }
}

extension ListedName {
  /// One line of the list, with its line end.
  public var text: String {
    var text = ListText.padded(status.rawValue, 12)
    let left = FindingText.visible(name.isEmpty ? "(nothing)" : name)
    text += "\(left) -> \(FindingText.visible(quickBooksName ?? "(none)"))  "
    text += "[\(FindingText.visible(words))]"
    for (what, tally) in [("sent", sent ?? .zero), ("ready", ready), ("held", held)]
    where tally.invoices > 0 {
      text += "\n            \(what) \(SyncReport.counted(tally.invoices, "invoice")), "
      text += tally.amount.grouped
    }
    return text + "\n"
  }

  /// The same for programs.
  public var json: JSONText {
    [
      "name": .string(name), "quickbooks_name": .string(orNull: quickBooksName),
      "status": .string(status.rawValue), "words": .string(words),
      "sent": sent.map(JSONReport.tally) ?? .null, "ready": JSONReport.tally(ready),
      "held": JSONReport.tally(held),
    ]
  }
}
