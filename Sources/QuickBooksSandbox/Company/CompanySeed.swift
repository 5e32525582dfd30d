import Foundation

/// The companies a new sandbox starts with.
enum CompanySeed {
  /// The company that tests connect to, and another one to connect to by mistake.
  static let realms = [
    (realm: "9341450000000017", name: "Prairie Haul Sandbox LLC"),
    (realm: "9341450000000025", name: "Lone Pine Towing Sandbox Inc"),
  ]

  /// The objects of one company as creations, in the order of their ids.
  static func changes(for realm: String, now: Double) throws(ServiceFault) -> [Change] {
    var company = Company(realm: realm, name: "")
    let context = WriteContext(now: now)
    var changes: [Change] = []
    for (kind, body) in realm == realms[0].realm ? full : small {
      let isInactive = body["Active"] == .flag(false)
      var active = body
      active["Active"] = nil
      var change = try company.write(kind, kind.isTransaction ? body : active, in: context)
      change.operation = "seed"
      changes.append(change)
      company.apply(change)
      guard isInactive, let entity = change.after else { continue }
      var off = JSONObject()
      off["Id"] = .text(entity.id)
      off["SyncToken"] = .text("0")
      off["sparse"] = .flag(true)
      off["Active"] = .flag(false)
      change = try company.write(kind, off, in: context)
      change.operation = "seed"
      changes.append(change)
      company.apply(change)
    }
    for code in taxCodes {
      let entity = Entity(kind: .taxCode, members: code, changed: now)
      changes.append(
        Change(
          operation: "seed", kind: .taxCode, id: entity.id, after: entity,
          nextID: company.nextID))
    }
    return changes
  }

  private static func named(_ name: String, _ more: KeyValuePairs<String, JSONValue> = [:])
    -> JSONObject
  {
    var object = JSONObject()
    object["Name"] = .text(name)
    for (name, value) in more { object[name] = value }
    return object
  }

  private static func party(_ name: String, _ more: KeyValuePairs<String, JSONValue> = [:])
    -> JSONObject
  {
    var object = JSONObject()
    object["DisplayName"] = .text(name)
    for (name, value) in more { object[name] = value }
    return object
  }

  private static func account(_ name: String, _ type: String) -> JSONObject {
    named(name, ["AccountType": .text(type)])
  }

  private static func service(
    _ name: String, account: String, _ more: KeyValuePairs<String, JSONValue> = [:]
  ) -> JSONObject {
    var object = named(name, more)
    object["Type"] = .text("Service")
    object["IncomeAccountRef"] = .members(["value": .text(account)])
    return object
  }

  private static func term(_ name: String, days: Int) -> JSONObject {
    named(name, ["Type": .text("STANDARD"), "DueDays": .number("\(days)")])
  }

  /// Ids 1 to 9 are accounts, 10 to 16 terms, 17 to 27 items; then classes, departments and names.
  private static let lists: [(EntityKind, JSONObject)] = [
    (.account, account("Checking", "Bank")),
    (.account, account("Accounts Receivable (A/R)", "Accounts Receivable")),
    (.account, account("Freight Income", "Income")),
    (.account, account("Accessorial Income", "Income")),
    (.account, account("Fuel Surcharge Income", "Income")),
    (.account, account("Other Miscellaneous Income", "Other Income")),
    (.account, account("Fuel", "Expense")),
    (.account, account("Discounts given", "Income")),
    (.account, account("Old Towing Income", "Income").merged(with: inactive)),
    (.term, term("Due on receipt", days: 0)), (.term, term("Net 10", days: 10)),
    (.term, term("Net 15", days: 15)), (.term, term("Net 30", days: 30)),
    (.term, term("Net 45", days: 45)), (.term, term("Net 60", days: 60)),
    (
      .term,
      named(
        "10th of next month",
        [
          "Type": .text("DATE_DRIVEN"), "DayOfMonthDue": .number("10"),
          "DueNextMonthDays": .number("5"),
        ])
    ),
    (.item, service("Linehaul", account: "3")), (.item, service("Fuel Surcharge", account: "5")),
    (.item, service("Detention", account: "4")), (.item, service("Layover", account: "4")),
    (.item, service("Lumper", account: "4")), (.item, service("Stop-off", account: "4")),
    (.item, service("TONU", account: "4")),
    (.item, service("Adjustments", account: "6", ["Taxable": .flag(true)])),
    (.item, named("Accessorials", ["Type": .text("Category")])),
    (
      .item,
      service(
        "Tarping", account: "4",
        ["SubItem": .flag(true), "ParentRef": .members(["value": .text("25")])])
    ), (.item, service("Demurrage (old)", account: "4").merged(with: inactive)),
    (.classification, named("Reefer")), (.classification, named("Flatbed")),
    (.department, named("Salina yard")), (.department, named("Denver yard")),
  ]

