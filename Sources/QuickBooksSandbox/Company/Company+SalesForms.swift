import Foundation

extension Company {
  /// Works out the full form of an invoice or credit memo: numbers, dates, lines and totals.
  func salesForm(
    _ kind: EntityKind, _ given: JSONObject, existing: Entity?, in context: WriteContext
  ) throws(ServiceFault) -> JSONObject {
    guard let customerID = given.reference("CustomerRef"),
      let customer = entity(.customer, customerID)
    else { throw .missing("CustomerRef") }
    let date = given.string("TxnDate") ?? ServiceTime.day(context.now)
    try checkOpen(date)
    var form = JSONObject()
    form["CustomField"] = try customFields(given)
    form["DocNumber"] = try number(kind, given, existing: existing, in: context)
    form["TxnDate"] = .text(date)
    if kind == .invoice {
      form["DueDate"] = .text(given.string("DueDate") ?? dueDate(given, customer, from: date))
    }
    let currency = try currency(given, customer)
    form["CurrencyRef"] = currency
    if knobs.isOn(.multiCurrency) {
      form["ExchangeRate"] = given["ExchangeRate"] ?? .number("1")
    }
    form["LinkedTxn"] = existing?.members["LinkedTxn"] ?? .list([])
    let lines = try SalesLines(self, given, customer: customer, existing: existing)
    form["Line"] = .list(lines.answered)
    form["TxnTaxDetail"] = lines.taxDetail
    for member in given.members where form[member.name] == nil {
      if member.name == "ClassRef", !knobs.isOn(.classTracking) { continue }
      if member.name == "DepartmentRef", !knobs.isOn(.departmentTracking) { continue }
      form[member.name] = member.value
    }
    if form["BillAddr"] == nil { form["BillAddr"] = customer.members["BillAddr"] }
    guard lines.total >= 0 else {
      throw .business(
        "The transaction amount must be positive. Supplied total:\(lines.total.cents)",
        "Le montant de la transaction doit être positif.", element: "TotalAmt")
    }
    if given.string("EmailStatus") == "NeedToSend", given["BillEmail"]?["Address"] == nil {
      throw .missing("BillEmail.Address")
    }
    form["EmailStatus"] = form["EmailStatus"] ?? .text("NotSet")
    form["PrintStatus"] = form["PrintStatus"] ?? .text("NeedToPrint")
    form["ApplyTaxAfterDiscount"] = form["ApplyTaxAfterDiscount"] ?? .flag(false)
    form["TotalAmt"] = .number(lines.total.cents)
    let paid = try settled(existing, given, total: lines.total)
    form["Balance"] = .number((lines.total - paid).cents)
    if kind == .creditMemo { form["RemainingCredit"] = .number((lines.total - paid).cents) }
    if knobs.isOn(.unknownMembers) { form["CustomExtensions"] = .list([]) }
    return form
  }

  /// What of the total is already paid: by payments, or by credit applied at once.
  private func settled(_ existing: Entity?, _ given: JSONObject, total: Decimal)
    throws(ServiceFault) -> Decimal
  {
    if let existing {
      let old = existing.members
      let paid = (old["TotalAmt"]?.decimal ?? 0) - (old["Balance"]?.decimal ?? 0)
      guard total >= paid else {
        throw .business(
          "The total cannot be less than what is already paid.",
          "Le total ne peut pas être inférieur au montant déjà payé.")
      }
      return paid
    }
    return knobs.isOn(.autoApplyCredit) ? min(25, total) : 0
  }

  func checkOpen(_ date: String) throws(ServiceFault) {
    let closed = knobs[.booksClosedThrough]
    guard closed != "none", date <= closed else { return }
    if knobs.isOn(.closedWithPassword) {
      throw .plain(
        "6210",
        "Account Period Closed, Password Needed : The account period has closed (\(closed))",
        "Période comptable close, mot de passe requis (\(closed))", element: "TxnDate")
    }
    throw .plain(
      "6200", "Account Period Closed : The account period has closed (\(closed))",
      "Période comptable close (\(closed))", element: "TxnDate")
  }

