internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Vocabulary

extension InvoiceAssessor {
  // MARK: - Reading

  mutating func checkReading(_ record: Record, _ invoice: Invoice) {
    for (row, fault) in record.faults {
      raise(.unreadableRecord, record, record.cell(ofFault: fault, row), nil) {
        Detail(message: InvoiceAssessor.describe(fault))
      }
    }
    guard record.faults.isEmpty else { return }
    for flaw in invoice.flaws { raise(flaw, record) }
    checkEnd(record, invoice)
    if invoice.number.isEmpty {
      // What else the row lacks follows from its being no row of an invoice.
      raise(.numberMissing, record, .absent, .invoiceNumber) {
        Detail(message: "this row has no invoice number")
      }
      return
    }
    if invoice.isLumped {
      raise(.invoiceLumped, record, invoice.number, .category) {
        let category = invoice.lines.first.map { record.string($0.category) } ?? ""
        return Detail(
          message: "all of invoice \(record.string(invoice.number)) goes to \"\(category)\"")
      }
    }
    let dateIsFlawed = invoice.flaws.contains { $0.field == .invoiceDate }
    if invoice.date == nil, !dateIsFlawed {
      raise(.dateMissing, record, invoice.number, .invoiceDate) {
        Detail(message: "invoice \(record.string(invoice.number)) has no invoice date")
      }
    }
    if invoice.lines.isEmpty {
      raise(.linesMissing, record, invoice.number, nil) {
        Detail(
          message: "invoice \(record.string(invoice.number)) has no lines",
          remedy: record.isLoneObject && invoice.declaredTotal != nil
            ? "export the invoice with its line items, or set layouts.header_only to the income category "
              + "that each total shall go to" : nil)
      }
    }
    if !invoice.loadID.isEmpty,
      !record.text[invoice.loadID.value.range].elementsEqual(
        record.text[invoice.number.value.range])
    {
      raise(.loadIDDiffers, record, invoice.loadID, .loadID) {
        Detail(
          message: "load id \(record.string(invoice.loadID)) is not the invoice number "
            + record.string(invoice.number))
      }
    }
  }

  mutating func checkForced(
    _ record: Record, _ invoice: Invoice, _ forced: RuleSet, _ places: [String]
  ) {
    guard !forced.isEmpty else { return }
    let number = record.string(invoice.number)
    // A total that ties would show a missing row; without one nobody can know.
    let hasTotal = invoice.declaredTotal != nil
    for rule in forced.rules where rule != .mayBeIncomplete || !hasTotal {
      raise(rule, record, invoice.number, .invoiceNumber) { me in
        let notes = places.prefix(5).map { "also at \($0)" }
        switch rule {
        case .rowsNotAdjacent:
          return Detail(
            message: "the rows of invoice \(number) stand in several places", notes: notes)
        case .invoiceRepeated:
          return Detail(
            message: "invoice \(number) is repeated exactly; it is read once", notes: notes)
        case .sameNumberDifferentContent:
          return Detail(
            message: "invoice number \(number) stands for different invoices", notes: notes)
        case .numberTaken:
          return Detail(
            message: "another invoice of this export would have the document number "
              + "\(me.documentNumber(number)), too", notes: notes)
        case .zerosLost:
          return Detail(
            message:
              "invoice number \(number) and another one of this export differ only by zeros in "
              + "front; they may be one invoice", notes: notes)
        case .mayBeIncomplete:
          return Detail(
            message:
              "a row that may belong to invoice \(number) has no number that can be read, or "
              + "stands inside a cell of another row")
        default: return Detail(message: rule.kind.meaning)
        }
      }
    }
  }

  // MARK: - Numbers

  /// The number as QuickBooks shall keep it.
  func documentNumber(_ number: String) -> String {
    context.settings.policies.longNumbers == .keepRight
      ? String(number.suffix(destination.documentNumberLimit)) : number
  }

