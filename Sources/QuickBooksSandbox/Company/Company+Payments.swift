import Foundation

extension Company {
  /// Works out a payment and what it does to the invoices it pays.
  func payment(_ given: JSONObject, id: String, in context: WriteContext) throws(ServiceFault)
    -> (members: JSONObject, related: [Entity])
  {
    guard let customer = given.reference("CustomerRef") else { throw .missing("CustomerRef") }
    guard let total = given["TotalAmt"]?.decimal else { throw .missing("TotalAmt") }
    let date = given.string("TxnDate") ?? ServiceTime.day(context.now)
    try checkOpen(date)
    var members = given
    members["TxnDate"] = .text(date)
    members["CurrencyRef"] = members["CurrencyRef"] ?? Self.homeCurrency
    var applied: Decimal = 0
    var related: [Entity] = []
    for line in given["Line"]?.elements ?? [] {
      let amount = line["Amount"]?.decimal ?? 0
      applied += amount
      for link in line["LinkedTxn"]?.elements ?? [] where link["TxnType"]?.string == "Invoice" {
        let invoiceID = link["TxnId"]?.string ?? ""
        guard let invoice = entity(.invoice, invoiceID),
          invoice.members.reference("CustomerRef") == customer
        else {
          throw .plain(
            "620", "Transaction cannot be linked : \(invoiceID)",
            "La transaction ne peut pas être liée : \(invoiceID)", element: "Line.LinkedTxn")
        }
        guard amount <= invoice.members["Balance"]?.decimal ?? 0 else {
          throw .business(
            "You can't apply more than the open balance.",
            "Vous ne pouvez pas appliquer plus que le solde.", element: "Line.Amount")
        }
        related.append(paid(invoice, by: amount, payment: id, isLinked: true, in: context))
      }
    }
    guard applied <= total else {
      throw .business(
        "The amount applied exceeds the payment.", "Le montant appliqué dépasse le paiement.",
        element: "TotalAmt")
    }
    members["UnappliedAmt"] = .number("\(total - applied)")
    return (members, related)
  }

  /// The invoices a payment pays, with its amounts given back.
  func linked(_ payment: Entity, sign: Decimal, in context: WriteContext) -> [Entity] {
    var freed: [Entity] = []
    for line in payment.members["Line"]?.elements ?? [] {
      for link in line["LinkedTxn"]?.elements ?? [] {
        guard let id = link["TxnId"]?.string, let invoice = entity(.invoice, id) else { continue }
        let amount = line["Amount"]?.decimal ?? 0
        freed.append(
          paid(invoice, by: -sign * amount, payment: payment.id, isLinked: false, in: context))
      }
    }
    return freed
  }

  private func paid(
    _ invoice: Entity, by amount: Decimal, payment: String, isLinked: Bool,
    in context: WriteContext
  ) -> Entity {
    var members = invoice.members
    members["Balance"] = .number(((members["Balance"]?.decimal ?? 0) - amount).cents)
    let link = JSONValue.members(["TxnId": .text(payment), "TxnType": .text("Payment")])
    let others = (members["LinkedTxn"]?.elements ?? []).filter { $0 != link }
    members["LinkedTxn"] = .list(isLinked ? others + [link] : others)
    members["SyncToken"] = .text("\(invoice.syncToken + 1)")
    return Entity(kind: .invoice, members: members, changed: context.now)
  }

  /// Works out an e-mail to the customer; tests count these, because a client must not cause one.
  func send(_ id: String, in context: WriteContext) throws(ServiceFault) -> Change {
    guard let invoice = entity(.invoice, id) else { throw .notFound }
    var members = invoice.members
    members["EmailStatus"] = .text("EmailSent")
    return changed(invoice, members, "send", in: context)
  }

  /// Works out an edit that a person makes in the QuickBooks window meanwhile.
  func edit(_ kind: EntityKind, _ id: String, _ edits: JSONObject, now: Double)
    throws(ServiceFault) -> Change
  {
    guard let existing = entity(kind, id) else { throw .notFound }
    return changed(
      existing, existing.members.merged(with: edits), "edit", in: WriteContext(now: now))
  }
}
