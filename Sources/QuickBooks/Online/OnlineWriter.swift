internal import Foundation
public import Vocabulary

/// Writes company lists and sales documents as requests to QuickBooks Online.
///
/// Nothing is sent here. The file says in full what is to be sent and under which request ids, so that
/// after any interruption the very same bytes can be sent under the very same ids.
public final class OnlineWriter: DocumentWriter {
  /// The file, once it is finished.
  public private(set) var stagedFiles: [StagedFile] = []
  private let file: StagedFile
  private let format: OnlineFormat
  private let run: String
  private let lists: CompanyLists
  private var entries: OnlineEntries
  private var ids: RequestIDs
  private var row = OnlineRow()
  private var documents = 0
  private var amount = Money.zero

  /// Begins with the list entries.
  ///
  /// - Parameters:
  ///   - lists: Everything the documents will refer to.
  ///   - format: The user's choices.
  ///   - run: The run's id.
  ///   - folder: Where the file shall stand; it must exist.
  /// - Throws: `Failure` with cause `cannotWrite`.
  public init(
    lists: CompanyLists, format: OnlineFormat, run: String, folder: String
  ) throws(Failure) {
    self.lists = lists
    self.format = format
    self.run = run
    file = try StagedFile(folder: folder, name: OnlineRequests.fileName)
    var ids = RequestIDs()
    entries = OnlineEntries(lists, &ids)
    self.ids = ids
    let header = OnlineJSON.of(
      ("format", .string(OnlineRequests.format)), ("version", .number("1")), ("run", .string(run)))
    do throws(Failure) {
      try file.write(header.bytes + [0x0A])
      for request in entries.requests { try write(request) }
    } catch {
      file.discard()
      throw error
    }
  }

  private func write(_ request: OnlineRequest) throws(Failure) {
    var line = request.json.bytes
    if request.isCreation {
      line.removeLast()
      line += OnlineRequests.bodyMark + request.body + [UInt8(ascii: "}")]
    }
    try file.write(line + [0x0A])
  }

  /// Adds an invoice or a credit memo.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when its lines do not add up.
  public func append(_ document: borrowing SalesDocument) throws(Failure) {
    let sum = document.lines.reduce(Money.zero) { $0 + $1.amount }
    guard sum == document.total, document.total >= .zero, !document.lines.isEmpty else {
      throw Failure(
        .ownBug, "the lines of \(document.text.text(document.number)) do not add up",
        remedy: "nothing was sent; please report this")
    }
    row.fill(document, id: ids.next(), entries, format)
    documents += 1
    amount += document.kind == .invoice ? document.total : -document.total
    try file.write(row.bytes)
  }

  /// Completes the file and reads it back.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when it is not what it must be.
  public func finish() throws(Failure) -> [OutputFile] {
    let end = OnlineJSON.of(
      ("documents", .number(String(documents))), ("amount", .string(amount.description)))
    try file.write(end.bytes + [0x0A])
    try file.finish()
    stagedFiles = [file]
    var (count, total) = (0, Money.zero)
    try OnlineRequests.forEach(ofFile: file.stagedPath) { request throws(Failure) in
      guard let document = request.document else { return }
      guard document.balance == .zero else {
        throw Failure(
          .ownBug, "the lines of \(document.number) do not add up as written",
          remedy: "nothing was sent; please report this")
      }
      count += 1
      total += document.total
    }
    guard count == documents, total == amount, let fingerprint = file.fingerprint else {
      throw Failure(
        .ownBug, "the requests read back as \(count) documents over \(total)",
        remedy: "nothing was sent; please report this")
    }
    return [
      OutputFile(name: file.name, fingerprint: fingerprint, documents: count, amount: total)
    ]
  }

  /// Removes what was written.
  public func discard() { file.discard() }

  /// Whether quantity and rate can be sent beside an amount.
  ///
  /// QuickBooks wants their product, rounded half up to the cent. What half up means below zero is not
  /// documented, so that there only exact products are sent.
  static func canState(_ quantity: FixedDecimal, _ rate: FixedDecimal, _ amount: Money) -> Bool {
    guard quantity != .zero, Money(quantity: quantity, rate: rate) == amount else { return false }
    if amount >= .zero { return true }
    return Int128(quantity.micros) * Int128(rate.micros) == Int128(amount.cents) * 10_000_000_000
  }
}

extension OnlineJSON {
  /// A reference to a line of the file.
  static func line(_ number: Int) -> OnlineJSON { .reference("ref:\(number)") }
}

/// The list entries of a file: those that exist, and requests for those that do not, parents first.
struct OnlineEntries {
  private(set) var requests: [OnlineRequest] = []
  /// The line of each entry of the lists.
  private(set) var customers: [Int] = []
  private(set) var items: [Int] = []
  private(set) var terms: [Int] = []
  private(set) var classes: [Int] = []
  private var known: [String: Int] = [:]
  private let existing: CompanyLists.Existing

  private var ids: RequestIDs

