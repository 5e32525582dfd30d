internal import Foundation
public import QuickBooks
public import Vocabulary

/// Fetches a company's books.
///
/// Every list is read page by page in the order of ids, which does not change while one reads, and
/// counted against what QuickBooks says it has; a sweep that does not tie is made again.
public struct OnlinePull: Sendable {
  let client: OnlineClient
  private let realm: String
  private let pageSize: Int

  /// Tells how far it is: the list, and how many of its entries there are.
  public typealias Progress = @Sendable (_ list: String, _ done: Int, _ total: Int) -> Void

  /// A pull.
  public init(_ client: OnlineClient, realm: String, pageSize: Int = 1000) {
    self.client = client
    self.realm = realm
    self.pageSize = pageSize
  }

  /// Asks for everything.
  ///
  /// - Parameters:
  ///   - at: The time, ISO 8601 with zone.
  ///   - progress: Called after each page.
  /// - Returns: The books.
  /// - Throws: `Failure`; `tryAgain` when a list changes faster than it can be read.
  public func books(at: String, progress: Progress? = nil) async throws(Failure) -> OnlineBooks {
    var books = OnlineBooks()
    books.realm = realm
    books.pulledAt = at
    let info = try await companyInfo()
    books.company = info["CompanyName"]?.text ?? ""
    books.country = info["Country"]?.text ?? ""
    books.preferences = try await preferences()
    var maker = EntryMaker()
    // Accounts and terms first: items and customers name them by id.
    for list in [OnlineBooks.List.accounts, .terms]
      + OnlineBooks.List.allCases.filter({
        $0 != .accounts && $0 != .terms
      })
    {
      for json in try await sweep(list.rawValue, filter: list.filter, progress) {
        books.entries.append(try maker.entry(json, list))
      }
    }
    for kind in SalesDocument.Kind.allCases {
      for json in try await sweep(kind.entity, filter: "", progress) {
        guard let id = json["Id"]?.text, let total = json["TotalAmt"]?.money else {
          throw OnlinePull.unreadable(kind.entity)
        }
        books.documents.append(
          OnlineBooks.Document(
            kind: kind, id: id, number: json["DocNumber"]?.text ?? "",
            customer: json["CustomerRef"]?.reference ?? "",
            date: json["TxnDate"]?.text.flatMap { CalendarDate(iso: $0) }, total: total))
      }
    }
    return books
  }

  /// Who the company is.
  public func companyInfo() async throws(Failure) -> OnlineJSON {
    guard let info = try await client.get("companyinfo/\(realm)")["CompanyInfo"] else {
      throw OnlinePull.unreadable("CompanyInfo")
    }
    return info
  }

  /// What the company is set up to do.
  public func preferences() async throws(Failure) -> OnlineBooks.Preferences {
    guard let json = try await client.get("preferences")["Preferences"] else {
      throw OnlinePull.unreadable("Preferences")
    }
    var preferences = OnlineBooks.Preferences()
    let isOn = { (block: String, name: String) in json[block]?[name]?.truth ?? false }
    preferences.customNumbers = isOn("SalesFormsPrefs", "CustomTxnNumbers")
    preferences.serviceDates = isOn("SalesFormsPrefs", "AllowServiceDate")
    preferences.closedThrough = json["AccountingInfoPrefs"]?["BookCloseDate"]?.text
      .flatMap { CalendarDate(iso: $0) }
    preferences.multiCurrency = isOn("CurrencyPrefs", "MultiCurrencyEnabled")
    preferences.homeCurrency = json["CurrencyPrefs"]?["HomeCurrency"]?.reference ?? ""
    preferences.salesTax = isOn("TaxPrefs", "UsingSalesTax")
    preferences.automatedTax = isOn("TaxPrefs", "PartnerTaxEnabled")
    preferences.classPerDocument = isOn("AccountingInfoPrefs", "ClassTrackingPerTxn")
    preferences.classPerLine = isOn("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    preferences.departments = isOn("AccountingInfoPrefs", "TrackDepartments")
    return preferences
  }

  /// Reads a list page by page, in the order of ids; counted before and after.
  ///
  /// - Parameters:
  ///   - entity: QuickBooks' name for the list.
  ///   - filter: What stands behind the name, with a blank in front; may be empty.
  ///   - progress: Called after each page.
  /// - Returns: The records.
  /// - Throws: `Failure`; `tryAgain` when the list changes faster than it can be read.
  func sweep(
    _ entity: String, filter: String, _ progress: Progress?
  ) async throws(Failure) -> [OnlineJSON] {
    for _ in 1...3 {
      let total = try await count(entity, filter)
      var found: [OnlineJSON] = []
      var seen: Set<String> = []
      while found.count < total + pageSize {
        let page =
          try await client.query(
            "select * from \(entity)\(filter) orderby Id startposition \(found.count + 1) "
              + "maxresults \(pageSize)")[entity]?.elements ?? []
        found += page
        progress?(entity, found.count, total)
        if page.count < pageSize { break }
      }
      let isWhole = found.allSatisfy { seen.insert($0["Id"]?.text ?? "").inserted }
      // Counted again: what was added or removed while we read would be missing, or there twice.
      if isWhole, found.count == total, try await count(entity, filter) == total { return found }
    }
    throw Failure(
      .tryAgain, "the list \(entity) changes while it is read",
      remedy: "pull again when nobody is working in QuickBooks")
  }

  private func count(_ entity: String, _ filter: String) async throws(Failure) -> Int {
    let answer = try await client.query("select count(*) from \(entity)\(filter)")
    return answer["totalCount"]?.text.flatMap(Int.init) ?? 0
  }

  static func unreadable(_ entity: String) -> Failure {
    Failure(
      .quickBooksUnavailable, "QuickBooks gave a \(entity) that lacks what it must have",
      remedy: "try again; if it stays so, please report it")
  }
}

extension OnlineBooks.List {
  /// Lists that hide their inactive entries unless they are asked for.
  var filter: String {
    self == .taxCodes ? "" : " where Active in (true, false)"
  }
}

extension SalesDocument.Kind {
  /// QuickBooks' name for the form.
  public var entity: String { self == .invoice ? "Invoice" : "CreditMemo" }
}

/// Makes entries of what QuickBooks says.
struct EntryMaker {
  private var accounts: [String: String] = [:]
  private var terms: [String: String] = [:]

