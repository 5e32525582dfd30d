internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// One answer with its request and what follows from it.
struct AnswerItem {
  let request: QBXMLRequest
  let answer: QBXMLAnswer
  let record: QBXMLRecord?
  let judgement: AnswerJudgement
  let messageSet: String
  let entity: LedgerAnswer.Entity
  var result: LedgerAnswer.Result = .accepted
  /// Whether a list entry was there already.
  var exists = false
  var finding: Finding?

  /// Whether it is to be asked again.
  var isPostponed: Bool { if case .postponed = result { true } else { false } }

  /// `invoice 10234`, `customer "Pine & Fir"`.
  var title: String {
    switch entity {
    case .invoice: "invoice \(request.name)"
    case .creditMemo: "credit memo \(request.name)"
    default: "\(entity.rawValue) \"\(request.name)\""
    }
  }

  /// What it is about, in the sign of LoadOps.
  var amount: Money { request.total }

  /// It cannot be sent again as it was.
  mutating func giveUp() {
    result = .refused
    finding?.remedy = "its file is missing or was changed: convert the export again"
  }

  /// The answer as the ledger keeps it.
  var ledgerAnswer: LedgerAnswer {
    var kept = LedgerAnswer(
      entity: entity, name: request.name, requestID: request.id, messageSet: messageSet,
      result: result)
    if answer.status != 0 {
      kept.code = String(answer.status)
      kept.words = answer.message.isEmpty ? nil : answer.message
    }
    if result == .accepted, let record {
      kept.quickBooksID = record.quickBooksID.isEmpty ? nil : record.quickBooksID
      kept.editSequence = record["EditSequence"].isEmpty ? nil : record["EditSequence"]
      kept.amount = record.total.map { entity == .creditMemo ? -$0 : $0 }
    }
    return kept
  }
}

/// Decides what follows from answers, one by one and then together.
struct AnswerJudge {
  let ledger: SyncLedger
  let run: RunRequests
  let books: CompanySnapshot?
  let known: [String: LedgerRequest]

  /// An answer with its request; nil when the run has none with its id.
  func item(_ answer: QBXMLAnswer, _ record: QBXMLRecord?, _ messageSet: String) -> AnswerItem? {
    guard let request = run[answer.requestID], request.type == answer.type || answer.type.isEmpty,
      let entity = LedgerAnswer.Entity(request: request.type)
    else { return nil }
    return AnswerItem(
      request: request, answer: answer, record: record, judgement: AnswerJudgement(answer),
      messageSet: messageSet, entity: entity)
  }

  /// Whether the ledger does not know it yet.
  func isNews(_ item: AnswerItem) -> Bool {
    guard let known = known[item.request.id] else { return true }
    if known.state == .accepted || known.state == .refused { return false }
    // Asked again in another set since.
    return item.messageSet == lastSet(of: item.request.id)
  }

  /// The set in which a request was sent last.
  private func lastSet(of id: String) -> String? {
    run.files.last { file in file.requests.contains { $0.id == id } }?.messageSet
  }

  /// Decides about all answers of a set: some mean more beside others.
  func settle(_ items: inout [AnswerItem]) throws(Failure) {
    for index in items.indices { decideAlone(&items[index]) }
    // A customer that invoices refer to in vain is not the customer whose name is taken.
    let missing = Set(
      items.compactMap { item -> String? in
        guard case .referenceMissing(let kind, let name) = item.judgement, kind == "Customer"
        else { return nil }
        return name.lowercased()
      })
    let proven = Set(
      items.filter { $0.entity == .invoice || $0.entity == .creditMemo }
        .filter { $0.result == .accepted }.map { $0.request.customer.lowercased() })
    for index in items.indices where items[index].judgement == .nameTaken {
      try decideTaken(&items[index], missing, proven)
    }
    let waiting = Set(
      items.filter { $0.isPostponed }.map {
        "\($0.entity.rawValue) \($0.request.name.lowercased())"
      })
    let collided = missing.union(
      items.filter { $0.entity == .customer && $0.result == .refused }
        .map { $0.request.name.lowercased() }
    ).subtracting(
      items.filter { $0.entity == .customer && $0.isPostponed }.map { $0.request.name.lowercased() }
    )
    for index in items.indices {
      // What lacks nothing but an entry that is asked for again is asked for again with it.
      if case .referenceMissing(let kind, let name) = items[index].judgement,
        waiting.contains("\(kind.lowercased()) \(name.lowercased())")
      {
        items[index].result = .postponed(resentIn: "")
        items[index].finding?.remedy = AnswerRules.postponed.remedy
      }
      if items[index].isPostponed, collided.contains(items[index].request.customer.lowercased()) {
        items[index].result = .refused
        items[index].finding = finding(
          AnswerRules.referenceMissing, items[index],
          "its customer \"\(items[index].request.customer)\" is not in QuickBooks", nil)
      }
    }
    for index in items.indices { decideReference(&items[index]) }
  }

