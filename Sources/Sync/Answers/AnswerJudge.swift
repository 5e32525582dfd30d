internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// Decides what follows from answers, one by one and then together.
struct AnswerJudge {
  let ledger: SyncLedger
  let run: RunRequests
  let books: CompanySnapshot?
  let mapping: MappingFile
  let known: [String: LedgerRequest]
  /// Whether the answers are what the books showed when they were asked for documents.
  let isLookUp: Bool
  /// Customers that QuickBooks did not make anew, because their names were taken, by their names in lower
  /// case.
  private let notMade: [String: LedgerRequest]

  init(
    ledger: SyncLedger, run: RunRequests, books: CompanySnapshot?, mapping: MappingFile,
    known: [String: LedgerRequest], isLookUp: Bool = false
  ) throws(Failure) {
    (self.ledger, self.run, self.books, self.mapping) = (ledger, run, books, mapping)
    self.known = known
    self.isLookUp = isLookUp
    // One that was refused for a reason of its own is simply not there.
    let taken = Set(
      try ledger.holds().lazy.filter { $0.kind == .customer && $0.cause == .taken }
        .map { $0.name.lowercased() })
    let customers = known.values.filter {
      $0.entity == .customer
        && ($0.code == "3100" || ($0.state == .refused && taken.contains($0.name.lowercased())))
    }
    notMade = Dictionary(customers.map { ($0.name.lowercased(), $0) }) {
      $0.requestID < $1.requestID ? $0 : $1
    }
  }

  /// An answer with its request; nil when the run has none with its id.
  func item(_ answer: QBXMLAnswer, _ record: QBXMLRecord?, _ messageSet: String) -> AnswerItem? {
    guard let request = run[answer.requestID], request.type == answer.type || answer.type.isEmpty,
      let entity = LedgerAnswer.Entity(request: request.type)
    else { return nil }
    let isNotThere = isLookUp && answer.status == LookUpFindings.notThere
    var item = AnswerItem(
      request: request, answer: answer, record: record,
      judgement: isNotThere ? .later(LookUpFindings.notThereWords) : AnswerJudgement(answer),
      messageSet: messageSet, entity: entity)
    // It may be the document of the run that has sent the invoice since.
    item.isDoubtful = isLookUp && known[request.id]?.state == .refused
    return item
  }

  /// Leaves of several answers to one request those that say that it was done, each with another document.
  ///
  /// When none says so, the first is left. Returns those that were passed over.
  func selected(_ items: inout [AnswerItem]) -> [AnswerItem] {
    var places: [String: [Int]] = [:]
    for index in items.indices { places[items[index].request.id, default: []].append(index) }
    guard places.count < items.count else { return [] }
    var passedOver: Set<Int> = []
    for several in places.values where several.count > 1 {
      let done = several.filter { items[$0].judgement == .done }
      var documents: Set<String> = []
      let kept = done.filter { documents.insert(items[$0].record?.quickBooksID ?? "").inserted }
      passedOver.formUnion(Set(several).subtracting(kept.isEmpty ? [several[0]] : kept))
    }
    let others = passedOver.sorted().map { items[$0] }
    items = items.indices.filter { !passedOver.contains($0) }.map { items[$0] }
    return others
  }

  /// It cannot be sent again as it was: no file has its bytes any more.
  func giveUp(_ item: inout AnswerItem) {
    (item.result, item.hold) = (.refused, nil)
    item.finding = finding(
      AnswerRules.refused, item, "QuickBooks did not do it, and its file is missing or was changed",
      "convert the export again, which sends it anew")
  }

  /// Whether the ledger does not know it yet.
  func isNews(_ item: AnswerItem) -> Bool {
    guard let known = known[item.request.id] else { return true }
    if known.state == .accepted || known.state == .refused { return false }
    // Asked again in another set since.
    return known.stands == LedgerRequest.SetMark(of: item.messageSet)
  }