  mutating func checkNumber(_ record: Record, _ invoice: Invoice) {
    guard !invoice.number.isEmpty else { return }
    let text = record.text.span.extracting(invoice.number.value.range)
    if !destination.keeps(documentNumber: text) || record.numberLooksLost(invoice.number) {
      raise(.numberIllegal, record, invoice.number, .invoiceNumber) {
        Detail(
          message: "invoice number \"\(record.string(invoice.number))\" cannot be kept as it is")
      }
      return
    }
    var written = invoice.number.value.range
    if written.count > destination.documentNumberLimit {
      guard context.settings.policies.longNumbers == .keepRight else {
        raise(.numberTooLong, record, invoice.number, .invoiceNumber) { me in
          Detail(
            message: "invoice number \"\(record.string(invoice.number))\" has \(written.count) "
              + "characters; \(me.destination.product) keeps \(me.destination.documentNumberLimit)")
        }
        return
      }
      written = written.upperBound - destination.documentNumberLimit..<written.upperBound
      // One that another invoice has is not written at all.
      if !result.rules.contains(.numberTaken) {
        raise(.numberShortened, record, invoice.number, .invoiceNumber) { me in
          let number = record.string(invoice.number)
          return Detail(message: "invoice \(number) is written as \(me.documentNumber(number))")
        }
      }
    }
    checkZeros(record, invoice, text)
    let kind: LedgerEntry.DocumentKind = result.kind == .invoice ? .invoice : .creditMemo
    let document = record.text.span.extracting(written)
    if context.ledger.lookup(text) == nil, context.ledger.isDocumentNumberTaken(kind, document) {
      raise(.numberTaken, record, invoice.number, .invoiceNumber) { me in
        Detail(
          message:
            "document number \(me.documentNumber(record.string(invoice.number))) was already "
            + "sent for another invoice")
      }
    }
  }

  /// Holds a number of digits only that was sent before with more or fewer zeros in front.
  private mutating func checkZeros(_ record: Record, _ invoice: Invoice, _ number: Span<UInt8>) {
    guard context.ledger.count > 0, number.count <= 20, context.ledger.lookup(number) == nil else {
      return
    }
    var digits: [UInt8] = []
    for index in number.indices {
      guard number[index] &- 0x30 < 10 else { return }
      if !digits.isEmpty || number[index] != 0x30 { digits.append(number[index]) }
    }
    guard !digits.isEmpty else { return }
    while digits.count <= 12 {
      if digits.count != number.count, context.ledger.lookup(digits.span) != nil {
        let known = String(decoding: digits, as: UTF8.self)
        raise(.zerosLost, record, invoice.number, .invoiceNumber) {
          Detail(
            message:
              "invoice \(record.string(invoice.number)) looks like \(known), which was sent before")
        }
        return
      }
      digits.insert(0x30, at: 0)
    }
  }

  // MARK: - Arithmetic

  mutating func checkArithmetic(_ record: Record, _ invoice: Invoice) {
    for (index, line) in invoice.lines.enumerated() {
      if line.amount == nil {
        if invoice.isJoined {
          raiseUnreadableIncome(record, invoice, index)
        } else if !invoice.flaws.contains(where: { $0.row == line.row && $0.field == .amount }) {
          raise(.amountMissing, record, record.wholeRow(line.row), .amount) {
            Detail(message: "this line of invoice \(record.string(invoice.number)) has no amount")
          }
        }
        continue
      }
      checkRate(record, line)
    }
    checkIdenticalRows(record, invoice)
    if abs(result.amount.cents) > Money.maximum.cents {
      raise(.amountUnreadable, record, record.firstCell(.invoiceTotal), .invoiceTotal) { me in
        Detail(
          message: "the lines add up to \(me.result.amount), more than the \(Money.maximum) that "
            + "QuickBooks takes", remedy: "split the invoice")
      }
    }
    let isReadable = record.faults.isEmpty && !invoice.flaws.contains { $0.isAboutMoney }
    guard isReadable, !invoice.lines.isEmpty, !result.rules.contains(.amountMissing) else { return }
    if let declared = invoice.declaredTotal, declared != result.amount {
      let cell = record.firstCell(.invoiceTotal)
      raise(.totalMismatch, record, cell, .invoiceTotal) { me in
        let difference = me.result.amount - declared
        return Detail(
          message: "the lines of invoice \(record.string(invoice.number)) add up to "
            + "\(me.result.amount), but its total is \(declared): a difference of \(difference)",
          notes: me.incomePlaces(record, invoice))
      }
    }
    if let due = invoice.dueAmount, due > max(invoice.declaredTotal ?? result.amount, .zero) {
      raise(.dueAmountExceedsTotal, record, record.firstCell(.dueAmount), .dueAmount) { me in
        Detail(
          message: "\(due) is still due on an invoice with a total of "
            + "\(invoice.declaredTotal ?? me.result.amount)")
      }
    }
    if result.amount == .zero, context.settings.policies.zeroTotal != .send {
      raise(.zeroTotal, record, invoice.number, .invoiceTotal) {
        Detail(message: "invoice \(record.string(invoice.number)) has a total of 0.00")
      }
    }
    if result.amount < .zero, context.settings.policies.negativeTotal == .hold {
      raise(.negativeTotal, record, invoice.number, .invoiceTotal) { me in
        Detail(
          message: "invoice \(record.string(invoice.number)) has a total of \(me.result.amount)")
      }
    }
  }

