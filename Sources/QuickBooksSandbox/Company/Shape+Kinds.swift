extension Shape {
  /// The members a request for this kind may have.
  static func members(of kind: EntityKind) -> [String: Shape] {
    switch kind {
    case .customer: customer
    case .vendor, .employee: party
    case .item: item
    case .account: account
    case .term: term
    case .classification: hierarchical(.classification)
    case .department: hierarchical(.department)
    case .taxCode: common
    case .invoice: invoice
    case .creditMemo: creditMemo
    case .payment: payment
    }
  }

  /// What every request may carry.
  private static let common: [String: Shape] = [
    "Id": .ignored, "SyncToken": .ignored, "sparse": .ignored, "domain": .ignored,
    "status": .ignored, "MetaData": .ignored, "V4IDPseudonym": .ignored,
    "CustomExtensions": .ignored,
  ]

  private static let phone: Shape = .group(["FreeFormNumber": .text(30)])
  private static let email: Shape = .group(["Address": .email(100)])

  static let addressMembers: [String: Shape] = [
    "Id": .ignored, "Line1": .text(500), "Line2": .text(500), "Line3": .text(500),
    "Line4": .text(500), "Line5": .text(500), "City": .text(255), "Country": .text(255),
    "CountrySubDivisionCode": .text(255), "PostalCode": .text(30), "Lat": .ignored,
    "Long": .ignored, "Note": .ignored, "CountryCode": .ignored,
  ]

  private static let party: [String: Shape] = common.merging(
    [
      "DisplayName": .name(500), "Title": .name(16), "GivenName": .name(100),
      "MiddleName": .name(100), "FamilyName": .name(100), "Suffix": .name(16),
      "CompanyName": .name(100), "PrintOnCheckName": .text(110), "Active": .flag,
      "PrimaryEmailAddr": email, "PrimaryPhone": phone, "AlternatePhone": phone, "Mobile": phone,
      "Fax": phone, "WebAddr": .group(["URI": .web(1000)]), "BillAddr": .address,
      "CurrencyRef": .currency, "Balance": .ignored,
    ], uniquingKeysWith: { $1 })

  private static let customer: [String: Shape] = party.merging(
    [
      "ShipAddr": .address, "Notes": .text(2000), "SalesTermRef": .reference(.term),
      "PaymentMethodRef": .ignored, "ParentRef": .reference(.customer), "Job": .flag,
      "BillWithParent": .flag, "Taxable": .flag, "DefaultTaxCodeRef": .reference(.taxCode),
      "ResaleNum": .text(16), "BalanceWithJobs": .ignored, "FullyQualifiedName": .ignored,
      "Level": .ignored, "OpenBalanceDate": .ignored, "IsProject": .ignored,
      "PreferredDeliveryMethod": .words(["Print", "Email", "None"]), "ClientEntityId": .ignored,
      "LastModifiedByRef": .ignored,
    ], uniquingKeysWith: { $1 })

  private static let item: [String: Shape] = common.merging(
    [
      "Name": .name(100), "Sku": .text(100), "Description": .text(4000), "Active": .flag,
      "SubItem": .flag, "ParentRef": .reference(.item), "Level": .ignored,
      "FullyQualifiedName": .ignored, "Taxable": .flag, "SalesTaxIncluded": .flag,
      "UnitPrice": .number,
      "Type": .words(["Service", "NonInventory", "Inventory", "Category", "Group"]),
      "IncomeAccountRef": .reference(.account), "ExpenseAccountRef": .reference(.account),
      "PurchaseDesc": .text(1000), "PurchaseCost": .number, "TrackQtyOnHand": .flag,
      "ClassRef": .reference(.classification),
    ], uniquingKeysWith: { $1 })

  private static let account: [String: Shape] = common.merging(
    [
      "Name": .name(100), "AccountType": .words(Company.accountTypes.map { $0.type }),
      "AccountSubType": .text(100), "AcctNum": .text(7), "Description": .text(100),
      "Active": .flag, "SubAccount": .flag, "ParentRef": .reference(.account),
      "FullyQualifiedName": .ignored, "Classification": .ignored, "CurrentBalance": .ignored,
      "CurrentBalanceWithSubAccounts": .ignored, "CurrencyRef": .currency,
    ], uniquingKeysWith: { $1 })

  private static let term: [String: Shape] = common.merging(
    [
      "Name": .name(31), "Active": .flag, "Type": .words(["STANDARD", "DATE_DRIVEN"]),
      "DueDays": .whole(0...999), "DiscountPercent": .number, "DiscountDays": .whole(0...999),
      "DayOfMonthDue": .whole(1...31), "DueNextMonthDays": .whole(0...999),
      "DiscountDayOfMonth": .whole(1...31),
    ], uniquingKeysWith: { $1 })

  private static func hierarchical(_ kind: EntityKind) -> [String: Shape] {
    let sub = kind == .classification ? "SubClass" : "SubDepartment"
    return common.merging(
      [
        "Name": .name(100), "Active": .flag, sub: .flag, "ParentRef": .reference(kind),
        "FullyQualifiedName": .ignored,
      ], uniquingKeysWith: { $1 })
  }

  private static let line: Shape = .group([
    "Id": .text(20), "LineNum": .ignored, "Description": .text(4000), "Amount": .number,
    "DetailType": .words([
      "SalesItemLineDetail", "DiscountLineDetail", "DescriptionOnly", "SubTotalLineDetail",
    ]),
    "SalesItemLineDetail": .group([
      "ItemRef": .reference(.item), "Qty": .number, "UnitPrice": .number, "ServiceDate": .date,
      "ClassRef": .reference(.classification), "TaxCodeRef": .reference(.taxCode),
      "ItemAccountRef": .ignored,
    ]),
    "DiscountLineDetail": .group([
      "PercentBased": .flag, "DiscountPercent": .number,
      "DiscountAccountRef": .reference(.account),
    ]),
    "DescriptionLineDetail": .group([
      "ServiceDate": .date, "TaxCodeRef": .reference(.taxCode),
    ]), "SubTotalLineDetail": .group([:]), "LinkedTxn": .ignored, "CustomExtensions": .ignored,
  ])

  private static let salesForm: [String: Shape] = common.merging(
    [
      "DocNumber": .text(21), "TxnDate": .date, "CustomerRef": .reference(.customer),
      "CurrencyRef": .currency, "ExchangeRate": .number, "BillAddr": .address,
      "ShipAddr": .address, "BillEmail": email, "CustomerMemo": .group(["value": .text(1000)]),
      "PrivateNote": .text(4000),
      "CustomField": .list(
        .group([
          "DefinitionId": .text(10), "Name": .ignored, "Type": .words(["StringType"]),
          "StringValue": .text(31),
        ])), "ClassRef": .reference(.classification), "DepartmentRef": .reference(.department),
      "GlobalTaxCalculation": .words(["TaxExcluded", "TaxInclusive", "NotApplicable"]),
      "ApplyTaxAfterDiscount": .flag, "TxnTaxDetail": .ignored, "Line": .list(line),
      "EmailStatus": .words(["NotSet", "NeedToSend", "EmailSent"]),
      "PrintStatus": .words(["NotSet", "NeedToPrint", "PrintComplete"]), "TotalAmt": .ignored,
      "Balance": .ignored, "HomeTotalAmt": .ignored, "HomeBalance": .ignored,
      "LastModifiedByRef": .ignored, "FreeFormAddress": .ignored,
    ], uniquingKeysWith: { $1 })

  private static let invoice: [String: Shape] = salesForm.merging(
    [
      "DueDate": .date, "SalesTermRef": .reference(.term), "BillEmailCc": email,
      "BillEmailBcc": email, "ShipDate": .date, "TrackingNum": .text(31),
      "ShipMethodRef": .ignored, "AllowOnlineCreditCardPayment": .flag,
      "AllowOnlineACHPayment": .flag, "AllowIPNPayment": .ignored, "AllowOnlinePayment": .ignored,
      "LinkedTxn": .ignored, "Deposit": .ignored, "DeliveryInfo": .ignored,
      "InvoiceLink": .ignored,
    ], uniquingKeysWith: { $1 })

  private static let creditMemo: [String: Shape] = salesForm.merging(
    ["RemainingCredit": .ignored, "PaymentMethodRef": .ignored, "SalesTermRef": .reference(.term)],
    uniquingKeysWith: { $1 })

  private static let payment: [String: Shape] = common.merging(
    [
      "CustomerRef": .reference(.customer), "TotalAmt": .number, "TxnDate": .date,
      "PaymentRefNum": .text(21), "PrivateNote": .text(4000), "CurrencyRef": .currency,
      "UnappliedAmt": .ignored, "DepositToAccountRef": .reference(.account),
      "PaymentMethodRef": .ignored, "ProcessPayment": .flag,
      "Line": .list(
        .group([
          "Amount": .number,
          "LinkedTxn": .list(.group(["TxnId": .text(20), "TxnType": .text(20)])),
          "LineEx": .ignored,
        ])),
    ], uniquingKeysWith: { $1 })
}