  /// Whether QuickBooks is known to have taken just this document.
  private func isKnown(_ item: AnswerItem) -> Bool {
    guard let known = known[item.request.id], known.state == .accepted else { return false }
    let (first, second) = (known.quickBooksID, item.record?.quickBooksID ?? "")
    if let first, !second.isEmpty { return first == second }
    // A document whose id nobody knew was not looked at.
    guard second.isEmpty || first != nil else { return false }
    return known.stands == LedgerRequest.SetMark(of: item.messageSet)
  }

  /// Decides about all answers of a set: some mean more beside others.
  func settle(_ items: inout [AnswerItem]) throws(Failure) {
    var ids: [String: String] = [:]
    for index in items.indices {
      decideAlone(&items[index])
      // Also what was refused or asked again since: QuickBooks has it now.
      if items[index].judgement == .done, items[index].isDocument,
        !isKnown(items[index])
      {
        items[index].checks = try checks(items[index], &ids)
      }
    }
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
    try decideTaken(&items, missing, proven)
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
        (items[index].result, items[index].hold) = (.postponed(resentIn: ""), nil)
        items[index].finding?.remedy = AnswerRules.postponed.remedy
      }
      if items[index].isPostponed, collided.contains(items[index].request.customer.lowercased()) {
        items[index].result = .refused
        items[index].finding = finding(
          AnswerRules.referenceMissing, items[index],
          "its customer \"\(items[index].request.customer)\" is not in QuickBooks", nil)
      }
    }
    try decideReferences(&items)
  }

  /// Decides about what is missing once it is known what became of everything else.
  private func decideReferences(_ items: inout [AnswerItem]) throws(Failure) {
    let failed = failedEntries(items)
    for index in items.indices {
      try decideReference(&items[index])
      if let hold = items[index].hold, hold.cause == .missing,
        failed.contains("\(hold.kind.rawValue) \(hold.name.lowercased())")
      {
        items[index].hold = nil
        items[index].finding?.remedy =
          "mend what QuickBooks refused about the \(AnswerJudge.noun(hold.kind)) \"\(hold.name)\" itself, "
          + "then convert again, which asks for both"
      }
    }
  }

  /// What a held kind of thing is called.
  private static func noun(_ kind: LedgerHold.Kind) -> String {
    kind.rawValue.replacing("_", with: " ")
  }

  /// List entries that QuickBooks refused for a reason of their own: they lack because of that, and are
  /// asked for again once it is mended.
  private func failedEntries(_ items: [AnswerItem]) -> Set<String> {
    var failed = Set(
      known.values.filter { $0.state == .refused && $0.code != "3100" }.map {
        "\($0.entity.rawValue) \($0.name.lowercased())"
      })
    for item in items where !item.isDocument && item.result == .refused && item.hold == nil {
      failed.insert("\(item.entity.rawValue) \(item.request.name.lowercased())")
    }
    return failed
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
      answer.hold = LedgerHold(.customer, request.name, .taken)
      found[request.requestID] = found[request.requestID] ?? answer
    }
    return found.values.sorted { $0.requestID < $1.requestID }
  }

  /// The customer that a document names in vain, although its name was said to be taken.
  private func impostor(_ item: AnswerItem) -> LedgerRequest? {
    guard case .referenceMissing("Customer", let name) = item.judgement, !name.isEmpty else {
      return nil
    }
    return notMade[name.lowercased()]
  }

  private func decideAlone(_ item: inout AnswerItem) {
    switch item.judgement {
    case .done:
      item.result = .accepted
      if item.answer.severity == .warning || item.answer.status >= 500 {
        item.finding = finding(AnswerRules.takenWithWarning, item, words(item), nil)
      }
    case .contradictory:
      item.result = .unknown
      item.finding = finding(
        AnswerRules.contradicts, item, AnswerJudge.contradiction(item), nil)
    case .nameTaken where item.isDocument:
      item.result = .refused
      item.hold = LedgerHold(.invoice, item.request.name, .taken)
      item.finding = finding(
        AnswerRules.refused, item, "QuickBooks has a document with this number",
        AnswerJudge.numberTaken(item.request.name))
    case .nameTaken: item.result = .accepted
    case .later(let why):
      item.result = .postponed(resentIn: "")
      item.finding = finding(
        AnswerRules.postponed, item, why,
        item.judgement.condition.map { "\($0); then \(AnswerRules.postponed.remedy)" })
    case .referenceMissing(let kind, let name): decideMissing(&item, kind, name)
    case .refused(let remedy):
      item.result = .refused
      item.finding = finding(AnswerRules.refused, item, words(item), remedy)
    }
  }

  /// It refers to what QuickBooks lacks, and would again.
  private func decideMissing(_ item: inout AnswerItem, _ kind: String, _ name: String) {
    item.result = .refused
    if !name.isEmpty {
      let what = AnswerJudgement.words(kind)
      item.hold = AnswerJudgement.hold(kind).map { LedgerHold($0, name, .missing) }
      item.finding = finding(
        AnswerRules.referenceMissing, item,
        "it refers to the \(what) \"\(name)\", which QuickBooks lacks", remedy(kind, name))
    } else if let object = AnswerJudgement.object(in: item.answer.message) {
      item.finding = finding(
        AnswerRules.referenceMissing, item,
        "it refers to something that QuickBooks had as \"\(object)\" and has no more",
        "save the answer to the file of loadbooks pull --target qbxml into books, so that names are "
          + "checked; then \(AnswerJudge.release(item.request.name))")
    } else {
      item.finding = finding(
        AnswerRules.referenceMissing, item,
        item.answer.message.isEmpty
          ? "it refers to something that QuickBooks lacks and does not name" : words(item),
        "look in QuickBooks for its customer, items and terms, make what is not there; then "
          + AnswerJudge.release(item.request.name))
    }
    if item.hold == nil {
      item.hold = LedgerHold(
        item.isDocument
          ? .invoice : LedgerHold.Kind(rawValue: item.entity.rawValue) ?? .invoice,
        item.request.name, .unnamed)
    }
  }

  /// What an answer says that contradicts itself.
  static func contradiction(_ item: AnswerItem) -> String {
    let (status, severity) = item.answer.status < 1000 ? ("", "not ") : ("not ", "")
    return "QuickBooks contradicts itself: by its status it was \(status)taken, by its severity "
      + "(\(item.answer.severity.rawValue)) it was \(severity)taken"
  }

  /// What to do about a document whose number QuickBooks has already.
  static func numberTaken(_ number: String) -> String {
    "look in QuickBooks whose document it is: if it is this invoice, say so with: loadbooks adopt "
      + "\(ShellText.word(number)) --reason WHY; if not, give one of them another number; when the number "
      + "is free, \(release(number))"
  }

  /// How to say that something was put right in QuickBooks.
  static func release(_ name: String) -> String {
    "say so with: loadbooks release --refused \(name.hasPrefix("-") ? "-- " : "")\(ShellText.word(name))"
  }

  /// What was sent with a request.
  func sent(_ request: QBXMLRequest) throws(Failure) -> SentDocument {
    let kind: LedgerEntry.DocumentKind = request.type == "CreditMemoAdd" ? .creditMemo : .invoice
    let isIntact = run.place(of: request.id).map { run.files[$0.file].isIntact } ?? false
    return SentDocument(
      request, isIntact: isIntact,
      try ledger.entry(document: request.name, kind, ofRun: run.run.id))
  }

  /// A document must be the one that was sent, over what was sent, to the cent.
  private func checks(
    _ item: AnswerItem, _ ids: inout [String: String]
  ) throws(Failure) -> [Finding] {
    let sent = try sent(item.request)
    let check = { (kind: Finding.Kind, message: String, notes: [String]) in
      Finding(
        kind, message,
        remedy: kind.remedy.replacing("NUMBER", with: ShellText.word(item.request.name)),
        location: item.answer.location, value: item.request.name, invoice: item.request.name,
        notes: notes)
    }
    guard let record = item.record, !record.isRecovered else {
      return [
        check(
          AnswerRules.totalUnchecked,
          "the total of \(item.title) (\(sent.total) was sent) could not be checked: the answer does "
            + "not show the document", [])
      ]
    }
    var findings: [Finding] = []
    if let total = record.total {
      if total != sent.total {
        var notes: [String] = []
        if let tax = record.amount("SalesTaxTotal"), tax != .zero {
          notes.append(
            "QuickBooks put \(tax) of sales tax on it: see formats.qbxml.sales_tax_code")
        }
        findings.append(
          check(
            AnswerRules.totalDiffers,
            "QuickBooks has \(item.title) over \(total), but \(sent.total) was sent", notes))
      }
    } else {
      let shown = ["TotalAmount", "Subtotal", "SalesTaxTotal"].first {
        !record[$0].isEmpty && record.amount($0) == nil
      }
      findings.append(
        check(
          AnswerRules.totalUnchecked,
          "the total of \(item.title) (\(sent.total) was sent) could not be checked: "
            + (shown.map { "its \($0) is \"\(record[$0])\"" } ?? "the answer does not say it"), []))
    }
    let differences = try differences(item, record, sent, &ids)
    if !differences.isEmpty {
      findings.append(
        check(
          AnswerRules.documentDiffers,
          "for \(item.title) QuickBooks shows \(differences.joined(separator: ", "))", []))
    }
    return findings
  }

  private func differences(
    _ item: AnswerItem, _ record: QBXMLRecord, _ sent: SentDocument, _ ids: inout [String: String]
  ) throws(Failure) -> [String] {
    var words: [String] = []
    let number = record["RefNumber"]
    if !number.isEmpty, number != sent.number { words.append("the number \(number)") }
    if !sent.customerAgrees(record) {
      words.append("the customer \"\(record["CustomerRef/FullName"])\" for \"\(sent.customer)\"")
    }
    if !sent.dateAgrees(record) { words.append("the date \(record["TxnDate"]) for \(sent.date)") }
    let id = record["TxnID"]
    guard !id.isEmpty else { return words }
    let kind: LedgerEntry.DocumentKind = item.entity == .creditMemo ? .creditMemo : .invoice
    if let other = ids[id] {
      words.append("the id \(id), which \(other) has as well")
    } else if let other = try ledger.otherInvoice(
      withQuickBooksID: id, than: item.request.name, kind)
    {
      words.append("the id \(id), which invoice \(other) has as well")
    }
    ids[id] = item.title
    return words
  }

  /// Whose names they are that are taken: the same kind of entry, which is as good as made, or another kind.
  private func decideTaken(
    _ items: inout [AnswerItem], _ missing: Set<String>, _ proven: Set<String>
  ) throws(Failure) {
    let taken = items.indices.filter {
      items[$0].judgement == .nameTaken && !items[$0].isDocument
    }
    for index in taken { items[index].exists = true }
    let customers = taken.filter { items[$0].entity == .customer }
    guard !customers.isEmpty else { return }
    let owners = NameOwners(books)
    let proven = proven.union(try ledger.acceptedCustomers().lazy.map { $0.lowercased() })
    for index in customers { try decideTaken(&items[index], owners, missing, proven) }
  }

  /// Who has which names in the books, in lower case.
  private struct NameOwners {
    let customers: Set<String>
    let others: [String: String]

    init(_ books: CompanySnapshot?) {
      customers = Set((books?.customers ?? []).map { $0.name.lowercased() })
      let names =
        (books?.vendors ?? []).map { ($0.name.lowercased(), "a vendor") }
        + (books?.employees ?? []).map { ($0.name.lowercased(), "an employee") }
        + (books?.otherNames ?? []).map {
          ($0.name.lowercased(), "an entry of the Other Names List")
        }
      others = Dictionary(names) { first, _ in first }
    }
  }

  private func decideTaken(
    _ item: inout AnswerItem, _ owners: NameOwners, _ missing: Set<String>, _ proven: Set<String>
  ) throws(Failure) {
    let name = item.request.name.lowercased()
    if owners.customers.contains(name) { return }
    var owner = owners.others[name]
    if owner == nil {
      if proven.contains(name) { return }
      if known[item.request.id]?.state == .refused || missing.contains(name) {
        owner = AnswerJudge.somebodyElse
      }
    }
    guard let owner else {
      item.mayBeSomebodyElse = true
      return
    }
    item.exists = false
    item.result = .refused
    item.hold = LedgerHold(.customer, item.request.name, .taken)
    item.finding = finding(
      AnswerRules.nameTaken, item, "\(owner) has this name in QuickBooks",
      try askForName(item, item.request.name))
  }

  /// Who has a name that no customer has.
  static let somebodyElse = "a vendor, an employee or an entry of the Other Names List"

  /// A name near the one that is taken: with ` (C)` behind its last level.
  static func otherName(_ name: String) -> String {
    let suffix = " (C)"
    let levels = name.split(separator: ":", omittingEmptySubsequences: false)
    var last = Array((levels.last ?? "").unicodeScalars)
      .prefix(DesktopLimits.customerLevel - suffix.count)
    while last.last == " " { last.removeLast() }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: last)
    return (levels.dropLast().map(String.init) + [String(view) + suffix]).joined(separator: ":")
  }

  /// Asks for the mapping line that gives a customer another name: by what LoadOps calls it, in the form of
  /// the company's own file.
  private func askForName(_ item: AnswerItem, _ name: String) throws(Failure) -> String {
    let source =
      item.isDocument
      ? try sent(item.request).source
      : try ledger.loadOpsName(ofEntry: .customer, name, inRun: run.run.id)
    let loadOps = source ?? name
    let target = AnswerJudge.otherName(name)
    let line =
      mapping.line(kind: .customer, loadops: loadOps, quickbooks: target)
      ?? MappingFile.line(kind: .customer, loadops: loadOps, quickbooks: target)
    return mapping.customer(for: loadOps).map {
      "change line \($0.line) of mapping.csv to: \(line)"
    }
      ?? "add to mapping.csv: \(line)"
  }

  /// A customer that QuickBooks lacks is one that nobody made, or a name that somebody else has.
  private func decideReference(_ item: inout AnswerItem) throws(Failure) {
    guard case .referenceMissing(let kind, let name) = item.judgement, item.result == .refused,
      kind == "Customer", !name.isEmpty
    else { return }
    let ask = try askForName(item, name)
    if impostor(item) != nil {
      item.hold = LedgerHold(.customer, name, .taken)
      item.finding = finding(
        AnswerRules.nameTaken, item,
        "\(AnswerJudge.somebodyElse) has the name of its customer \"\(name)\" in QuickBooks", ask)
      return
    }
    item.finding?.remedy =
      "make the customer in QuickBooks and \(AnswerJudge.release(name)); or, if a vendor or an employee "
      + "has the name, \(ask)"
  }

  private func remedy(_ kind: String, _ name: String) -> String? {
    let release = AnswerJudge.release(name)
    switch AnswerJudgement.words(kind) {
    case "item":
      return "make the item in QuickBooks and \(release); or correct its name in mapping.csv; then "
        + "convert again"
    case "terms":
      return
        "make the terms \"\(name)\" in QuickBooks (Lists > Customer & Vendor Profile Lists) and "
        + "\(release); then convert again"
    case "account":
      return
        "make the account in QuickBooks and \(release); or correct its name in loadbooks.yaml or "
        + "mapping.csv; then convert again"
    case "sales tax code":
      return
        "correct formats.qbxml.sales_tax_code, or empty it if the company file charges no sales "
        + "tax; then convert again"
    default:
      return "make it in QuickBooks and \(release); then convert again"
    }
  }

  private func words(_ item: AnswerItem) -> String {
    item.answer.message.isEmpty
      ? "QuickBooks gives no words" : "QuickBooks says: \(item.answer.message)"
  }

  private func finding(
    _ kind: Finding.Kind, _ item: AnswerItem, _ why: String, _ remedy: String?
  ) -> Finding {
    var notes: [String] = []
    if !isLookUp, !why.hasPrefix("QuickBooks says"), !item.answer.message.isEmpty {
      notes.append("QuickBooks says: \(item.answer.message)")
    }
    let status = isLookUp ? "" : " (status \(item.answer.status))"
    return Finding(
      kind, "\(item.title): \(why)\(status)", remedy: remedy,
      location: item.answer.location, value: item.request.name,
      invoice: item.request.document == nil ? nil : item.request.name, notes: notes)
  }
}
