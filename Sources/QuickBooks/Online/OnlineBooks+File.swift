internal import Foundation
public import Vocabulary

/// The file in the books folder: a line about the company, then one line for each entry and document.
extension OnlineBooks {
  private static let format = "loadbooks-online-books"

  /// The file's text.
  public var text: [UInt8] {
    var bytes = header.bytes
    bytes.append(0x0A)
    for entry in entries {
      entry.json.append(to: &bytes)
      bytes.append(0x0A)
    }
    for document in documents {
      document.json.append(to: &bytes)
      bytes.append(0x0A)
    }
    return bytes
  }

  private var header: OnlineJSON {
    .of(
      ("format", .string(OnlineBooks.format)), ("version", .number("1")), ("realm", .string(realm)),
      ("company", .string(company)), ("country", .string(country)), ("pulled", .string(pulledAt)),
      ("entries", .number(String(entries.count))), ("documents", .number(String(documents.count))),
      ("custom_numbers", .bool(preferences.customNumbers)),
      ("closed_through", preferences.closedThrough.map { .string($0.description) }),
      ("multi_currency", .bool(preferences.multiCurrency)),
      ("home_currency", .string(preferences.homeCurrency)),
      ("sales_tax", .bool(preferences.salesTax)),
      ("automated_tax", .bool(preferences.automatedTax)),
      ("class_per_document", .bool(preferences.classPerDocument)),
      ("class_per_line", .bool(preferences.classPerLine)),
      ("departments", .bool(preferences.departments)),
      ("service_dates", .bool(preferences.serviceDates)))
  }

  /// Whether a file that begins with these bytes is such a file.
  static func recognises(_ head: [UInt8]) -> Bool {
    String(decoding: head.prefix(200), as: UTF8.self).hasPrefix(#"{"format":"\#(format)""#)
  }

  /// Reads the file; nil when there is none.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  public static func read(path: String) throws(Failure) -> OnlineBooks? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    var books = OnlineBooks()
    var line = 0
    for part in [UInt8](data).split(separator: 0x0A, omittingEmptySubsequences: false) {
      line += 1
      if part.isEmpty { continue }
      guard let json = OnlineJSON(bytes: Array(part)), try books.take(json, line, path) else {
        throw damaged(path, line)
      }
    }
    let header = OnlineJSON(bytes: Array([UInt8](data).prefix { $0 != 0x0A }))
    guard header?["entries"]?.text == String(books.entries.count),
      header?["documents"]?.text == String(books.documents.count)
    else { throw damaged(path, line) }
    return books
  }

  private static func damaged(_ path: String, _ line: Int) -> Failure {
    Failure(
      .inputUnreadable, "\(path) is not as loadbooks pull wrote it",
      remedy: "fetch the books again with: loadbooks pull --refresh",
      location: SourceLocation(file: path, line: line))
  }

  private mutating func take(
    _ json: OnlineJSON, _ line: Int, _ path: String
  ) throws(Failure) -> Bool {
    if line == 1 {
      guard json["format"]?.text == OnlineBooks.format, json["version"]?.text == "1" else {
        return false
      }
      takeHeader(json)
      return true
    }
    if let word = json["list"]?.text {
      guard let list = List(rawValue: word), let id = json["id"]?.text,
        let name = json["name"]?.text
      else { return false }
      var entry = Entry(list, id: id, name: name)
      entry.take(json)
      entry.line = line
      entries.append(entry)
      return true
    }
    guard let word = json["document"]?.text, let id = json["id"]?.text,
      let total = json["total"]?.money
    else { return false }
    documents.append(
      Document(
        kind: word == "CreditMemo" ? .creditMemo : .invoice, id: id,
        number: json["number"]?.text ?? "", customer: json["customer"]?.text ?? "",
        date: json["date"]?.text.flatMap { CalendarDate(iso: $0) }, total: total))
    return true
  }

  private mutating func takeHeader(_ json: OnlineJSON) {
    let word = { (name: String) in json[name]?.text ?? "" }
    let isOn = { (name: String) in json[name]?.truth ?? false }
    (realm, company, country) = (word("realm"), word("company"), word("country"))
    pulledAt = word("pulled")
    preferences.customNumbers = isOn("custom_numbers")
    preferences.closedThrough = CalendarDate(iso: word("closed_through"))
    preferences.multiCurrency = isOn("multi_currency")
    preferences.homeCurrency = word("home_currency")
    preferences.salesTax = isOn("sales_tax")
    preferences.automatedTax = isOn("automated_tax")
    preferences.classPerDocument = isOn("class_per_document")
    preferences.classPerLine = isOn("class_per_line")
    preferences.departments = isOn("departments")
    preferences.serviceDates = isOn("service_dates")
  }
}