  private mutating func checkRate(_ record: Record, _ line: Invoice.Line) {
    guard let quantity = line.quantity, let rate = line.rate, let amount = line.amount,
      Money(quantity: quantity, rate: rate) != amount
    else { return }
    raise(.rateMismatch, record, record.cell(line.row, .rate), .rate) {
      Detail(message: "\(quantity) at \(rate) is not \(amount); the amount counts")
    }
  }

  private mutating func checkIdenticalRows(_ record: Record, _ invoice: Invoice) {
    guard let pair = record.equalLines(invoice) else { return }
    let (first, second) = (invoice.lines[pair.first].row, invoice.lines[pair.second].row)
    raise(.rowsIdentical, record, record.wholeRow(second), nil) { me in
      let place = me.placeInWords(record, first, record.wholeRow(first))
      return Detail(message: "this row is the same in every cell as the one in \(place)")
    }
  }

  // MARK: - Items, terms

  mutating func checkItems(_ record: Record, _ invoice: Invoice) {
    for (index, line) in invoice.lines.enumerated() {
      let number = items.number(of: record.text.span.extracting(line.category.value.range))
      let holding = items.entries[number].holding
      for rule in holding.isEmpty ? [] : holding.rules {
        let entry = items.entries[number]
        let cell = line.category.isEmpty ? record.wholeRow(line.row) : line.category
        raise(rule, record, cell, .category) { me in
          var detail = me.detail(rule, entry)
          detail.notes += me.incomePlaces(record, invoice, only: index)
          return detail
        }
      }
      if line.isTaxed {
        raise(.lineTaxable, record, record.cell(line.row, .taxable), .taxable) {
          Detail(message: "this line is marked as taxable")
        }
      }
    }
  }

  private func detail(_ rule: Rule, _ entry: ItemBook.Entry) -> Detail {
    switch rule {
    case .categoryMissing: return Detail(message: "this line has no income category")
    case .itemUnfit:
      let line = MappingFile.line(
        kind: .item, loadops: entry.name, quickbooks: "A SERVICE ITEM", account: nil)
      return Detail(
        message: "QuickBooks would refuse item \"\(entry.item ?? "")\" of income category "
          + "\"\(entry.name)\": " + entry.objections.joined(separator: "; "),
        remedy: "put it right in QuickBooks and "
          + (context.settings.target == .online
            ? "fetch the books again with loadbooks pull --refresh" : "export the lists again")
          + ", or change its line of mapping.csv: \(line)")
    case .itemNotInBooks:
      return Detail(
        message:
          "item \"\(entry.item ?? "")\" of income category \"\(entry.name)\" is not in the "
          + (books.isUnfinished(.items)
            ? "part of the items that the books hold"
            : "books, and the settings say not to create it"))
    default:
      let advice = items.advice(for: entry.name)
      let ask = "add to mapping.csv: \(items.suggestion(for: entry.name))"
      let remedy =
        switch advice.certainty {
        case .possible: "if \"\(advice.item)\" is meant, \(ask)"
        case nil where !advice.notes.isEmpty: "for a new item, \(ask)"
        default: ask
        }
      return Detail(
        message: "income category \"\(entry.name)\" has no QuickBooks item",
        remedy: remedy, notes: advice.notes)
    }
  }