  mutating func entry(
    _ json: OnlineJSON, _ list: OnlineBooks.List
  ) throws(Failure) -> OnlineBooks.Entry {
    let text = { (name: String) in json[name]?.text ?? "" }
    let own = [text("FullyQualifiedName"), text("DisplayName"), text("Name")].first { !$0.isEmpty }
    guard let id = json["Id"]?.text, let own else {
      throw Failure(
        .quickBooksUnavailable, "QuickBooks gave an entry of \(list.rawValue) without id or name",
        remedy: "try again; if it stays so, please report it")
    }
    let levels = own.split(separator: ":", omittingEmptySubsequences: false)
      .map(EntryMaker.withoutMark)
    var entry = OnlineBooks.Entry(list, id: id, name: levels.joined(separator: ":"))
    entry.isActive = json["Active"]?.truth ?? true
    switch list {
    case .customers: complete(customer: &entry, json)
    case .accounts:
      entry.type = text("AccountType")
      entry.number = text("AcctNum")
      accounts[id] = entry.name
    case .items:
      entry.type = text("Type")
      entry.isTaxable = json["Taxable"]?.truth ?? false
      let account = json["IncomeAccountRef"]
      entry.account = account?.reference.flatMap { accounts[$0] } ?? account?["name"]?.text ?? ""
    case .terms:
      if text("Type") != "DATE_DRIVEN" { entry.dueDays = Int(text("DueDays")) }
      terms[id] = entry.name
    case .classes, .departments, .taxCodes, .vendors, .employees: break
    }
    return entry
  }

  private func complete(customer entry: inout OnlineBooks.Entry, _ json: OnlineJSON) {
    entry.company = json["CompanyName"]?.text ?? ""
    entry.email = json["PrimaryEmailAddr"]?["Address"]?.text ?? ""
    entry.phone = json["PrimaryPhone"]?["FreeFormNumber"]?.text ?? ""
    entry.terms = json["SalesTermRef"]?.reference.flatMap { terms[$0] } ?? ""
    entry.currency = json["CurrencyRef"]?.reference ?? ""
    guard let address = json["BillAddr"] else { return }
    let part = { (name: String) in address[name]?.text ?? "" }
    var lines = (1...5).map { part("Line\($0)") }
    let place = [part("City"), part("CountrySubDivisionCode")].filter { !$0.isEmpty }
      .joined(separator: ", ")
    lines.append([place, part("PostalCode")].filter { !$0.isEmpty }.joined(separator: " "))
    entry.address = lines.filter { !$0.isEmpty }
  }

  /// A level of a name without the mark that QuickBooks puts behind inactive ones.
  private static func withoutMark(_ level: Substring) -> String {
    let mark = " (deleted)"
    guard level.lowercased().hasSuffix(mark), level.count > mark.count else { return String(level) }
    return String(level.dropLast(mark.count))
  }
}
