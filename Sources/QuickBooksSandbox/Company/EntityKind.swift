/// The kinds of objects a company of the sandbox holds.
public enum EntityKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// A customer.
  case customer = "Customer"
  /// A vendor.
  case vendor = "Vendor"
  /// An employee.
  case employee = "Employee"
  /// A product or service.
  case item = "Item"
  /// An account of the chart of accounts.
  case account = "Account"
  /// Terms of payment.
  case term = "Term"
  /// A class.
  case classification = "Class"
  /// A department (location).
  case department = "Department"
  /// A sales tax code.
  case taxCode = "TaxCode"
  /// An invoice.
  case invoice = "Invoice"
  /// A credit memo.
  case creditMemo = "CreditMemo"
  /// A payment received.
  case payment = "Payment"

  /// The kind an API path or a query names, whatever its case.
  init?(named name: some StringProtocol) {
    let lower = name.lowercased()
    guard let kind = Self.allCases.first(where: { $0.rawValue.lowercased() == lower }) else {
      return nil
    }
    self = kind
  }

  /// The kind a URL names; URLs are in lower case.
  init?(resource: String) {
    guard resource == resource.lowercased() else { return nil }
    self.init(named: resource)
  }

  /// Whether this is a transaction with a date, not an entry of a list.
  var isTransaction: Bool { self == .invoice || self == .creditMemo || self == .payment }

  /// Whether this kind has invoice-like lines.
  var isSalesForm: Bool { self == .invoice || self == .creditMemo }

  /// Whether names of this kind share one list with customers, vendors and employees.
  var isParty: Bool { self == .customer || self == .vendor || self == .employee }

  /// The member that holds the name.
  var nameMember: String { isParty ? "DisplayName" : "Name" }

  /// Whether clients may write this kind.
  var isWritable: Bool { self != .taxCode }
}

/// One object of a company, as the service would answer it.
struct Entity: Sendable, Hashable {
  var kind: EntityKind
  var members: JSONObject
  /// The instant of the last change, for the order of queries.
  var changed: Double

  var id: String { members.string("Id") ?? "" }
  var syncToken: Int { members["SyncToken"]?.integer ?? 0 }
  var isActive: Bool { members["Active"]?.bool ?? true }
  var name: String { members.string(kind.nameMember) ?? "" }
  var number: String? { members.string("DocNumber") }
}