  init(_ lists: CompanyLists, _ ids: inout RequestIDs) {
    existing = lists.existing
    self.ids = ids
    defer { ids = self.ids }
    terms = lists.terms.map { add(terms: $0) }
    items = lists.items.map { add(item: $0) }
    classes = lists.classes.map { add(classPath: $0) }
    let termsByName = Dictionary(
      zip(lists.terms.map(\.name), terms), uniquingKeysWith: { first, _ in first })
    customers = lists.customers.map { add(customer: $0, termsByName[$0.terms]) }
  }

  private mutating func add(
    _ entity: OnlineRequest.Entity, _ name: String, exists: Bool, _ body: () -> OnlineJSON
  ) -> Int {
    let key = "\(entity.rawValue)\n\(name.lowercased())"
    if let line = known[key] { return line }
    var request = OnlineRequest(entity, name: name)
    request.reference = requests.count
    if !exists {
      request.id = ids.next()
      request.body = body().bytes
    }
    known[key] = requests.count
    requests.append(request)
    return requests.count - 1
  }

  /// The last level of a path, and the path above it.
  private static func split(_ path: String) -> (parent: String?, name: String) {
    guard let colon = path.lastIndex(of: ":") else { return (nil, path) }
    return (String(path[..<colon]), String(path[path.index(after: colon)...]))
  }

  private mutating func add(terms: Terms) -> Int {
    let hasDiscount = terms.discountPercent != .zero
    return add(.terms, terms.name, exists: existing.terms.contains(terms.name)) {
      .of(
        ("Name", .string(terms.name)), ("Type", .string("STANDARD")),
        ("DueDays", .number(String(terms.dueDays))),
        ("DiscountPercent", hasDiscount ? .number(terms.discountPercent.description) : nil),
        ("DiscountDays", hasDiscount ? .number(String(terms.discountDays)) : nil))
    }
  }

  private mutating func add(item: Item) -> Int {
    let exists = existing.items.contains(item.name)
    let (parent, name) = OnlineEntries.split(item.name)
    let account =
      exists ? nil : add(.account, item.account, exists: true) { .null }
    let above =
      exists
      ? nil : parent.map { add(item: Item(name: $0, account: item.account, description: "")) }
    let description = DesktopText.online.converted(item.description, limit: OnlineLimits.memo)
    return add(.item, item.name, exists: exists) {
      .of(
        ("Name", .string(name)), ("Type", .string("Service")),
        ("Description", description.isEmpty ? nil : .string(description)),
        ("IncomeAccountRef", account.map { .line($0) }), ("Taxable", .bool(false)),
        ("SubItem", above == nil ? nil : .bool(true)), ("ParentRef", above.map { .line($0) }))
    }
  }

  private mutating func add(classPath: String) -> Int {
    let exists = existing.classes.contains(classPath)
    let (parent, name) = OnlineEntries.split(classPath)
    let above = exists ? nil : parent.map { add(classPath: $0) }
    return add(.class, classPath, exists: exists) {
      .of(
        ("Name", .string(name)), ("SubClass", above == nil ? nil : .bool(true)),
        ("ParentRef", above.map { .line($0) }))
    }
  }

  private mutating func add(customer: Customer, _ terms: Int?) -> Int {
    let exists = existing.customers.contains(customer.name)
    let (parent, name) = OnlineEntries.split(customer.name)
    let above = exists ? nil : parent.map { add(customer: Customer(name: $0), nil) }
    return add(.customer, customer.name, exists: exists) {
      OnlineEntries.body(customer, name, parent: above, terms: terms)
    }
  }

  private static func body(
    _ customer: Customer, _ name: String, parent: Int?, terms: Int?
  ) -> OnlineJSON {
    let text = { (text: String, limit: Int) -> OnlineJSON? in
      let converted = DesktopText.online.converted(text, limit: limit)
      return converted.isEmpty ? nil : .string(converted)
    }
    let company = customer.companyName.isEmpty ? name : customer.companyName
    let email = customer.email.trimmingCharacters(in: .whitespaces)
    let isEmail = email.count <= OnlineLimits.email && email.contains("@") && email.contains(".")
    let lines = customer.addressLines.prefix(5).enumerated().map { index, line in
      ("Line\(index + 1)", text(line, OnlineLimits.addressLine))
    }
    let address = OnlineJSON.object(
      lines.compactMap { name, value in value.map { OnlineJSON.Member(name, $0) } })
    return .of(
      ("DisplayName", .string(name)), ("CompanyName", text(company, OnlineLimits.companyName)),
      ("PrintOnCheckName", text(company, OnlineLimits.printName)),
      ("Job", parent == nil ? nil : .bool(true)), ("ParentRef", parent.map { .line($0) }),
      ("PrimaryEmailAddr", isEmail ? .of(("Address", .string(email))) : nil),
      (
        "PrimaryPhone",
        text(customer.phone, OnlineLimits.phone).map { .of(("FreeFormNumber", $0)) }
      ), ("BillAddr", address.members.isEmpty ? nil : address),
      ("SalesTermRef", terms.map { .line($0) }),
      (
        "Notes",
        customer.accountNumber.isEmpty
          ? nil : text("LoadOps customer \(customer.accountNumber)", OnlineLimits.notes)
      ))
  }
}
