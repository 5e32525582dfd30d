public import Vocabulary

/// Reads a company's lists from answers to the queries of ``QBXMLQueries``.
///
/// Several answers may be given, pieces of one query among them; an entry that several hold is taken
/// from the first. Answers that refuse a query are told, because what they would have listed is unknown.
public enum QBXMLSnapshotReader {
  /// What was read.
  public struct Reading: Sendable {
    /// The lists.
    public var snapshot = CompanySnapshot()
    /// The invoices and credit memos.
    public var documents: [BookedDocument] = []
    /// Queries that QuickBooks did not answer, with its words.
    public var refused: [QBXMLAnswer] = []
    /// Queries of which more records are to be had, by the ids of their requests.
    public var iterators: [String: String] = [:]
    /// Whether any answer was one to a query.
    public var holdsQueries = false
  }

  /// An invoice or a credit memo that is in the books.
  public struct BookedDocument: Hashable, Sendable {
    /// What kind of form it is.
    public var kind: SalesDocument.Kind
    /// Its number; QuickBooks lets several have the same, or none.
    public var number: String
    /// The customer's full path.
    public var customer: String
    /// Its date; nil when the answer has none.
    public var date: CalendarDate?
    /// What it is about, in the sign of its form; nil when the answer does not say.
    public var total: Money?
    /// QuickBooks' id for it.
    public var transaction: String
    /// The version of it that QuickBooks wants to hear when it is to be changed.
    public var editSequence: String
    /// Where it stands.
    public var location: SourceLocation
  }

  /// Whether a file that begins with these bytes holds qbXML.
  static func recognises(_ head: [UInt8]) -> Bool {
    let text = String(decoding: head.prefix(4096), as: UTF8.self).lowercased()
    return text.contains("<qbxml") || text.contains("<?qbxml")
  }

  /// Reads one file of answers as books.
  ///
  /// A list that QuickBooks refused, or gave only in part, is ``CompanySnapshot/isUnfinished(_:)`` unless
  /// another file of the books completes it.
  ///
  /// - Throws: `Failure` with cause `inputMissing`; `inputUnreadable` for a file that answers no query.
  static func books(_ path: String) throws(Failure) -> CompanySnapshot {
    let reading = try read([path])
    guard reading.holdsQueries else {
      throw Failure(
        .inputUnreadable, "\(path) answers no question about the books",
        remedy: "give it to loadbooks accept, and move it out of the folder books",
        location: SourceLocation(file: path, line: 1))
    }
    return reading.snapshot
  }

  /// Reads answers.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  public static func read(_ paths: [String]) throws(Failure) -> Reading {
    var maker = SnapshotMaker()
    for path in paths {
      maker.begin(path)
      try QBXMLAnswers.forEach(ofFile: path) { event throws(Failure) in maker.take(event) }
      maker.end()
    }
    return maker.reading
  }
}

/// A snapshot in the making.
private struct SnapshotMaker {
  var reading = QBXMLSnapshotReader.Reading()
  private var source = CompanySnapshot.Source(file: "")
  private var known: [String: Set<String>] = [:]

  mutating func begin(_ path: String) {
    source = CompanySnapshot.Source(file: path)
    source.kind = "qbXML answer"
  }

  mutating func end() {
    let counts: [(CompanySnapshot.List, Int)] = [
      (.accounts, reading.snapshot.accounts.count), (.items, reading.snapshot.items.count),
      (.customers, reading.snapshot.customers.count), (.terms, reading.snapshot.terms.count),
      (.classes, reading.snapshot.classes.count), (.vendors, reading.snapshot.vendors.count),
      (.employees, reading.snapshot.employees.count),
      (.otherNames, reading.snapshot.otherNames.count),
    ]
    for (list, count) in counts where source.lists[list] != nil {
      source.lists[list] = count
    }
    reading.snapshot.sources.append(source)
  }

  /// The lists that an answered query is about; one about a part of a list tells nothing of the rest.
  private static let lists: [String: [CompanySnapshot.List]] = [
    "AccountQuery": [.accounts], "ItemQuery": [.items], "CustomerQuery": [.customers],
    "TermsQuery": [.terms], "StandardTermsQuery": [.terms], "ClassQuery": [.classes],
    "VendorQuery": [.vendors], "EmployeeQuery": [.employees], "OtherNameQuery": [.otherNames],
    "EntityQuery": [.customers, .vendors, .employees, .otherNames],
  ]

  mutating func take(_ event: QBXMLAnswers.Event) {
    switch event {
    case .messageSet: break
    case .record(let record, let answer):
      if answer.type.hasSuffix("Query") { take(record) }
    case .answer(let answer):
      guard answer.type.hasSuffix("Query") else { return }
      reading.holdsQueries = true
      // Status 1 says that there is none, 500 that some of those asked for by name are missing.
      let lists = SnapshotMaker.lists[answer.type] ?? []
      guard answer.isDone else {
        for list in lists {
          source.unfinished[list] =
            "QuickBooks refused to list \(list.words) (status \(answer.status)): "
            + answer.message
        }
        return reading.refused.append(answer)
      }
      // A list of which more is to be had is not known to lack anything.
      let remaining = answer.remaining ?? 0
      for list in lists {
        if remaining == 0 {
          source.lists[list] = 0
        } else {
          source.unfinished[list] =
            "QuickBooks has \(remaining) more entries of the list of \(list.words)"
        }
      }
      if let remaining = answer.remaining, let iterator = answer.iterator {
        reading.iterators[answer.requestID] = remaining > 0 ? iterator : nil
      }
    }
  }