  private static let inactive = JSONObject([.init(name: "Active", value: .flag(false))])

  /// Customers with names that trip clients, and a vendor and an employee whose names collide.
  private static let names: [(EntityKind, JSONObject)] = [
    (
      .customer,
      party(
        "Acme Freight",
        [
          "CompanyName": .text("Acme Freight"), "SalesTermRef": .members(["value": .text("13")]),
          "BillAddr": .members([
            "Line1": .text("400 Elevator Rd"), "City": .text("Salina"),
            "CountrySubDivisionCode": .text("KS"), "PostalCode": .text("67401"),
            "Country": .text("USA"),
          ]),
        ])
    ), (.customer, party("O'Neil & Sons")), (.customer, party("Müller Spedition GmbH")),
    (.customer, party("A&B Trucking, Inc.")), (.customer, party("100% Produce #7")),
    (.customer, party("Smith \"Smitty\" Farms")), (.customer, party("Back\\slash Logistics")),
    (.customer, party("Big River  Grain")), (.customer, party("Québec Lumber Ltée")),
    (.customer, party("Closed Cannery").merged(with: inactive)),
    (.customer, party("Prairie Grain Co-op")),
    (
      .customer,
      party(
        "Salina elevator",
        ["Job": .flag(true), "ParentRef": .members(["value": .text("42")])])
    ), (.vendor, party("Pilot Flying J")), (.vendor, party("Heartland Tire")),
    (
      .employee,
      party("Dana Whitfield", ["GivenName": .text("Dana"), "FamilyName": .text("Whitfield")])
    ),
    (
      .employee,
      party("Lee Ortiz", ["GivenName": .text("Lee"), "FamilyName": .text("Ortiz")])
    ), (.invoice, invoice("1001", customer: "32", item: "17", amount: "1850.00")),
    (.invoice, invoice("1002", customer: "33", item: "17", amount: "920.50")),
    (.invoice, invoice("1003", customer: "42", item: "18", amount: "75")),
    (.creditMemo, invoice("CM-1", customer: "32", item: "24", amount: "40.00")),
  ]

  private static let full: [(EntityKind, JSONObject)] = lists + names

  private static var small: [(EntityKind, JSONObject)] {
    var objects = Array(lists.prefix(17))
    objects.append((.customer, party("Lone Pine Garage")))
    return objects
  }

  private static func invoice(_ number: String, customer: String, item: String, amount: String)
    -> JSONObject
  {
    let body = JSONValue.members([
      "DocNumber": .text(number), "TxnDate": .text("2026-08-14"),
      "CustomerRef": .members(["value": .text(customer)]),
      "Line": .list([
        .members([
          "Amount": .number(amount), "DetailType": .text("SalesItemLineDetail"),
          "SalesItemLineDetail": .members(["ItemRef": .members(["value": .text(item)])]),
        ])
      ]),
    ])
    return body.members ?? JSONObject()
  }

  private static let taxCodes: [JSONObject] = [
    ("TAX", "TAX", true), ("NON", "NON", false), ("2", "Kansas state", true),
  ].map { id, name, isTaxable in
    JSONObject([
      .init(name: "Name", value: .text(name)), .init(name: "Description", value: .text(name)),
      .init(name: "Active", value: .flag(true)), .init(name: "Taxable", value: .flag(isTaxable)),
      .init(name: "TaxGroup", value: .flag(isTaxable)), .init(name: "domain", value: .text("QBO")),
      .init(name: "sparse", value: .flag(false)), .init(name: "Id", value: .text(id)),
      .init(name: "SyncToken", value: .text("0")),
    ])
  }
}
