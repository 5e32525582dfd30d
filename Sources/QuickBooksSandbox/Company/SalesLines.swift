import Foundation

/// The lines of a sales form as the service keeps them, and what they add up to.
struct SalesLines {
  private(set) var answered: [JSONValue] = []
  private(set) var total: Decimal = 0
  private(set) var taxDetail = JSONValue.members(["TotalTax": .number("0")])

  private let company: Company
  private var subtotal: Decimal = 0
  private var taxable: Decimal = 0
  private var discount: Decimal = 0

  init(_ company: Company, _ form: JSONObject, customer: Entity, existing: Entity?)
    throws(ServiceFault)
  {
    self.company = company
    let sent = (form["Line"]?.elements ?? [])
      .filter { $0["DetailType"]?.string != "SubTotalLineDetail" }
    guard !sent.isEmpty else { throw .missing("Line") }
    let known = Set(
      (existing?.members["Line"]?.elements ?? []).compactMap { $0["Id"]?.string })
    var highest = known.compactMap { Int($0) }.max() ?? 0
    let isCustomerTaxable = customer.members["Taxable"]?.bool ?? true
    for (index, line) in sent.enumerated() {
      guard let object = line.members else { continue }
      var result = JSONObject()
      if let id = object.string("Id"), known.contains(id) {
        result["Id"] = .text(id)
      } else {
        highest += 1
        result["Id"] = .text("\(highest)")
      }
      result["LineNum"] = .number("\(index + 1)")
      result["Description"] = object["Description"]
      try add(object, to: &result, isCustomerTaxable: isCustomerTaxable)
      if company.knobs.isOn(.unknownMembers) { result["CustomExtensions"] = .list([]) }
      answered.append(.object(result))
    }
    finish()
  }

  private mutating func add(
    _ line: JSONObject, to result: inout JSONObject, isCustomerTaxable: Bool
  ) throws(ServiceFault) {
    guard let type = line.string("DetailType") else { throw .missing("Line.DetailType") }
    switch type {
    case "SalesItemLineDetail":
      try addSale(line, to: &result, isCustomerTaxable: isCustomerTaxable)
    case "DiscountLineDetail": try addDiscount(line, to: &result)
    default:
      result["DetailType"] = .text("DescriptionOnly")
      result["DescriptionLineDetail"] =
        line["DescriptionLineDetail"] ?? .object(JSONObject())
    }
  }

  private mutating func addSale(
    _ line: JSONObject, to result: inout JSONObject, isCustomerTaxable: Bool
  ) throws(ServiceFault) {
    guard let detail = line["SalesItemLineDetail"]?.members else {
      throw .missing("Line.SalesItemLineDetail")
    }
    guard let sent = line["Amount"], let amount = sent.decimal else {
      throw .missing("Line.Amount")
    }
    guard amount.fitsAmount else { throw .value("2090", "Line.Amount", sent.jsonText) }
    if let quantity = detail["Qty"]?.decimal, let price = detail["UnitPrice"]?.decimal {
      guard (quantity * price).roundedToCents == amount else { throw .amount(sent.jsonText) }
    }
    guard let itemID = detail.reference("ItemRef"), let item = company.entity(.item, itemID) else {
      // Without an item the service takes the line for a text and ignores its amount.
      result["DetailType"] = .text("DescriptionOnly")
      result["DescriptionLineDetail"] = .object(JSONObject())
      return
    }
    guard item.members.string("Type") != "Category" else {
      throw .reference("Line.SalesItemLineDetail.ItemRef", itemID)
    }
    var kept = detail
    if !company.knobs.isOn(.classTracking) { kept["ClassRef"] = nil }
    let isAutomated = company.knobs.isOn(.automatedTax)
    if kept["TaxCodeRef"] == nil {
      let isTaxed = isAutomated && isCustomerTaxable && item.members["Taxable"]?.bool == true
      kept["TaxCodeRef"] = .members(["value": .text(isTaxed ? "TAX" : "NON")])
    } else if let code = kept.reference("TaxCodeRef") {
      kept["TaxCodeRef"] = .members(["value": .text(code)])
    }
    result["Amount"] = sent
    result["DetailType"] = .text("SalesItemLineDetail")
    result["SalesItemLineDetail"] = .object(kept)
    subtotal += amount
    if isAutomated, kept.reference("TaxCodeRef") == "TAX" { taxable += amount }
  }

  private mutating func addDiscount(_ line: JSONObject, to result: inout JSONObject)
    throws(ServiceFault)
  {
    let detail = line["DiscountLineDetail"]?.members ?? JSONObject()
    let percent = detail["DiscountPercent"]?.decimal
    if detail["PercentBased"]?.bool == true, let percent {
      discount += (subtotal * percent / 100).roundedToCents
      result["Amount"] = .number((subtotal * percent / 100).roundedToCents.cents)
    } else if let amount = line["Amount"]?.decimal {
      discount += amount
      result["Amount"] = line["Amount"]
    } else {
      throw .plain(
        "6090", "Discount without amount or percent", "Remise sans montant ni pourcentage",
        element: "Line.DiscountLineDetail")
    }
    result["DetailType"] = .text("DiscountLineDetail")
    result["DiscountLineDetail"] = .object(detail)
  }

  private mutating func finish() {
    let tax = (taxable * Decimal(825) / 10_000).roundedToCents
    if company.knobs.isOn(.automatedTax) {
      taxDetail = .members([
        "TxnTaxCodeRef": .members(["value": .text("2")]), "TotalTax": .number(tax.cents),
        "TaxLine": .list([
          .members([
            "Amount": .number(tax.cents), "DetailType": .text("TaxLineDetail"),
            "TaxLineDetail": .members([
              "TaxRateRef": .members(["value": .text("3")]), "PercentBased": .flag(true),
              "TaxPercent": .number("8.25"), "NetAmountTaxable": .number(taxable.cents),
            ]),
          ])
        ]),
      ])
    }
    total = (subtotal - discount + tax).roundedToCents
    answered.append(
      .members([
        "Amount": .number(subtotal.roundedToCents.cents),
        "DetailType": .text("SubTotalLineDetail"),
        "SubTotalLineDetail": .object(JSONObject()),
      ]))
  }
}

extension Decimal {
  /// This amount in whole cents, halves away from zero.
  var roundedToCents: Decimal {
    var source = self
    var result = Decimal()
    NSDecimalRound(&result, &source, 2, .plain)
    return result
  }

  /// The amount with two digits behind the point.
  var cents: String {
    let text = "\(self)"
    guard let point = text.firstIndex(of: ".") else { return text + ".00" }
    let digits = text.distance(from: point, to: text.endIndex) - 1
    return digits >= 2 ? text : text + "0"
  }

  /// Whether this fits the service's amounts: ten digits before the point and five behind it.
  var fitsAmount: Bool {
    var source = self
    var result = Decimal()
    NSDecimalRound(&result, &source, 5, .plain)
    return result == self && abs(self) < 10_000_000_000
  }
}