  private func number(
    _ kind: EntityKind, _ given: JSONObject, existing: Entity?, in context: WriteContext
  ) throws(ServiceFault) -> JSONValue? {
    let isCustom = knobs.isOn(.customTransactionNumbers)
    guard let number = given.string("DocNumber"), !number.isEmpty else {
      return isCustom ? nil : .text(existing?.number ?? nextNumber)
    }
    guard number != "AUTO_GENERATE" else { return .text(nextNumber) }
    if (isCustom || knobs.isOn(.checkNumbersWhenOff)) && !context.allowsDuplicateNumber {
      let across = knobs.isOn(.checkNumbersAcrossTypes)
      let holder = holders(ofNumber: number).first {
        ($0.kind == kind || (across && $0.kind.isSalesForm)) && $0.id != existing?.id
      }
      if let holder {
        throw .duplicateNumber(number, type: holder.kind.rawValue, id: holder.id)
      }
    }
    return .text(number)
  }

  private func dueDate(_ given: JSONObject, _ customer: Entity, from date: String) -> String {
    let termID = given.reference("SalesTermRef") ?? customer.members.reference("SalesTermRef")
    let term = termID.flatMap { entity(.term, $0) }?.members
    guard let day = ServiceTime.civilDay(date) else { return date }
    if term?.string("Type") == "DATE_DRIVEN", let due = term?["DayOfMonthDue"]?.integer {
      let ofMonth = Int(date.suffix(2)) ?? 1
      let leeway = term?["DueNextMonthDays"]?.integer ?? 0
      let firstOfNext = day - ofMonth + 1 + Self.daysInMonth(day)
      let isNext = ofMonth + leeway > due
      let first = isNext ? firstOfNext : day - ofMonth + 1
      return (first + min(due, Self.daysInMonth(first)) - 1).civilDate
    }
    return (day + (term?["DueDays"]?.integer ?? 30)).civilDate
  }

  private static func daysInMonth(_ day: Int) -> Int {
    let month = day.civilDate.prefix(7)
    let start = day - (Int(day.civilDate.suffix(2)) ?? 1) + 1
    return (28...31).last { (start + $0 - 1).civilDate.prefix(7) == month } ?? 28
  }

  private func currency(_ given: JSONObject, _ customer: Entity) throws(ServiceFault) -> JSONValue {
    let own = customer.members["CurrencyRef"] ?? Self.homeCurrency
    guard let sent = given["CurrencyRef"] else { return own }
    guard sent["value"] == own["value"] else {
      throw .business(
        "The currency of the transaction must be the customer's.",
        "La devise de la transaction doit être celle du client.", element: "CurrencyRef")
    }
    return sent
  }

  /// The custom fields that are switched on, also those without a value.
  private func customFields(_ given: JSONObject) throws(ServiceFault) -> JSONValue {
    let sent = given["CustomField"]?.elements ?? []
    guard knobs.isOn(.customFields) else {
      guard sent.isEmpty else {
        throw .plain(
          "3000", "Invalid custom field : it is not enabled", "Champ personnalisé non activé",
          element: "CustomField")
      }
      return .list([])
    }
    for field in sent {
      let id = field["DefinitionId"]?.string ?? ""
      guard Self.customFieldNames.contains(where: { $0.id == id }) else {
        throw .plain(
          "3000", "Invalid custom field : DefinitionId \(id)", "Champ personnalisé non valide",
          element: "CustomField")
      }
    }
    return .list(
      Self.customFieldNames.map { definition in
        var field = JSONObject()
        field["DefinitionId"] = .text(definition.id)
        field["Name"] = .text(definition.name)
        field["Type"] = .text("StringType")
        let value = sent.first { $0["DefinitionId"]?.string == definition.id }
        field["StringValue"] = value?["StringValue"]
        return .object(field)
      })
  }

