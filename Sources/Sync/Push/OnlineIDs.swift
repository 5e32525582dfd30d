internal import QuickBooks
internal import Vocabulary

/// The ids that QuickBooks Online has given: by the books, and by what the run itself created.
struct OnlineIDs {
  private var known: [String: (id: String, isActive: Bool, currency: String)] = [:]
  /// By the line of the request file.
  private(set) var lines: [Int: String] = [:]
  /// Why an entry cannot be referred to, by its line.
  private(set) var dead: [Int: String] = [:]
  /// What each line is about.
  private(set) var entries: [Int: OnlineRequest] = [:]

  init(_ books: OnlineBooks) {
    let names = DesktopNames(.online)
    for entry in books.entries {
      let key = OnlineIDs.key(entry.list, names.identity(entry.name))
      // An active entry counts before an inactive one of the same name.
      if let old = known[key], old.isActive || !entry.isActive { continue }
      known[key] = (entry.id, entry.isActive, entry.currency)
    }
  }

  private static func key(_ list: OnlineBooks.List, _ identity: String) -> String {
    "\(list.rawValue)\n\(identity)"
  }

  /// Takes in an entry that exists.
  mutating func take(existing request: OnlineRequest) {
    guard let line = request.reference, let list = request.entity.list else { return }
    entries[line] = request
    let identity = DesktopNames(.online).identity(request.name)
    if let found = known[OnlineIDs.key(list, identity)] {
      if found.isActive {
        lines[line] = found.id
      } else {
        dead[line] = "\(request.title) is inactive in QuickBooks"
      }
    } else {
      dead[line] = "\(request.title) is not in QuickBooks"
    }
  }

  /// Takes in an entry that is to be created.
  mutating func take(creation request: OnlineRequest) {
    guard let line = request.reference else { return }
    entries[line] = request
  }

  /// An entry has its id.
  mutating func set(_ id: String, line: Int) {
    lines[line] = id
    dead[line] = nil
  }

  /// An entry will have none.
  mutating func kill(_ line: Int, because reason: String) { dead[line] = reason }

  /// The currency of a customer, as the books have it.
  func currency(ofCustomer line: Int) -> String {
    guard let request = entries[line] else { return "" }
    let key = OnlineIDs.key(.customers, DesktopNames(.online).identity(request.name))
    return known[key]?.currency ?? ""
  }

  /// Why a request cannot be sent; nil when all it refers to has an id, or may get one.
  func obstacle(_ request: OnlineRequest) -> String? {
    OnlineRequests.references(in: request.body).lazy.compactMap { dead[$0] }.first
      ?? request.classReference.flatMap { dead[$0] }
  }

  /// Whether all that a request refers to has an id.
  func isReady(_ request: OnlineRequest) -> Bool {
    OnlineRequests.references(in: request.body).allSatisfy { lines[$0] != nil }
  }

  /// The body of a request as it is sent.
  func body(_ request: OnlineRequest, _ preferences: OnlineBooks.Preferences) -> [UInt8] {
    var body = OnlineRequests.fill(request.body) { lines[$0] ?? "" }
    if request.entity.isDocument, preferences.multiCurrency, !preferences.homeCurrency.isEmpty {
      let currency = #"{"CurrencyRef":{"value":"\#(preferences.homeCurrency)"},"#
      body.replaceSubrange(0..<1, with: Array(currency.utf8))
    }
    guard let id = request.classReference.flatMap({ lines[$0] }) else { return body }
    let reference = #""ClassRef":{"value":"\#(id)"},"#
    if preferences.classPerDocument {
      body.insert(contentsOf: Array(reference.utf8), at: 1)
    } else if preferences.classPerLine {
      // The mark cannot stand inside a text, where quotation marks have a backslash before them.
      let mark = #""SalesItemLineDetail":{"#
      body = Array(
        String(decoding: body, as: UTF8.self).replacing(mark, with: mark + reference).utf8)
    }
    return body
  }
}

extension OnlineRequest {
  /// `customer "Acme"`, `invoice LD-1`.
  var title: String {
    entity.isDocument
      ? "\(entity == .invoice ? "invoice" : "credit memo") \(name)"
      : "\(entity.rawValue) \"\(name)\""
  }

  /// What it is about in the sign of LoadOps.
  var amount: Money { entity == .creditMemo ? -total : total }
}

extension OnlineRequest.Entity {
  /// The list that has such entries.
  var list: OnlineBooks.List? {
    switch self {
    case .account: .accounts
    case .terms: .terms
    case .item: .items
    case .class: .classes
    case .customer: .customers
    case .invoice, .creditMemo: nil
    }
  }
}
