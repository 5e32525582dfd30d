internal import QuickBooks

/// Finds accounts, items, terms and classes of the books by their names as QuickBooks compares them.
///
/// Where the books do not hold a list, nothing is known of it: every question about it is answered with
/// nil, and ``holds(_:)`` tells the difference between that and a name that does not exist.
struct BooksIndex: Sendable {
  let snapshot: CompanySnapshot
  private let names: DesktopNames
  private var accounts: [String: Int] = [:]
  private var items: [String: Int] = [:]
  private var terms: [String: Int] = [:]
  private var classes: [String: Int] = [:]

  init(_ snapshot: CompanySnapshot, names: DesktopNames) {
    self.snapshot = snapshot
    self.names = names
    accounts = index(snapshot.accounts.map(\.name))
    items = index(snapshot.items.map(\.name))
    terms = index(snapshot.terms.map(\.name))
    classes = index(snapshot.classes.map(\.name))
  }

  private func index(_ list: [String]) -> [String: Int] {
    var index: [String: Int] = [:]
    for (number, name) in list.enumerated() where index[names.identity(name)] == nil {
      index[names.identity(name)] = number
    }
    return index
  }

  /// Whether a list is known, so that a name that is not in it does not exist.
  func holds(_ list: CompanySnapshot.List) -> Bool { snapshot.holds(list) }

  /// Whether only a part of a list is known, so that a name that is not in it may exist all the same.
  func isUnfinished(_ list: CompanySnapshot.List) -> Bool { snapshot.isUnfinished(list) }

  /// The account of a path.
  func account(_ path: String) -> CompanySnapshot.Account? {
    accounts[names.identity(path)].map { snapshot.accounts[$0] }
  }

  /// The item of a path.
  func item(_ path: String) -> CompanySnapshot.Item? {
    items[names.identity(path)].map { snapshot.items[$0] }
  }

  /// The terms of a name.
  func terms(_ name: String) -> CompanySnapshot.Terms? {
    terms[names.identity(name)].map { snapshot.terms[$0] }
  }

  /// The class of a path.
  func className(_ path: String) -> CompanySnapshot.Name? {
    classes[names.identity(path)].map { snapshot.classes[$0] }
  }

  /// A name as QuickBooks will hold it.
  func written(_ name: String) -> String { names.path(name) }

  /// The path of an account as the books spell it; as it is when they do not have it.
  func spelling(ofAccount path: String) -> String { account(path)?.name ?? path }

  // MARK: - What QuickBooks would refuse

  /// Why QuickBooks would not take lines with an item on an account; none when it would.
  ///
  /// An item that exists is judged as it is, with its own account; one that does not, by what it would be
  /// declared as: a service item on an income account.
  func objections(item path: String, account: String) -> [String] {
    var objections: [String] = []
    if let item = item(path) {
      let place = " (\(item.location))"
      if !item.canStandOnInvoice {
        objections.append("it is of type \(item.typeWords) in the books\(place)")
      }
      if item.isInactive { objections.append("it is inactive in the books\(place)") }
      if let objection = unwritable(item.name) { objections.append("it" + objection) }
    } else {
      for parent in DesktopNames.parents(of: names.path(path)) {
        guard let item = self.item(parent), item.type != "SERV", !item.type.isEmpty else {
          continue
        }
        // QuickBooks Online keeps services in categories.
        if names.text == .online, item.type == "CATEGORY" { continue }
        objections.append(
          "it would be a service item below \"\(item.name)\", which is of type \(item.typeWords) "
            + "(\(item.location)), and QuickBooks wants one type")
      }
    }
    return objections + self.objections(incomeAccount: account)
  }

  /// Why lines cannot be booked on an account as income; none when they can.
  func objections(incomeAccount path: String) -> [String] {
    if let account = account(path) {
      var objections: [String] = []
      if account.type != .income, account.type != .otherIncome {
        objections.append(
          "its account \"\(account.name)\" is of type \(account.type.words) (\(account.location)), not "
            + "income")
      }
      if account.isInactive {
        objections.append("its account \"\(account.name)\" is inactive (\(account.location))")
      }
      if let objection = unwritable(account.name) {
        objections.append("its account \"\(account.name)\"" + objection)
      }
      return objections
    }
    // QuickBooks Online is not asked to make accounts.
    if names.text == .online, holds(.accounts) {
      return ["its account \"\(path)\" is not in QuickBooks; make it there, or name another one"]
    }
    if isUnfinished(.accounts) {
      return ["its account \"\(path)\" is not in the part of the accounts that the books hold"]
    }
    for parent in DesktopNames.parents(of: names.path(path)) {
      guard let account = account(parent), account.type != .income else { continue }
      return [
        "its account \"\(path)\" would be an income account below \"\(account.name)\", which is of type "
          + "\(account.type.words) (\(account.location))"
      ]
    }
    return []
  }

  /// Why invoices cannot be receivable on an account; none when they can.
  func objections(receivableAccount path: String) -> [String] {
    guard let account = account(path) else { return [] }
    var objections: [String] = []
    if account.type != .receivable {
      objections.append(
        "it is of type \(account.type.words) in the books (\(account.location)), not accounts receivable"
      )
    }
    if account.isInactive { objections.append("it is inactive in the books (\(account.location))") }
    if let objection = unwritable(account.name) { objections.append("it" + objection) }
    return objections
  }

  /// Why a name of the books cannot be referred to: written in other characters, it would be a new one.
  func unwritable(_ name: String) -> String? {
    let written = names.path(name)
    // Online, entries are referred to by their ids.
    guard written != name, names.text != .online else { return nil }
    return " would be written as \"\(written)\", which QuickBooks would take for another name; "
      + (names.text == .iifASCII
        ? "formats.iif.encoding may help" : "rename it there to that")
  }
}