  /// The receivable account and the class, as the books have them.
  mutating func checkAccounts(_ record: Record, _ invoice: Invoice) {
    if !receivableObjections.isEmpty {
      raise(.receivableUnfit, record, invoice.number, nil) { me in
        Detail(
          message: "invoices cannot be receivable on "
            + "\"\(me.context.settings.quickBooks.accountsReceivable)\": "
            + me.receivableObjections.joined(separator: "; "))
      }
    }
    if let terminal = result.terminal, let listed = terminals.refused[terminal] {
      raise(.classUnfit, record, invoice.terminal, .terminal) {
        Detail(message: "class \"\(listed.name)\" is inactive in the books (\(listed.location))")
      }
    }
  }

  /// Finds the terminal and the terms, which are the customer's usual ones where the invoice says nothing.
  mutating func settleTerms(_ record: Record, _ invoice: Invoice) {
    if !invoice.terminal.isEmpty {
      result.terminal = terminals.number(
        of: record.text.span.extracting(invoice.terminal.value.range))
    }
    if !invoice.terms.isEmpty {
      result.terms = terms.number(of: record.text.span.extracting(invoice.terms.value.range))
    } else if let usual = customers.entries[result.customer].listed?.terms, !usual.isEmpty {
      let bytes = Array(usual.utf8)
      result.terms = terms.number(of: bytes.span)
    }
  }

  /// When an invoice is due: as stated, or by the terms.
  func dueDate(_ invoice: Invoice, _ assessment: Assessment) -> CalendarDate? {
    if let stated = invoice.dueDate { return stated }
    guard let number = assessment.terms, let date = assessment.date,
      let terms = terms.entries[number].terms
    else { return nil }
    return date.adding(days: terms.dueDays)
  }

  mutating func checkTerms(_ record: Record, _ invoice: Invoice) {
    settleTerms(record, invoice)
    guard let number = result.terms else { return }
    if terms.entries[number].holding.contains(.termsUnfit) {
      let entry = terms.entries[number]
      raise(.termsUnfit, record, invoice.terms, .terms) {
        let name = entry.terms?.name ?? entry.name
        return Detail(
          message: entry.listed.map {
            "terms \"\(name)\" are "
              + ($0.isInactive
                ? "inactive in the books" : "spelt in the books as no file can hold it")
              + " (\($0.location))"
          }
            ?? "terms \"\(name)\" are not in the books, and the settings say not to create them")
      }
    }
    if let listed = terms.entries[number].listed, terms.entries[number].terms?.isDateDriven == true,
      invoice.dueDate == nil
    {
      raise(.termsUnknown, record, invoice.terms, .terms) {
        Detail(
          message:
            "terms \"\(listed.name)\" have no number of days in QuickBooks (\(listed.location)), but a day of "
            + "the month, and the invoice does not say when it is due",
          remedy:
            "have LoadOps export the due date (the column due_date): the invoice keeps these terms then; "
            + "other terms in mapping.csv would change its due date")
      }
    }
    if terms.entries[number].terms == nil {
      let name = terms.entries[number].name
      let row = context.mapping.terms(for: name)
      raise(.termsUnknown, record, invoice.terms, .terms) {
        let days = name.split { !$0.isNumber }
        let meant = days.count == 1 ? "Net \(days[0])" : "Net DAYS"
        let line = MappingFile.line(kind: .terms, loadops: name, quickbooks: meant)
        return Detail(
          message: "terms \"\(row?.quickBooks ?? name)\" do not say when the money is due",
          remedy: row.map { "change line \($0.line) of mapping.csv to: \(line)" }
            ?? "add to mapping.csv, with the terms that are meant: \(line)")
      }
    }
  }

  // MARK: - Policies

