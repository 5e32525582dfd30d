import Foundation

extension Company {
  /// Works out the creation or the update that a POST without an operation asks for.
  func write(_ kind: EntityKind, _ body: JSONObject, in context: WriteContext)
    throws(ServiceFault) -> Change
  {
    guard kind.isWritable else { throw .unsupported("create on \(kind.rawValue)") }
    let checked = try ShapeCheck(company: self, invisible: context.invisible)
      .checked(body, as: kind)
    guard body["Id"] != nil else { return try create(kind, checked, in: context) }
    let existing = try current(kind, body)
    let isSparse = body["sparse"]?.bool == true || body["sparse"]?.string == "true"
    switch kind {
    case .invoice, .creditMemo:
      return try updateSalesForm(existing, checked, isSparse: isSparse, in: context)
    case .payment: throw .unsupported("update on Payment")
    default: return try updateList(existing, checked, isSparse: isSparse, in: context)
    }
  }

  /// The object a body means, when its SyncToken is the current one.
  func current(_ kind: EntityKind, _ body: JSONObject) throws(ServiceFault) -> Entity {
    guard let id = body["Id"]?.string else { throw .missing("Id") }
    guard let entity = entity(kind, id) else { throw .notFound }
    guard let token = body["SyncToken"]?.integer else { throw .missing("SyncToken") }
    guard token == entity.syncToken else { throw .stale }
    return entity
  }

  private func create(_ kind: EntityKind, _ checked: JSONObject, in context: WriteContext)
    throws(ServiceFault) -> Change
  {
    let id = "\(nextID)"
    var members: JSONObject
    var related: [Entity] = []
    switch kind {
    case .customer, .vendor, .employee: members = try party(kind, checked, id: nil)
    case .item: members = try item(checked, id: nil)
    case .account: members = try account(checked, id: nil)
    case .payment: (members, related) = try payment(checked, id: id, in: context)
    case .invoice, .creditMemo: members = try salesForm(kind, checked, existing: nil, in: context)
    default: members = try namedList(kind, checked, id: nil)
    }
    members.numberAddresses(of: id)
    if !kind.isTransaction { members["Active"] = members["Active"] ?? .flag(true) }
    stamp(&members, id: id, syncToken: 0, created: nil, now: context.now)
    let entity = Entity(kind: kind, members: members, changed: context.now)
    return Change(
      operation: "create", kind: kind, id: id, after: entity, related: related, nextID: nextID + 1)
  }

  /// Puts the members that only the service writes in front of the others.
  func stamp(
    _ members: inout JSONObject, id: String, syncToken: Int, created: String?, now: Double
  ) {
    let time = ServiceTime.text(now, milliseconds: false)
    var result = JSONObject()
    result["domain"] = .text("QBO")
    result["sparse"] = .flag(false)
    result["Id"] = .text(id)
    result["SyncToken"] = .text("\(syncToken)")
    result["MetaData"] = .members([
      "CreateTime": .text(created ?? time), "LastUpdatedTime": .text(time),
    ])
    for member in members.members where result[member.name] == nil {
      result[member.name] = member.value
    }
    members = result
  }