extension OnlineBooks.Entry {
  fileprivate var json: OnlineJSON {
    let word = { (text: String) in text.isEmpty ? nil : OnlineJSON.string(text) }
    return .of(
      ("list", .string(list.rawValue)), ("id", .string(id)), ("name", .string(name)),
      ("active", isActive ? nil : .bool(false)), ("type", word(type)), ("number", word(number)),
      ("account", word(account)), ("company", word(company)),
      ("address", address.isEmpty ? nil : .array(address.map { .string($0) })),
      ("email", word(email)), ("phone", word(phone)), ("terms", word(terms)),
      ("due_days", dueDays.map { .number(String($0)) }),
      ("taxable", isTaxable ? .bool(true) : nil), ("currency", word(currency)))
  }

  fileprivate mutating func take(_ json: OnlineJSON) {
    let word = { (name: String) in json[name]?.text ?? "" }
    isActive = json["active"]?.truth ?? true
    (type, number, account, company) = (
      word("type"), word("number"), word("account"), word("company")
    )
    address = json["address"]?.elements.compactMap(\.text) ?? []
    (email, phone, terms, currency) = (
      word("email"), word("phone"), word("terms"), word("currency")
    )
    dueDays = Int(word("due_days"))
    isTaxable = json["taxable"]?.truth ?? false
  }
}

extension OnlineBooks.Document {
  fileprivate var json: OnlineJSON {
    .of(
      ("document", .string(kind == .invoice ? "Invoice" : "CreditMemo")), ("id", .string(id)),
      ("number", number.isEmpty ? nil : .string(number)), ("customer", .string(customer)),
      ("date", date.map { .string($0.description) }), ("total", total.json))
  }
}

extension OnlineBooks {
  /// The lists as books that a plan is checked against.
  func snapshot(file path: String) -> CompanySnapshot {
    var snapshot = CompanySnapshot()
    var source = CompanySnapshot.Source(
      file: path, product: "QuickBooks Online", version: country, date: pulledAt)
    source.kind = "QuickBooks Online, \(company)"
    source.day = CalendarDate(iso: String(pulledAt.prefix(10)))
    for entry in entries { add(entry, path, &snapshot) }
    source.lists = [
      .accounts: snapshot.accounts.count, .items: snapshot.items.count,
      .customers: snapshot.customers.count, .terms: snapshot.terms.count,
      .classes: snapshot.classes.count, .vendors: snapshot.vendors.count,
      .employees: snapshot.employees.count,
    ]
    snapshot.sources = [source]
    return snapshot
  }

  private func add(_ entry: Entry, _ path: String, _ snapshot: inout CompanySnapshot) {
    let location = SourceLocation(file: path, line: entry.line)
    let name = CompanySnapshot.Name(
      name: entry.name, isInactive: !entry.isActive, location: location)
    switch entry.list {
    case .customers:
      snapshot.customers.append(
        CompanySnapshot.Customer(
          name: entry.name, companyName: entry.company, addressLines: entry.address,
          email: entry.email, phone: entry.phone, terms: entry.terms,
          isInactive: !entry.isActive, location: location))
    case .items:
      snapshot.items.append(
        CompanySnapshot.Item(
          name: entry.name, type: OnlineBooks.itemCodes[entry.type] ?? entry.type,
          account: entry.account, isTaxable: entry.isTaxable, isInactive: !entry.isActive,
          location: location))
    case .accounts:
      let type: CompanySnapshot.AccountType =
        switch entry.type {
        case "Income": .income
        case "Other Income": .otherIncome
        case "Accounts Receivable": .receivable
        case let other: .other(other)
        }
      snapshot.accounts.append(
        CompanySnapshot.Account(
          name: entry.name, type: type, number: entry.number, isInactive: !entry.isActive,
          location: location))
    case .terms:
      snapshot.terms.append(
        CompanySnapshot.Terms(
          name: entry.name, dueDays: entry.dueDays, isInactive: !entry.isActive,
          location: location))
    case .classes: snapshot.classes.append(name)
    case .vendors: snapshot.vendors.append(name)
    case .employees: snapshot.employees.append(name)
    case .departments, .taxCodes: break
    }
  }

  /// QuickBooks Desktop's codes for the types of items, which the rules are written in.
  private static let itemCodes = [
    "Service": "SERV", "NonInventory": "PART", "Inventory": "INVENTORY", "Group": "GRP",
    "Bundle": "GRP", "Category": "CATEGORY",
  ]
}
