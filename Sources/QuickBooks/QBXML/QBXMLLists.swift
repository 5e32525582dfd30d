internal import Vocabulary

/// Makes the requests for the list entries that the documents refer to.
///
/// An entry that QuickBooks is known to have is referred to and not asked for again: a request to make
/// it would only fail, and one to change it could overwrite what a bookkeeper has typed.
struct QBXMLLists {
  /// The requests in their order, and the paths that QuickBooks has already.
  struct Requests {
    var requests: [[UInt8]] = []
    var known = QBXMLKnownNames()
  }

  private let format: QBXMLFormat
  private let names = DesktopNames(.qbxml)
  private var ids = QBXMLRequestIDs()
  private var result = Requests()

  /// Terms, accounts, classes, items, customers: nothing refers to what comes later.
  static func requests(for lists: CompanyLists, _ format: QBXMLFormat) throws(Failure) -> Requests {
    var maker = QBXMLLists(format: format)
    var accounts = lists.accounts
    let receivable = maker.names.identity(format.receivableAccount)
    if !accounts.contains(where: { maker.names.identity($0.name) == receivable }) {
      accounts.insert(Account(name: format.receivableAccount, type: .receivable), at: 0)
    }
    maker.result.known.insert(lists.existing, maker.names)
    maker.result.known.insert(lists.declaredBefore, maker.names)
    try maker.add(lists.terms, .terms, name: \.name, hasLevels: false) {
      QBXMLEntry("StandardTermsAdd", QBXMLElements.standardTermsAdd, terms: $0)
    }
    try maker.add(accounts, .account, name: \.name) {
      QBXMLEntry("AccountAdd", QBXMLElements.accountAdd, account: $0)
    }
    try maker.add(lists.classes, .class, name: \.self) { _ in
      QBXMLEntry("ClassAdd", QBXMLElements.classAdd)
    }
    let isService = format.newItems == .service
    let (item, table) =
      isService
      ? ("ItemServiceAdd", QBXMLElements.itemServiceAdd)
      : ("ItemOtherChargeAdd", QBXMLElements.itemOtherChargeAdd)
    try maker.add(lists.items, .item, name: \.name) {
      QBXMLEntry(item, table, item: $0, salesTaxCode: format.salesTaxCode)
    }
    try maker.add(lists.customers, .customer, name: \.name) {
      var entry = QBXMLEntry("CustomerAdd", QBXMLElements.customerAdd, customer: $0)
      entry.isOnlyNamed = $0.declaration == .nameOnly
      return entry
    }
    return maker.result
  }

  private init(format: QBXMLFormat) {
    self.format = format
  }

  /// Adds a list with the parents it needs, each entry once and parents first.
  private mutating func add<Element>(
    _ elements: [Element], _ list: QBXMLKnownNames.List, name: (Element) -> String,
    hasLevels: Bool = true, _ make: (Element) -> QBXMLEntry
  ) throws(Failure) {
    var asked: [String: QBXMLEntry] = [:]
    let given = Dictionary(
      elements.map { (names.identity(name($0)), $0) }, uniquingKeysWith: { first, _ in first })
    var order: [(path: String, entry: QBXMLEntry)] = []
    for element in elements {
      let path = names.path(name(element))
      let paths = hasLevels ? DesktopNames.parents(of: path) + [path] : [path]
      for level in paths where !result.known.contains(list, level) {
        let identity = level.lowercased()
        var entry = make(level == path ? element : given[identity] ?? element)
        // A parent that nobody described is like its child, but says nothing of it.
        if level != path, given[identity] == nil { entry.isOnlyNamed = true }
        if let other = asked[identity] {
          if level == path, other != entry {
            throw QBXMLLists.twice(name(given[identity] ?? element), path)
          }
          continue
        }
        asked[identity] = entry
        order.append((level, entry))
      }
    }
    for (path, entry) in order { result.requests.append(request(list, path, entry)) }
  }

  private static func twice(_ first: String, _ second: String) -> Failure {
    Failure(
      .ownBug,
      first == second
        ? "the list entry \"\(first)\" was to be written twice, with different content"
        : "QuickBooks would take \"\(first)\" and \"\(second)\" for the same list entry",
      remedy: "make the two entries the same in LoadOps or in the mapping, and report this")
  }

  // MARK: Requests

  private mutating func request(
    _ list: QBXMLKnownNames.List, _ path: String, _ entry: QBXMLEntry
  ) -> [UInt8] {
    var row: [UInt8] = []
    row.append(contentsOf: "<\(entry.request)Rq requestID=\"".utf8)
    QBXMLText.append(ids.make(list.word, path), to: &row)
    row.append(contentsOf: "\">\n<\(entry.request)>".utf8)
    for element in entry.table { append(element, path, entry, to: &row) }
    row.append(contentsOf: "</\(entry.request)></\(entry.request)Rq>\n".utf8)
    return row
  }