  mutating func checkPolicies(_ record: Record, _ invoice: Invoice) {
    result.isSendable = isSendable(record, invoice.status)
    if !result.isSendable {
      raise(.statusNotSendable, record, invoice.status, .status) { me in
        Detail(
          message: "status \"\(record.string(invoice.status))\" is none of "
            + me.context.settings.policies.sendableStatuses.joined(separator: ", "))
      }
    }
    if let date = invoice.date {
      if let closed = closedThrough, date <= closed {
        raise(.periodClosed, record, record.firstCell(.invoiceDate), .invoiceDate) {
          Detail(message: "\(date) is in the period that is closed through \(closed)")
        }
      }
      if date > lastDay {
        raise(.dateInFuture, record, record.firstCell(.invoiceDate), .invoiceDate) {
          me in
          Detail(
            message: "\(date) is more than \(me.context.settings.policies.futureDays) days ahead")
        }
      }
      if let due = invoice.dueDate, due < date {
        raise(.dueBeforeInvoice, record, record.firstCell(.dueDate), .dueDate) {
          Detail(message: "due on \(due), before the invoice date \(date)")
        }
      }
    }
    if !invoice.currency.isEmpty, !record.equals(invoice.currency, currency) {
      raise(.currencyDiffers, record, invoice.currency, .currency) { me in
        Detail(
          message:
            "currency \(record.string(invoice.currency)) is not \(me.context.settings.currency)")
      }
    }
    if record.equals(invoice.syncStatus, "synced"),
      context.ledger.lookup(record.text.span.extracting(invoice.number.value.range)) == nil
    {
      raise(.syncedWithoutRecord, record, invoice.syncStatus, .syncStatus) {
        let number = record.string(invoice.number)
        return Detail(
          message:
            "LoadOps says that invoice \(number) is in QuickBooks, but no run of LoadBooks sent it",
          remedy: "if it is in QuickBooks, say so with: loadbooks adopt \(ShellText.word(number)) "
            + "--reason WHY; otherwise clear its QB status in LoadOps")
      }
    }
  }

  // MARK: - Texts

  mutating func checkTexts(_ record: Record, _ invoice: Invoice) {
    for line in invoice.lines { checkText(record, line.description, .lineDescription) }
    checkText(record, invoice.note, .invoiceNote)
    checkText(record, invoice.origin, .origin)
    checkText(record, invoice.destination, .destination)
    checkText(record, invoice.billOfLading, .billOfLadingNumber)
    if invoice.purchaseOrder.isEmpty {
      checkText(record, invoice.reference, .referenceNumber, limit: destination.purchaseOrderLimit)
    } else {
      checkText(
        record, invoice.purchaseOrder, .purchaseOrderNumber, limit: destination.purchaseOrderLimit)
      checkText(record, invoice.reference, .referenceNumber)
    }
  }

  private mutating func checkText(
    _ record: Record, _ cell: Cell, _ field: Field, limit stated: Int? = nil
  ) {
    guard !cell.isEmpty else { return }
    let limit = stated ?? destination.memoLimit
    let changes = names.text.changes(
      record.text.span.extracting(cell.value.range), limit: limit)
    guard !changes.isEmpty else { return }
    if changes.contains(.cut) {
      raise(.textCut, record, cell, field) {
        Detail(
          message: "\(field.name) is longer than the \(limit) characters that QuickBooks keeps")
      }
    }
    if changes.contains(.unrepresentable) {
      raise(.textUnrepresentable, record, cell, field) { me in
        Detail(
          message: "\(field.name) is written as \"\(me.converted(record, cell))\"",
          remedy: me.context.settings.target == .iif
            ? nil
            : "change the text in LoadOps: QuickBooks Desktop keeps letters of Western European languages"
        )
      }
    } else if !changes.isDisjoint(with: [.transliterated, .punctuation]) {
      raise(.textChanged, record, cell, field) { me in
        Detail(message: "\(field.name) is written as \"\(me.converted(record, cell))\"")
      }
    }
  }

  private func converted(_ record: Record, _ cell: Cell) -> String {
    names.text.converted(record.string(cell))
  }
}

extension Invoice.Flaw {
  /// Whether the flaw makes the sum of the lines uncertain.
  var isAboutMoney: Bool {
    problem != .exponent && (field == .amount || field == .invoiceTotal)
  }
}

extension Record {
  /// Whether what stands there is no number: `1.23E+11`, `#REF!`, `N/A`, or no letter or digit at all.
  func numberLooksLost(_ cell: Cell) -> Bool {
    let bytes = text[cell.value.range]
    guard let first = bytes.first else { return false }
    if first == UInt8(ascii: "#") { return bytes.count > 1 }
    let isWord = bytes.contains { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 >= 0x80 }
    if !isWord || equals(cell, "N/A") { return true }
    return SpreadsheetText.hasLostDigits(text.span.extracting(cell.value.range))
  }

  /// The first cell of a field that says something, whichever row it stands in.
  func firstCell(_ field: Field) -> Cell {
    for row in rows.indices {
      let cell = cell(row, field)
      if !cell.isEmpty { return cell }
    }
    return .absent
  }
}
