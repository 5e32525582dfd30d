internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// What QuickBooks refused once it would refuse again, as long as nothing has changed: neither a name in the
/// mapping or the settings, nor the books, nor the invoice.
extension InvoiceAssessor {
  mutating func checkRefusals(_ record: Record, _ invoice: Invoice) {
    let holds = context.ledger.holds
    guard !holds.isEmpty else { return }
    if let own = holds[.invoice]?[record.string(invoice.number).lowercased()] {
      if own.cause == .inQuickBooks {
        raise(.inQuickBooksAfterUndo, record, invoice.number, .invoiceNumber) { me in
          Detail(
            message: "QuickBooks has invoice \(record.string(invoice.number)) from run \(own.run)"
              + (own.isOfUndoneRun ? ", which was taken back" : ""),
            remedy: RemovalRequests.remedy(own, record.string(invoice.number)))
        }
      } else if own.contentHash == result.content {
        raise(.refusedByQuickBooks, record, invoice.number, .invoiceNumber) { me in
          me.refusal(own, invoice: record.string(invoice.number))
        }
      }
    }
    let customer = result.customer
    if customers.entries[customer].holding.isEmpty, !customers.entries[customer].isInBooks,
      let hold = holds[.customer]?[customers.writtenName(customer).lowercased()]
    {
      raise(.refusedByQuickBooks, record, invoice.customer, .customerName) { me in
        me.refusal(hold, customer: me.customers.entries[customer].name)
      }
    }
    checkRefusedItems(record, invoice, holds)
    if let number = result.terms, terms.entries[number].listed == nil,
      let name = terms.entries[number].terms?.name,
      let hold = holds[.terms]?[names.path(name).lowercased()]
    {
      raise(.refusedByQuickBooks, record, invoice.terms, .terms) { me in me.refusal(hold) }
    }
    if let terminal = result.terminal, let path = terminals.entries[terminal],
      books.className(path) == nil, let hold = holds[.class]?[names.path(path).lowercased()]
    {
      raise(.refusedByQuickBooks, record, invoice.terminal, .terminal) { me in me.refusal(hold) }
    }
    let receivable = context.settings.quickBooks.accountsReceivable
    if books.account(receivable) == nil,
      let hold = holds[.account]?[names.path(receivable).lowercased()]
    {
      raise(.refusedByQuickBooks, record, invoice.number, nil) { me in me.refusal(hold) }
    }
    if let codes = holds[.taxCode],
      let hold = codes[context.settings.qbxmlFormat.salesTaxCode.lowercased()]
    {
      raise(.refusedByQuickBooks, record, invoice.number, nil) { me in me.refusal(hold) }
    }
  }

  private mutating func checkRefusedItems(
    _ record: Record, _ invoice: Invoice, _ holds: [LedgerHold.Kind: [String: LedgerHold]]
  ) {
    guard holds[.item] != nil || holds[.account] != nil else { return }
    var told: Set<String> = []
    for line in invoice.lines {
      let number = items.number(of: record.text.span.extracting(line.category.value.range))
      let entry = items.entries[number]
      guard entry.holding.isEmpty, let item = entry.item, books.item(item) == nil else { continue }
      let found = [
        holds[.item]?[names.path(item).lowercased()],
        books.account(entry.account) == nil
          ? holds[.account]?[names.path(entry.account).lowercased()] : nil,
      ]
      for hold in found.compactMap(\.self)
      where told.insert("\(hold.kind) \(hold.name)").inserted {
        raise(.refusedByQuickBooks, record, line.category, .category) { me in me.refusal(hold) }
      }
    }
  }

  /// What a refusal says, and what frees what it holds.
  private func refusal(
    _ hold: LedgerHold, invoice: String? = nil, customer: String? = nil
  ) -> Detail {
    let kind = hold.kind.rawValue.replacing("_", with: " ")
    var detail = Detail(message: "")
    if !hold.words.isEmpty { detail.notes = ["QuickBooks says: \(hold.words)"] }
    let release = AnswerJudge.release(hold.name)
    switch hold.cause {
    case .taken where hold.kind == .invoice:
      detail.message =
        "QuickBooks refused invoice \(hold.name) in run \(hold.run): it has a document with this number"
      detail.remedy = AnswerJudge.numberTaken(hold.name)
    case .taken:
      detail.message =
        "QuickBooks refused customer \"\(hold.name)\" in run \(hold.run): \(AnswerJudge.somebodyElse) "
        + "has this name"
      // The line stands last, so that it can be copied to the end.
      detail.remedy =
        "when the name is free, \(release); or, to give the customer another name, "
        + ask(customer ?? hold.name, AnswerJudge.otherName(hold.name))
    case .missing:
      detail.message =
        "QuickBooks lacked the \(kind) \"\(hold.name)\" in run \(hold.run), and nothing has changed "
        + "since"
      detail.remedy = "make it in QuickBooks and \(release); or give it another name in mapping.csv"
      if hold.kind == .customer {
        detail.remedy =
          "make it in QuickBooks and \(release); or, if a vendor or an employee has the name, "
          + ask(customer ?? hold.name, AnswerJudge.otherName(hold.name))
      }
    case .unnamed, .inQuickBooks:
      detail.message =
        "QuickBooks refused \(kind) \"\(hold.name)\" in run \(hold.run), because it refers to "
        + "something that QuickBooks lacks"
      detail.remedy = "make in QuickBooks what is missing, then \(release)"
    }
    return detail
  }
}