  private func updateList(
    _ existing: Entity, _ checked: JSONObject, isSparse: Bool, in context: WriteContext
  ) throws(ServiceFault) -> Change {
    let id = existing.id
    let kind = existing.kind
    var wanted = isSparse ? existing.members.merged(with: checked) : checked
    for name in ["CurrencyRef", "Level"] { wanted[name] = existing.members[name] ?? wanted[name] }
    let isActive = wanted["Active"]?.bool ?? true
    wanted["Active"] = .flag(isActive)
    let nameMember = kind.nameMember
    if let name = checked[nameMember]?.string, Self.key(name).isEmpty { throw .missing(nameMember) }
    if isActive, let name = wanted.string(nameMember), name.hasSuffix(Self.deletedMark),
      !existing.isActive
    {
      wanted[nameMember] = .text(String(name.dropLast(Self.deletedMark.count)))
    }
    if !isActive, existing.isActive, kind == .customer, (balances[id] ?? 0) != 0 {
      throw .plain(
        "6220", "Customer has an open balance and cannot be made inactive",
        "Le client a un solde et ne peut pas être désactivé")
    }
    var members: JSONObject
    switch kind {
    case .customer, .vendor, .employee: members = try party(kind, wanted, id: id)
    case .item: members = try item(wanted, id: id)
    case .account: members = try account(wanted, id: id)
    default: members = try namedList(kind, wanted, id: id)
    }
    if !isActive, existing.isActive {
      for name in [nameMember, "FullyQualifiedName"] {
        if let text = members.string(name) { members[name] = .text(text + Self.deletedMark) }
      }
    }
    members.numberAddresses(of: id)
    stamp(
      &members, id: id, syncToken: existing.syncToken + 1,
      created: existing.members["MetaData"]?["CreateTime"]?.string, now: context.now)
    return Change(
      operation: !isActive && existing.isActive ? "deactivate" : "update", kind: kind, id: id,
      after: Entity(kind: kind, members: members, changed: context.now), nextID: nextID)
  }

  private func unique(_ name: String, _ kind: EntityKind, _ id: String?) throws(ServiceFault) {
    guard let holder = holder(of: name, kind: kind, except: id) else { return }
    throw .duplicateName(id: holder.id, wording: knobs[.duplicateNameDetail])
  }

  private func party(_ kind: EntityKind, _ given: JSONObject, id: String?) throws(ServiceFault)
    -> JSONObject
  {
    var members = given
    let parts = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"]
      .compactMap { given.string($0) }.filter { !$0.isEmpty }
    let name = (given.string("DisplayName") ?? parts.joined(separator: " "))
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty else { throw .missing("DisplayName") }
    try unique(name, kind, id)
    members["DisplayName"] = .text(name)
    if members["PrintOnCheckName"] == nil {
      guard name.utf16.count <= 110 else {
        throw .length("PrintOnCheckName", maximum: 110, supplied: name.utf16.count)
      }
      members["PrintOnCheckName"] = .text(name)
    }
    members["CurrencyRef"] = members["CurrencyRef"] ?? Self.homeCurrency
    guard kind == .customer else { return members }
    members["FullyQualifiedName"] = .text(
      try qualified(name, of: kind, members, switchedBy: "Job", id: id))
    for (name, value): (String, JSONValue) in [
      ("Taxable", .flag(true)), ("Job", .flag(false)), ("BillWithParent", .flag(false)),
      ("Balance", .number("0")), ("BalanceWithJobs", .number("0")),
      ("PreferredDeliveryMethod", .text("Print")),
    ] where members[name] == nil { members[name] = value }
    if knobs.isOn(.unknownMembers) {
      members["IsProject"] = .flag(false)
      members["ClientEntityId"] = .text("0")
      members["V4IDPseudonym"] = .text("0020\(realm)")
      if members["PrimaryPhone"] == nil { members["PrimaryPhone"] = .object(JSONObject()) }
      if members["WebAddr"] == nil { members["WebAddr"] = .object(JSONObject()) }
    }
    return members
  }

  /// The name with its parents in front, at most five levels.
  private func qualified(
    _ name: String, of kind: EntityKind, _ members: JSONObject, switchedBy member: String,
    id: String?
  ) throws(ServiceFault) -> String {
    guard members[member]?.bool == true else { return name }
    guard let parentID = members.reference("ParentRef") else { throw .missing("ParentRef") }
    guard parentID != id else {
      throw .plain("900", "An object cannot be its own parent", "Un objet ne peut être son parent")
    }
    guard let parent = entity(kind, parentID) else { throw .reference("ParentRef", parentID) }
    let path = parent.members.string("FullyQualifiedName") ?? parent.name
    guard path.split(separator: ":").count < 5 else {
      throw .plain("700", "Only five levels are allowed", "Cinq niveaux au maximum")
    }
    return path + ":" + name
  }