  private func append(
    _ element: QBXMLElement<ListSource>, _ path: String, _ entry: QBXMLEntry,
    to row: inout [UInt8]
  ) {
    guard let source = element.source else { return }
    switch element.content {
    case .reference(let limit):
      let name = names.path(entry.text(source, path))
      guard !name.isEmpty else { return }
      row.append(contentsOf: "<\(element.name)><FullName>".utf8)
      QBXMLText.append(name, to: &row, limit: limit, isName: true)
      row.append(contentsOf: "</FullName></\(element.name)>".utf8)
    case .group:
      row.append(contentsOf: "<\(element.name)>".utf8)
      for inner in QBXMLElements.salesOrPurchase { append(inner, path, entry, to: &row) }
      row.append(contentsOf: "</\(element.name)>".utf8)
    case .address:
      guard let customer = entry.customer, !entry.isOnlyNamed else { return }
      let lines = DesktopAddress.lines(of: customer, as: .qbxml)
      guard !lines.isEmpty else { return }
      row.append(contentsOf: "<\(element.name)>".utf8)
      for (index, line) in lines.enumerated() {
        row.append(contentsOf: "<Addr\(index + 1)>".utf8)
        QBXMLText.append(line, to: &row)
        row.append(contentsOf: "</Addr\(index + 1)>".utf8)
      }
      row.append(contentsOf: "</\(element.name)>".utf8)
    case .text(let limit): appendText(element, entry.text(source, path), limit, to: &row)
    default: appendText(element, entry.text(source, path), nil, to: &row)
    }
  }

  private func appendText(
    _ element: QBXMLElement<ListSource>, _ text: String, _ limit: Int?, to row: inout [UInt8]
  ) {
    guard !DesktopText.qbxml.converted(text, limit: limit).isEmpty else { return }
    row.append(contentsOf: "<\(element.name)>".utf8)
    QBXMLText.append(
      text, to: &row, limit: limit, isName: element.name == "Name")
    row.append(contentsOf: "</\(element.name)>".utf8)
  }
}

/// A list entry that is to be made.
private struct QBXMLEntry: Equatable {
  var request: String
  var table: [QBXMLElement<ListSource>]
  var account: Account?
  var item: Item?
  var terms: Terms?
  var customer: Customer?
  var salesTaxCode = ""
  var isOnlyNamed = false

  init(
    _ request: String, _ table: [QBXMLElement<ListSource>], account: Account? = nil,
    item: Item? = nil, terms: Terms? = nil, customer: Customer? = nil, salesTaxCode: String = ""
  ) {
    self.request = request
    self.table = table
    self.account = account
    self.item = item
    self.terms = terms
    self.customer = customer
    self.salesTaxCode = salesTaxCode
  }

  static func == (left: QBXMLEntry, right: QBXMLEntry) -> Bool {
    left.request == right.request && left.account == right.account && left.item == right.item
      && left.terms == right.terms && left.customer == right.customer
  }

  /// The text of an element; empty for none.
  func text(_ source: ListSource, _ path: String) -> String {
    switch source {
    case .name: terms?.name ?? path.split(separator: ":").last.map(String.init) ?? path
    case .parent: DesktopNames.parents(of: path).last ?? ""
    case .companyName: ofCustomer(\.companyName)
    case .phone: ofCustomer(\.phone)
    case .email: ofCustomer(\.email)
    case .contact: ofCustomer(\.contact)
    case .terms: ofCustomer(\.terms)
    case .accountNumber: ofCustomer(\.accountNumber)
    case .address: ""
    case .type: account?.type == .receivable ? "AccountsReceivable" : "Income"
    case .account: item?.account ?? ""
    case .description: isOnlyNamed ? "" : item?.description ?? ""
    case .salesTaxCode: salesTaxCode
    case .dueDays: terms.map { String($0.dueDays) } ?? ""
    case .discountDays:
      (terms?.discountPercent ?? .zero) == .zero ? "" : "\(terms?.discountDays ?? 0)"
    case .discountPercent:
      (terms?.discountPercent ?? .zero) == .zero ? "" : "\(terms?.discountPercent ?? .zero)"
    }
  }

  private func ofCustomer(_ field: KeyPath<Customer, String>) -> String {
    isOnlyNamed ? "" : customer?[keyPath: field] ?? ""
  }
}
