import Foundation

extension Company {
  /// The `QueryResponse` to a statement.
  func answer(to text: String) throws(ServiceFault) -> JSONValue {
    let query = try Query(text)
    guard query.start >= 1 else {
      throw .query("4001", "STARTPOSITION must be 1 or more, not \(query.start)")
    }
    if let maximum = query.maximum, maximum < 1 {
      throw .query("4001", "MAXRESULTS must be 1 or more, not \(maximum)")
    }
    switch query.entity.lowercased() {
    case "companyinfo": return singleton("CompanyInfo", companyInfo, query)
    case "preferences": return singleton("Preferences", preferences, query)
    default: break
    }
    guard let kind = EntityKind(named: query.entity) else {
      throw .query("4001", "Invalid context declaration: \(query.entity)")
    }
    let conditions = try query.conditions.map { condition throws(ServiceFault) in
      try QueryCondition(condition, kind: kind)
    }
    let order = try query.order.map { order throws(ServiceFault) in
      (field: try QueryField(order.field, kind: kind), isDescending: order.isDescending)
    }
    let hidesInactive =
      !kind.isTransaction && !conditions.contains { $0.field.path == ["Active"] }
    let asksForBalance = conditions.contains { $0.field.path == ["Balance"] }
    let rows = candidates(kind, conditions).filter { entity in
      guard !hidesInactive || entity.isActive else { return false }
      let members = asksForBalance ? shown(entity) : entity.members
      return conditions.allSatisfy { $0.holds(for: members) }
    }
    if query.isCount { return .members(["totalCount": .number("\(rows.count)")]) }
    let sorted = sort(rows, kind, by: order)
    let maximum = min(query.maximum ?? 100, 1000)
    let page = sorted.dropFirst(query.start - 1).prefix(maximum)
    guard !page.isEmpty else { return .object(JSONObject()) }
    let selected = try query.fields.map { field throws(ServiceFault) in
      try QueryField(field, kind: kind, isProjection: true).path[0]
    }
    return .members([
      kind.rawValue: .list(page.map { projected($0, selected) }),
      "startPosition": .number("\(query.start)"), "maxResults": .number("\(page.count)"),
    ])
  }

  private func singleton(_ name: String, _ value: JSONValue, _ query: Query) -> JSONValue {
    if query.isCount { return .members(["totalCount": .number("1")]) }
    return .members([name: .list([value]), "maxResults": .number("1")])
  }

  /// The rows that can match at all: an id, a number or a name asked for is looked up.
  private func candidates(_ kind: EntityKind, _ conditions: [QueryCondition]) -> [Entity] {
    for condition in conditions where condition.isExact {
      switch condition.field.path {
      case ["Id"]: return unique(condition.values.compactMap { entity(kind, $0) })
      case ["DocNumber"]:
        let uses = condition.values.flatMap { holders(ofNumber: $0) }
        return unique(uses.filter { $0.kind == kind }.compactMap { entity(kind, $0.id) })
      case [kind.nameMember]: return unique(condition.values.flatMap { named($0, kind: kind) })
      default: continue
      }
    }
    let table = tables[kind] ?? Table()
    return table.order.compactMap { table.rows[$0] }
  }

  private func unique(_ entities: [Entity]) -> [Entity] {
    var seen: Set<String> = []
    return entities.filter { seen.insert($0.id).inserted }
  }

  private func sort(
    _ rows: [Entity], _ kind: EntityKind, by order: [(field: QueryField, isDescending: Bool)]
  ) -> [Entity] {
    if order.isEmpty {
      return kind.isTransaction
        ? rows.sorted { ($0.changed, Self.numericID($0)) > ($1.changed, Self.numericID($1)) }
        : rows.sorted { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
    }
    if order.count == 1, order[0].field.path == ["Id"] {
      let sorted = rows.sorted { Self.numericID($0) < Self.numericID($1) }
      return order[0].isDescending ? sorted.reversed() : sorted
    }
    let keyed = rows.map { row in (row: row, keys: order.map { $0.field.key(of: row.members) }) }
    return keyed.sorted { first, second in
      for (index, order) in order.enumerated() where first.keys[index] != second.keys[index] {
        return (first.keys[index] < second.keys[index]) != order.isDescending
      }
      return Self.numericID(first.row) < Self.numericID(second.row)
    }.map { $0.row }
  }

  private static func numericID(_ entity: Entity) -> Int { Int(entity.id) ?? 0 }

  private func projected(_ entity: Entity, _ fields: [String]) -> JSONValue {
    let all = shown(entity)
    guard !fields.isEmpty else { return .object(all) }
    let kept = Set(fields + ["domain", "sparse", "Id"])
    return .object(JSONObject(all.members.filter { kept.contains($0.name) }))
  }
}

/// A field that a query may name.
struct QueryField: Sendable, Hashable {
  enum Content: Sendable, Hashable {
    case text
    case number
    case time
    case flag
  }

  let path: [String]
  let content: Content

  init(_ name: String, kind: EntityKind, isProjection: Bool = false) throws(ServiceFault) {
    let lower = name.lowercased()
    if let found = Self.fields(of: kind).first(where: { $0.name.lowercased() == lower }) {
      path = found.name.split(separator: ".").map(String.init)
      content = found.content
      return
    }
    let first = name.split(separator: ".").first.map(String.init) ?? name
    let shape = Shape.members(of: kind).keys.first { $0.lowercased() == first.lowercased() }
    guard isProjection, let shape else {
      throw .query("4001", "property '\(name)' is not queryable")
    }
    path = [shape]
    content = .text
  }