  private func item(_ given: JSONObject, id: String?) throws(ServiceFault) -> JSONObject {
    var members = given
    let name = (given.string("Name") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty else { throw .missing("Name") }
    guard !name.contains("\"") else { throw .forbiddenCharacter("Name") }
    try unique(name, .item, id)
    members["Name"] = .text(name)
    let type = given.string("Type") ?? "Service"
    members["Type"] = .text(type)
    if type == "Service" || type == "NonInventory" || type == "Inventory" {
      guard let reference = given.reference("IncomeAccountRef"),
        let account = entity(.account, reference)
      else {
        throw .business(
          "An item of this type needs an income account.",
          "Un article de ce type exige un compte de revenus.", element: "IncomeAccountRef")
      }
      let accountType = account.members.string("AccountType") ?? ""
      guard accountType == "Income" || accountType == "Other Income" else {
        throw .plain(
          "6430", "Invalid account type used : IncomeAccountRef \(account.name) is \(accountType)",
          "Type de compte non valide : IncomeAccountRef \(account.name)",
          element: "IncomeAccountRef")
      }
    }
    members["FullyQualifiedName"] = .text(
      try qualified(name, of: .item, members, switchedBy: "SubItem", id: id))
    members["Taxable"] = members["Taxable"] ?? .flag(false)
    members["UnitPrice"] = members["UnitPrice"] ?? .number("0")
    members["TrackQtyOnHand"] = members["TrackQtyOnHand"] ?? .flag(type == "Inventory")
    return members
  }

  private func account(_ given: JSONObject, id: String?) throws(ServiceFault) -> JSONObject {
    var members = try namedList(.account, given, id: id)
    guard let type = given.string("AccountType"),
      let known = Self.accountTypes.first(where: { $0.type == type })
    else { throw .missing("AccountType") }
    members["Classification"] = .text(known.classification)
    members["AccountSubType"] = members["AccountSubType"] ?? .text(known.subType)
    members["CurrentBalance"] = members["CurrentBalance"] ?? .number("0")
    members["CurrencyRef"] = members["CurrencyRef"] ?? Self.homeCurrency
    return members
  }

  private func namedList(_ kind: EntityKind, _ given: JSONObject, id: String?)
    throws(ServiceFault) -> JSONObject
  {
    var members = given
    let name = (given.string("Name") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty else { throw .missing("Name") }
    if kind == .account, name.contains("\"") { throw .forbiddenCharacter("Name") }
    try unique(name, kind, id)
    members["Name"] = .text(name)
    switch kind {
    case .term:
      members["Type"] =
        members["Type"] ?? .text(given["DayOfMonthDue"] == nil ? "STANDARD" : "DATE_DRIVEN")
    case .account, .classification, .department:
      let member =
        kind == .account
        ? "SubAccount" : kind == .classification ? "SubClass" : "SubDepartment"
      members[member] = members[member] ?? .flag(false)
      members["FullyQualifiedName"] = .text(
        try qualified(name, of: kind, members, switchedBy: member, id: id))
    default: break
    }
    return members
  }

  static let homeCurrency = JSONValue.members([
    "value": .text("USD"), "name": .text("United States Dollar"),
  ])
}

extension JSONObject {
  /// Gives every address an id of its own, in front of its lines; addresses count for themselves.
  mutating func numberAddresses(of id: String) {
    for (name, suffix) in [("BillAddr", "01"), ("ShipAddr", "02")] {
      guard let address = self[name]?.members, address["Id"] == nil, !address.members.isEmpty
      else { continue }
      self[name] = .object(
        JSONObject([Member(name: "Id", value: .text(id + suffix))] + address.members))
    }
  }
}

extension JSONObject {
  /// This object with the other's members in place of its own.
  func merged(with other: JSONObject) -> JSONObject {
    var result = self
    for member in other.members { result[member.name] = member.value }
    return result
  }
}