  static let customFieldNames = [
    (id: "1", name: "Load"), (id: "2", name: "PO number"), (id: "3", name: "Driver"),
  ]

  /// Works out an update: full ones clear what they leave out, sparse ones only at the header.
  func updateSalesForm(
    _ existing: Entity, _ checked: JSONObject, isSparse: Bool, in context: WriteContext
  ) throws(ServiceFault) -> Change {
    try checkOpen(existing.members.string("TxnDate") ?? "")
    var given = checked
    if isSparse {
      given = existing.members.merged(with: checked)
      for name in ["domain", "sparse", "Id", "SyncToken", "MetaData", "TotalAmt", "Balance"] {
        given[name] = nil
      }
    }
    var members = try salesForm(existing.kind, given, existing: existing, in: context)
    members.numberAddresses(of: existing.id)
    return changed(existing, members, "update", in: context)
  }

  func changed(
    _ existing: Entity, _ members: JSONObject, _ operation: String, in context: WriteContext,
    related: [Entity] = []
  ) -> Change {
    var members = members
    for name in ["domain", "sparse", "Id", "SyncToken", "MetaData"] { members[name] = nil }
    stamp(
      &members, id: existing.id, syncToken: existing.syncToken + 1,
      created: existing.members["MetaData"]?["CreateTime"]?.string, now: context.now)
    return Change(
      operation: operation, kind: existing.kind, id: existing.id,
      after: Entity(kind: existing.kind, members: members, changed: context.now),
      related: related, nextID: nextID)
  }

  /// Works out `operation=void`.
  func void(_ kind: EntityKind, _ body: JSONObject, in context: WriteContext)
    throws(ServiceFault) -> Change
  {
    guard kind == .invoice || kind == .payment else {
      throw .unsupported("void on \(kind.rawValue)")
    }
    let existing = try current(kind, body)
    try checkOpen(existing.members.string("TxnDate") ?? "")
    var members = existing.members
    let note = members.string("PrivateNote").map { "Voided - \($0)" } ?? "Voided"
    members["PrivateNote"] = .text(note)
    if kind == .payment {
      let freed = linked(existing, sign: 1, in: context)
      members["TotalAmt"] = .number("0")
      members["UnappliedAmt"] = .number("0")
      members["Line"] = .list([])
      return changed(existing, members, "void", in: context, related: freed)
    }
    try checkUnlinked(existing)
    let lines = members["Line"]?.elements ?? []
    members["Line"] = .list(
      lines.map { line in
        guard var object = line.members else { return line }
        if object["Amount"] != nil { object["Amount"] = .number("0") }
        if var detail = object["SalesItemLineDetail"]?.members {
          if detail["Qty"] != nil { detail["Qty"] = .number("0") }
          object["SalesItemLineDetail"] = .object(detail)
        }
        return .object(object)
      })
    members["TotalAmt"] = .number("0")
    members["Balance"] = .number("0")
    return changed(existing, members, "void", in: context)
  }

  /// Works out `operation=delete`.
  func delete(_ kind: EntityKind, _ body: JSONObject, in context: WriteContext)
    throws(ServiceFault) -> Change
  {
    guard kind.isTransaction else { throw .unsupported("delete on \(kind.rawValue)") }
    let existing = try current(kind, body)
    try checkOpen(existing.members.string("TxnDate") ?? "")
    let freed = kind == .payment ? linked(existing, sign: 1, in: context) : []
    if kind != .payment { try checkUnlinked(existing) }
    return Change(
      operation: "delete", kind: kind, id: existing.id, after: nil, related: freed, nextID: nextID)
  }

  private func checkUnlinked(_ entity: Entity) throws(ServiceFault) {
    guard entity.members["LinkedTxn"]?.elements?.isEmpty ?? true else {
      throw .plain(
        "800", "Object is linked to other transactions : remove the links first",
        "L’objet est lié à d’autres transactions", element: "LinkedTxn")
    }
  }
}
