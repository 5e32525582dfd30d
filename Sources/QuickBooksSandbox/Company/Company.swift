import Foundation

/// The books of one company of the sandbox: lists, transactions and what is known by name or number.
///
/// Reading and checking never change it. A write is first worked out as a ``Change``, then journaled
/// by the engine, and only then applied here, so what a company holds is what its journal says.
struct Company: Sendable {
  /// The rows of one kind, in the order of their ids.
  struct Table: Sendable {
    var order: [String] = []
    var rows: [String: Entity] = [:]
  }

  /// Where a name or a number is in use.
  struct Use: Sendable, Hashable {
    var kind: EntityKind
    var id: String
  }

  let realm: String
  let name: String
  var knobs = Knobs()
  private(set) var tables: [EntityKind: Table] = [:]
  private(set) var balances: [String: Decimal] = [:]
  private(set) var nextID = 1
  private var names: [String: [Use]] = [:]
  private var numbers: [String: [Use]] = [:]
  private var highestNumber = 1000

  init(realm: String, name: String) {
    self.realm = realm
    self.name = name
  }

  func entity(_ kind: EntityKind, _ id: String) -> Entity? { tables[kind]?.rows[id] }

  /// The object as answered: a customer shows what it owes.
  func shown(_ entity: Entity) -> JSONObject {
    guard entity.kind == .customer else { return entity.members }
    var members = entity.members
    let balance = JSONValue.number("\(balances[entity.id] ?? 0)")
    members["Balance"] = balance
    members["BalanceWithJobs"] = balance
    return members
  }

  /// Who else holds this name in the list that the kind's names share.
  func holder(of name: String, kind: EntityKind, except id: String?) -> Use? {
    let key = Self.key(name)
    var holders = names[Self.list(kind) + key] ?? []
    if !knobs.isOn(.inactiveNameFree) {
      let inactive = names[Self.list(kind) + key + Self.deletedMark] ?? []
      holders += inactive.filter { entity($0.kind, $0.id)?.isActive == false }
    }
    return holders.first { $0.id != id || $0.kind != kind }
  }

  /// The transactions that hold a number.
  func holders(ofNumber number: String) -> [Use] { numbers[number.lowercased()] ?? [] }

  /// The rows of this kind with this name, for queries.
  func named(_ name: String, kind: EntityKind) -> [Entity] {
    (names[Self.list(kind) + Self.key(name)] ?? []).filter { $0.kind == kind }
      .compactMap { entity($0.kind, $0.id) }
  }

  /// The number that follows the highest one in use.
  var nextNumber: String { "\(highestNumber + 1)" }

  /// Does what a change says.
  mutating func apply(_ change: Change) {
    for entity in change.related + (change.after.map { [$0] } ?? []) { put(entity) }
    if change.after == nil { remove(change.kind, change.id) }
    nextID = max(nextID, change.nextID)
  }

  private mutating func put(_ entity: Entity) {
    let id = entity.id
    if let old = tables[entity.kind]?.rows[id] {
      unindex(old)
    } else {
      tables[entity.kind, default: Table()].order.append(id)
    }
    tables[entity.kind, default: Table()].rows[id] = entity
    index(entity)
    if let number = Int(id) { nextID = max(nextID, number + 1) }
  }

  private mutating func remove(_ kind: EntityKind, _ id: String) {
    guard let old = tables[kind]?.rows[id] else { return }
    unindex(old)
    tables[kind]?.rows[id] = nil
    tables[kind]?.order.removeAll { $0 == id }
  }

  private mutating func index(_ entity: Entity) {
    let use = Use(kind: entity.kind, id: entity.id)
    if entity.kind.isTransaction {
      if let number = entity.number {
        numbers[number.lowercased(), default: []].append(use)
        if number.utf8.count <= 15, let value = Int(number) {
          highestNumber = max(highestNumber, value)
        }
      }
      owe(entity, sign: 1)
    } else {
      names[Self.list(entity.kind) + Self.key(entity.name), default: []].append(use)
    }
  }

  private mutating func unindex(_ entity: Entity) {
    let use = Use(kind: entity.kind, id: entity.id)
    if entity.kind.isTransaction {
      if let number = entity.number { numbers[number.lowercased()]?.removeAll { $0 == use } }
      owe(entity, sign: -1)
    } else {
      names[Self.list(entity.kind) + Self.key(entity.name)]?.removeAll { $0 == use }
    }
  }

  private mutating func owe(_ entity: Entity, sign: Decimal) {
    guard let customer = entity.members.reference("CustomerRef") else { return }
    let member = entity.kind == .payment ? "UnappliedAmt" : "Balance"
    let amount = entity.members[member]?.decimal ?? 0
    balances[customer, default: 0] += entity.kind == .invoice ? sign * amount : -sign * amount
  }

  /// What the service appends to the name of a record made inactive.
  static let deletedMark = " (deleted)"

  /// Names compare without case and without blanks around them.
  static func key(_ name: String) -> String {
    name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
  }

  private static func list(_ kind: EntityKind) -> String {
    (kind.isParty ? "party" : kind.rawValue) + "\u{0}"
  }

  static let currencies = [
    "USD": "United States Dollar", "CAD": "Canadian Dollar", "MXN": "Mexican Peso",
    "EUR": "Euro",
  ]

  static let accountTypes: [(type: String, classification: String, subType: String)] = [
    ("Bank", "Asset", "Checking"), ("Accounts Receivable", "Asset", "AccountsReceivable"),
    ("Other Current Asset", "Asset", "OtherCurrentAssets"),
    ("Fixed Asset", "Asset", "Vehicles"), ("Other Asset", "Asset", "OtherLongTermAssets"),
    ("Accounts Payable", "Liability", "AccountsPayable"),
    ("Credit Card", "Liability", "CreditCard"),
    ("Other Current Liability", "Liability", "OtherCurrentLiabilities"),
    ("Long Term Liability", "Liability", "NotesPayable"),
    ("Equity", "Equity", "OpeningBalanceEquity"),
    ("Income", "Revenue", "ServiceFeeIncome"),
    ("Cost of Goods Sold", "Expense", "SuppliesMaterialsCogs"),
    ("Expense", "Expense", "Auto"), ("Other Income", "Revenue", "OtherMiscellaneousIncome"),
    ("Other Expense", "Expense", "OtherMiscellaneousExpense"),
  ]
}

/// One write, worked out but not yet done.
struct Change: Sendable, Hashable {
  /// What is done: `create`, `update`, `deactivate`, `void`, `delete`, `send`, `edit` or `seed`.
  var operation: String
  var kind: EntityKind
  var id: String
  /// The object afterwards; nil when it is gone.
  var after: Entity?
  /// Other objects that change with it, such as the invoice a payment pays.
  var related: [Entity] = []
  /// The company's next free id afterwards.
  var nextID: Int
}

/// What a write is checked against besides the company itself.
struct WriteContext: Sendable {
  /// The instant on the sandbox's clock.
  var now: Double
  /// Whether `include=allowduplicatedocnum` was sent.
  var allowsDuplicateNumber = false
  /// Ids that earlier items of the same batch made.
  var invisible: Set<String> = []
}