  private static func fields(of kind: EntityKind) -> [(name: String, content: Content)] {
    let texts: [String]
    var numbers: [String] = []
    var flags: [String] = []
    switch kind {
    case .customer, .vendor, .employee:
      texts = [
        "DisplayName", "GivenName", "MiddleName", "FamilyName", "CompanyName", "PrintOnCheckName",
        "FullyQualifiedName", "PrimaryEmailAddr", "PrimaryPhone", "SalesTermRef", "ParentRef",
      ]
      numbers = ["Balance"]
      flags = ["Active", "Job", "Taxable"]
    case .item:
      texts = ["Name", "FullyQualifiedName", "Sku", "Type", "IncomeAccountRef", "ParentRef"]
      numbers = ["UnitPrice"]
      flags = ["Active", "SubItem", "Taxable"]
    case .account:
      texts = [
        "Name", "FullyQualifiedName", "AccountType", "AccountSubType", "AcctNum", "Classification",
      ]
      numbers = ["CurrentBalance"]
      flags = ["Active", "SubAccount"]
    case .term:
      texts = ["Name", "Type"]
      numbers = ["DueDays"]
      flags = ["Active"]
    case .classification, .department, .taxCode:
      texts = ["Name", "FullyQualifiedName", "ParentRef"]
      flags = ["Active"]
    case .invoice, .creditMemo, .payment:
      texts = [
        "DocNumber", "TxnDate", "DueDate", "CustomerRef", "SalesTermRef", "DepartmentRef",
        "EmailStatus", "PrintStatus", "CurrencyRef", "PaymentRefNum",
      ]
      numbers = ["TotalAmt", "Balance"]
    }
    var all: [(name: String, content: Content)] = [
      ("Id", .text), ("MetaData.CreateTime", .time), ("MetaData.LastUpdatedTime", .time),
    ]
    for name in texts { all.append((name, .text)) }
    for name in numbers { all.append((name, .number)) }
    for name in flags { all.append((name, .flag)) }
    return all
  }

  /// The value to compare by: references by their id, wrapped texts by what they wrap.
  func text(of members: JSONObject) -> String? {
    var value: JSONValue? = .object(members)
    for name in path { value = value?[name] }
    switch value {
    case .text(let text)?: return text
    case .number(let digits)?: return digits
    case .flag(let flag)?: return flag ? "true" : "false"
    case .object(let object)?:
      return object.string("value") ?? object.string("Address") ?? object.string("FreeFormNumber")
    default: return nil
    }
  }

  func key(of members: JSONObject) -> QueryKey {
    QueryKey(text(of: members), content: path == ["Id"] ? .number : content)
  }
}

/// A value in the order that queries sort by.
enum QueryKey: Sendable, Hashable, Comparable {
  case nothing
  case number(Decimal)
  case time(Double)
  case text(String)

  init(_ text: String?, content: QueryField.Content) {
    guard let text else {
      self = .nothing
      return
    }
    switch content {
    case .number: self = Decimal(string: text, locale: nil).map { .number($0) } ?? .nothing
    case .time: self = ServiceTime.instant(text).map { .time($0) } ?? .nothing
    case .text, .flag: self = .text(text.lowercased())
    }
  }
}

/// A condition of a query, checked against the kind it asks.
struct QueryCondition: Sendable {
  let field: QueryField
  let comparison: Query.Comparison
  let values: [String]
  private let keys: [QueryKey]

  init(_ condition: Query.Condition, kind: EntityKind) throws(ServiceFault) {
    field = try QueryField(condition.field, kind: kind)
    comparison = condition.comparison
    values = condition.values
    let content = field.content
    keys = condition.values.map { QueryKey($0, content: content) }
    if field.path == ["Id"], comparison != .equal, comparison != .oneOf {
      throw .query("4001", "Operator \(comparison.rawValue) is not supported for property Id")
    }
    if content == .number || content == .time, keys.contains(.nothing) {
      throw .query("4001", "Invalid value for property \(condition.field)")
    }
  }

  /// Whether only rows with one of the values match.
  var isExact: Bool { comparison == .equal || comparison == .oneOf }

  func holds(for members: JSONObject) -> Bool {
    let key = QueryKey(field.text(of: members), content: field.content)
    guard key != .nothing else { return false }
    switch comparison {
    case .equal, .oneOf: return keys.contains(key)
    case .less: return key < keys[0]
    case .greater: return key > keys[0]
    case .atMost: return key <= keys[0]
    case .atLeast: return key >= keys[0]
    case .like:
      guard case .text(let text) = key, case .text(let pattern) = keys[0] else { return false }
      return text.matches(pattern: pattern)
    }
  }
}

extension String {
  /// Whether this is like a pattern in which `%` stands for any characters.
  func matches(pattern: String) -> Bool {
    let parts = pattern.split(separator: "%", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return self == pattern
    }
    guard count >= first.count + last.count, hasPrefix(first), hasSuffix(last) else { return false }
    var rest = dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.range(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}