  /// Customers whose names were taken when they were asked for, and that turn out to be none.
  func impostors(among items: [AnswerItem]) -> [LedgerAnswer] {
    var found: [String: LedgerAnswer] = [:]
    for item in items {
      guard let request = impostor(item) else { continue }
      var answer = LedgerAnswer(
        entity: .customer, name: request.name, requestID: request.requestID,
        messageSet: item.messageSet, result: .refused)
      (answer.code, answer.words) = (String(item.answer.status), item.answer.message)
      found[request.requestID] = found[request.requestID] ?? answer
    }
    return found.values.sorted { $0.requestID < $1.requestID }
  }

  /// The customer that a document names in vain, although its name was said to be taken.
  private func impostor(_ item: AnswerItem) -> LedgerRequest? {
    guard case .referenceMissing("Customer", let name) = item.judgement, !name.isEmpty,
      let request = known.values.first(where: {
        $0.entity == .customer && $0.name.lowercased() == name.lowercased()
      }), request.code == "3100" || request.state == .refused
    else { return nil }
    return request
  }

  private func decideAlone(_ item: inout AnswerItem) {
    switch item.judgement {
    case .done:
      item.result = .accepted
      item.finding = checkTotal(item)
    case .nameTaken: item.result = .accepted
    case .later(let why):
      item.result = .postponed(resentIn: "")
      item.finding = finding(
        AnswerRules.postponed, item, why,
        item.judgement.condition.map { "\($0); then \(AnswerRules.postponed.remedy)" })
    case .referenceMissing(let kind, let name):
      item.result = .refused
      item.finding = finding(
        AnswerRules.referenceMissing, item,
        name.isEmpty
          ? words(item)
          : "it refers to the \(kind.lowercased()) \"\(name)\", which QuickBooks lacks",
        remedy(kind, name))
    case .refused(let remedy):
      item.result = .refused
      item.finding = finding(AnswerRules.refused, item, words(item), remedy)
    }
  }

  /// A document must be over what was sent, to the cent.
  private func checkTotal(_ item: AnswerItem) -> Finding? {
    guard item.entity == .invoice || item.entity == .creditMemo, let record = item.record,
      let total = record.total
    else { return nil }
    let sent = item.entity == .creditMemo ? -item.request.total : item.request.total
    guard total != sent else { return nil }
    var notes: [String] = []
    if let tax = record.amount("SalesTaxTotal"), tax != .zero {
      notes.append(
        "QuickBooks put \(tax) of sales tax on it: see formats.qbxml.sales_tax_code")
    }
    return Finding(
      AnswerRules.totalDiffers, "QuickBooks has \(item.title) over \(total), but \(sent) was sent",
      location: item.answer.location, value: total.description, invoice: item.request.name,
      notes: notes)
  }