  private mutating func take(_ record: QBXMLRecord) {
    switch record.type {
    case "Host":
      source.product = record["ProductName"]
      source.version = [record["MajorVersion"], record["MinorVersion"]].filter { !$0.isEmpty }
        .joined(separator: ".")
    case "Account": takeAccount(record)
    case "StandardTerms", "DateDrivenTerms": takeTerms(record)
    case "Class": if let name = name(record, "class") { reading.snapshot.classes.append(name) }
    case "Customer": takeCustomer(record)
    case "Vendor": if let name = name(record, "vendor") { reading.snapshot.vendors.append(name) }
    case "Employee":
      if let name = name(record, "employee") { reading.snapshot.employees.append(name) }
    case "OtherName":
      if let name = name(record, "other") { reading.snapshot.otherNames.append(name) }
    case "Invoice", "CreditMemo": takeDocument(record)
    default: if record.type.hasPrefix("Item") { takeItem(record) }
    }
  }

  /// Whether an entry is new; QuickBooks' id tells, or else the name.
  private mutating func isNew(_ record: QBXMLRecord, _ list: String) -> Bool {
    let key = record.quickBooksID.isEmpty ? record.name : record.quickBooksID
    guard !key.isEmpty, !record.name.isEmpty || !record["TxnID"].isEmpty else { return false }
    return known[list, default: []].insert(key).inserted
  }

  private mutating func name(_ record: QBXMLRecord, _ list: String) -> CompanySnapshot.Name? {
    guard isNew(record, list) else { return nil }
    return CompanySnapshot.Name(
      name: record.name, isInactive: record.isInactive, location: record.location)
  }

  private mutating func takeAccount(_ record: QBXMLRecord) {
    guard isNew(record, "account") else { return }
    let type: CompanySnapshot.AccountType =
      switch record["AccountType"] {
      case "AccountsReceivable": .receivable
      case "Income": .income
      case "OtherIncome": .otherIncome
      case let other: .other(SnapshotMaker.accountCodes[other] ?? other)
      }
    reading.snapshot.accounts.append(
      CompanySnapshot.Account(
        name: record.name, type: type, number: record["AccountNumber"],
        isInactive: record.isInactive, location: record.location))
  }

  private mutating func takeItem(_ record: QBXMLRecord) {
    guard let code = SnapshotMaker.itemCodes[record.type], isNew(record, "item") else { return }
    let accounts = [
      "SalesOrPurchase/AccountRef/FullName", "SalesAndPurchase/IncomeAccountRef/FullName",
      "IncomeAccountRef/FullName", "AccountRef/FullName",
    ]
    let taxCode = record["SalesTaxCodeRef/FullName"]
    reading.snapshot.items.append(
      CompanySnapshot.Item(
        name: record.name, type: code,
        account: accounts.lazy.map { record[$0] }.first { !$0.isEmpty } ?? "",
        isTaxable: taxCode.lowercased() == "tax", isInactive: record.isInactive,
        location: record.location))
  }

  private mutating func takeTerms(_ record: QBXMLRecord) {
    guard isNew(record, "terms") else { return }
    reading.snapshot.terms.append(
      CompanySnapshot.Terms(
        name: record.name,
        dueDays: record.type == "StandardTerms" ? Int(record["StdDueDays"]) ?? 0 : nil,
        isInactive: record.isInactive, location: record.location))
  }

  private mutating func takeCustomer(_ record: QBXMLRecord) {
    guard isNew(record, "customer") else { return }
    var lines = (1...5).map { record["BillAddressBlock/Addr\($0)"] }
    if lines.allSatisfy(\.isEmpty) {
      let city = [record["BillAddress/City"], record["BillAddress/State"]].filter { !$0.isEmpty }
        .joined(separator: ", ")
      let place = [city, record["BillAddress/PostalCode"]].filter { !$0.isEmpty }
      lines = (1...5).map { record["BillAddress/Addr\($0)"] } + [place.joined(separator: " ")]
    }
    reading.snapshot.customers.append(
      CompanySnapshot.Customer(
        name: record.name, companyName: record["CompanyName"],
        addressLines: lines.filter { !$0.isEmpty }, email: record["Email"],
        accountNumber: record["AccountNumber"], terms: record["TermsRef/FullName"],
        isInactive: record.isInactive, location: record.location))
  }

  private mutating func takeDocument(_ record: QBXMLRecord) {
    guard isNew(record, "document") else { return }
    reading.documents.append(
      QBXMLSnapshotReader.BookedDocument(
        kind: record.type == "Invoice" ? .invoice : .creditMemo, number: record["RefNumber"],
        customer: record["CustomerRef/FullName"], date: CalendarDate(iso: record["TxnDate"]),
        total: record.total, transaction: record["TxnID"], editSequence: record["EditSequence"],
        location: record.location))
  }

  /// QuickBooks' own codes, as list exports have them.
  private static let accountCodes = [
    "AccountsPayable": "AP", "Bank": "BANK", "CostOfGoodsSold": "COGS", "CreditCard": "CCARD",
    "Equity": "EQUITY", "Expense": "EXP", "FixedAsset": "FIXASSET", "LongTermLiability": "LTLIAB",
    "NonPosting": "NONPOSTING", "OtherAsset": "OASSET", "OtherCurrentAsset": "OCASSET",
    "OtherCurrentLiability": "OCLIAB", "OtherExpense": "EXEXP",
  ]
  private static let itemCodes = [
    "ItemService": "SERV", "ItemNonInventory": "PART", "ItemOtherCharge": "OTHC",
    "ItemInventory": "INVENTORY", "ItemInventoryAssembly": "ASSEMBLY", "ItemFixedAsset": "FIXASSET",
    "ItemSubtotal": "SUBT", "ItemDiscount": "DISC", "ItemPayment": "PMT",
    "ItemSalesTax": "COMPTAX", "ItemSalesTaxGroup": "STAX", "ItemGroup": "GRP",
  ]
}
