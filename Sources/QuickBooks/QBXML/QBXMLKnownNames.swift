internal import Vocabulary

/// The list entries that QuickBooks has, or will have by the time a request refers to them.
struct QBXMLKnownNames {
  /// A list of QuickBooks.
  enum List: Int, CaseIterable {
    case terms, account, `class`, item, customer

    /// The word that ids of its requests begin with.
    var word: String {
      switch self {
      case .terms: "terms"
      case .account: "account"
      case .class: "class"
      case .item: "item"
      case .customer: "customer"
      }
    }

    /// The list that a request adds to; nil when it adds to none.
    init?(request: String) {
      switch request {
      case "StandardTermsAdd": self = .terms
      case "AccountAdd": self = .account
      case "ClassAdd": self = .class
      case "ItemServiceAdd", "ItemOtherChargeAdd": self = .item
      case "CustomerAdd": self = .customer
      default: return nil
      }
    }
  }

  private var paths: [List: Set<String>] = [:]
  /// The spellings that were found before: documents refer to the same few again and again.
  private var found = List.allCases.map { _ in ByteInterner() }

  /// Notes an entry.
  mutating func insert(_ list: List, _ path: String) {
    paths[list, default: []].insert(path.lowercased())
  }

  /// Notes what the books have, with everything above it.
  mutating func insert(_ existing: CompanyLists.Existing, _ names: DesktopNames) {
    let lists: [(List, Set<String>)] = [
      (.terms, existing.terms), (.account, existing.accounts), (.class, existing.classes),
      (.item, existing.items), (.customer, existing.customers),
    ]
    for (list, entries) in lists {
      for entry in entries {
        let path = names.path(entry)
        insert(list, path)
        if list != .terms {
          for parent in DesktopNames.parents(of: path) { insert(list, parent) }
        }
      }
    }
  }

  /// Whether there is such an entry; QuickBooks compares without case.
  func contains(_ list: List, _ path: String) -> Bool {
    paths[list]?.contains(path.lowercased()) ?? false
  }

  /// Whether there is an entry whose path is these bytes, UTF-8, but for case.
  mutating func contains(_ list: List, _ path: Span<UInt8>) -> Bool {
    if found[list.rawValue].number(of: path) != nil { return true }
    let text = path.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    guard contains(list, text) else { return false }
    _ = found[list.rawValue].intern(path)
    return true
  }
}