  /// Whose name it is that is taken: the same kind of entry, which is as good as made, or another kind.
  private func decideTaken(
    _ item: inout AnswerItem, _ missing: Set<String>, _ proven: Set<String>
  ) throws(Failure) {
    item.exists = true
    guard item.entity == .customer else { return }
    let name = item.request.name.lowercased()
    var owner: String?
    if let books, books.customers.contains(where: { $0.name.lowercased() == name }) { return }
    if let books {
      let others = [
        ("a vendor", books.vendors), ("an employee", books.employees),
        ("another name", books.otherNames),
      ]
      owner = others.first { $0.1.contains { $0.name.lowercased() == name } }?.0
    }
    if owner == nil {
      if proven.contains(name) { return }
      if try ledger.hasAccepted(customer: item.request.name) { return }
      if known[item.request.id]?.state == .refused || missing.contains(name) {
        owner = "a vendor, an employee or another name"
      }
    }
    guard let owner else { return }
    item.exists = false
    item.result = .refused
    item.finding = finding(
      AnswerRules.nameTaken, item, "\(owner) has this name in QuickBooks",
      "add to mapping.csv: "
        + MappingFile.line(
          kind: .customer, loadops: item.request.name,
          quickbooks: AnswerJudge.otherName(item.request.name)))
  }

  /// A free name near the one that is taken.
  static func otherName(_ name: String) -> String {
    let suffix = " (C)"
    return String(name.prefix(DesktopLimits.customerLevel - suffix.count)) + suffix
  }

  /// A customer that QuickBooks lacks is one that nobody made, or a name that somebody else has.
  private func decideReference(_ item: inout AnswerItem) {
    guard case .referenceMissing(let kind, let name) = item.judgement, item.result == .refused,
      kind == "Customer", !name.isEmpty
    else { return }
    let line = MappingFile.line(
      kind: .customer, loadops: name, quickbooks: AnswerJudge.otherName(name))
    if impostor(item) != nil {
      item.finding = finding(
        AnswerRules.nameTaken, item,
        "a vendor, an employee or another name has the name of its customer \"\(name)\" in QuickBooks",
        "add to mapping.csv: \(line)")
      return
    }
    item.finding?.remedy =
      "make the customer in QuickBooks, or, if a vendor or an employee has the name, add to mapping.csv: "
      + line
  }

  private func remedy(_ kind: String, _ name: String) -> String? {
    switch kind {
    case "": nil
    case "Item":
      "make the item in QuickBooks, or correct its name in mapping.csv; then convert again"
    case "Terms":
      "make the terms \"\(name)\" in QuickBooks (Lists > Customer & Vendor Profile Lists); then convert again"
    case "Account":
      "make the account in QuickBooks, or correct its name in loadbooks.yaml or mapping.csv; then convert again"
    case "SalesTaxCode", "Sales Tax Code":
      "correct formats.qbxml.sales_tax_code, or empty it if the company file charges no sales tax; then convert again"
    default: nil
    }
  }

  private func words(_ item: AnswerItem) -> String {
    item.answer.message.isEmpty
      ? "status \(item.answer.status)" : "QuickBooks says: \(item.answer.message)"
  }

  private func finding(
    _ kind: Finding.Kind, _ item: AnswerItem, _ why: String, _ remedy: String?
  ) -> Finding {
    var notes: [String] = []
    if !why.hasPrefix("QuickBooks says"), !item.answer.message.isEmpty {
      notes.append("QuickBooks says: \(item.answer.message)")
    }
    return Finding(
      kind, "\(item.title): \(why) (status \(item.answer.status))", remedy: remedy,
      location: item.answer.location, value: item.request.name,
      invoice: item.request.document == nil ? nil : item.request.name, notes: notes)
  }
}

extension LedgerAnswer.Entity {
  /// What a request is about; nil for one that makes nothing.
  init?(request: String) {
    switch request {
    case "InvoiceAdd": self = .invoice
    case "CreditMemoAdd": self = .creditMemo
    case "CustomerAdd": self = .customer
    case "ItemServiceAdd", "ItemOtherChargeAdd": self = .item
    case "AccountAdd": self = .account
    case "StandardTermsAdd": self = .terms
    case "ClassAdd": self = .class
    default: return nil
    }
  }
}
