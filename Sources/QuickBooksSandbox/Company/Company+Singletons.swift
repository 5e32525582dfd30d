extension Company {
  /// The `CompanyInfo` of this company.
  var companyInfo: JSONValue {
    .members([
      "CompanyName": .text(name), "LegalName": .text(name), "domain": .text("QBO"),
      "sparse": .flag(false), "Id": .text("1"), "SyncToken": .text("4"),
      "CompanyAddr": .members([
        "Id": .text("1"), "Line1": .text("2675 Freight Way"), "City": .text("Salina"),
        "CountrySubDivisionCode": .text("KS"), "PostalCode": .text("67401"),
      ]), "CompanyStartDate": .text("2019-03-01"), "FiscalYearStartMonth": .text("January"),
      "Country": .text("US"), "Email": .members(["Address": .text("books@prairiehaul.example")]),
      "WebAddr": .object(JSONObject()), "SupportedLanguages": .text("en"),
      "DefaultTimeZone": .text("America/Los_Angeles"),
      "NameValue": .list(
        [
          ("NeoEnabled", "true"), ("IsQbdtMigrated", "false"),
          (
            "SubscriptionStatus",
            knobs.isOn(.subscriptionEnded) ? "EXPIRED" : "SUBSCRIBED"
          ), ("OfferingSku", "QuickBooks Online Plus"), ("ItemCategoriesFeature", "true"),
        ].map { .members(["Name": .text($0.0), "Value": .text($0.1)]) }),
      "MetaData": .members([
        "CreateTime": .text("2019-03-01T09:00:00-08:00"),
        "LastUpdatedTime": .text("2026-09-01T09:00:00-07:00"),
      ]),
    ])
  }

  /// The `Preferences` of this company, as its knobs are set.
  var preferences: JSONValue {
    var accounting = JSONObject()
    let closed = knobs[.booksClosedThrough]
    if closed != "none" { accounting["BookCloseDate"] = .text(closed) }
    for name in ["ClassTrackingPerTxn", "ClassTrackingPerTxnLine"] {
      accounting[name] = flag(.classTracking)
    }
    accounting["TrackDepartments"] = flag(.departmentTracking)
    accounting["CustomerTerminology"] = .text("Customers")
    accounting["UseAccountNumbers"] = .flag(false)
    return .members([
      "AccountingInfoPrefs": .object(accounting), "SalesFormsPrefs": .object(salesFormsPrefs),
      "ProductAndServicesPrefs": .members([
        "ForSales": .flag(true), "ForPurchase": .flag(true),
        "QuantityWithPriceAndRate": .flag(true),
        "QuantityOnHand": .flag(false),
      ]),
      "TaxPrefs": .members([
        "UsingSalesTax": flag(.automatedTax), "PartnerTaxEnabled": flag(.automatedTax),
      ]),
      "CurrencyPrefs": .members([
        "MultiCurrencyEnabled": flag(.multiCurrency),
        "HomeCurrency": .members(["value": .text("USD")]),
      ]),
      "OtherPrefs": .members([
        "NameValue": .list([
          .members([
            "Name": .text("VendorAndPurchasesPrefs.UseCustomTxnNumbers"), "Value": .text("false"),
          ]),
          .members(["Name": .text("WarnDuplicateBillNumber"), "Value": .text("true")]),
        ])
      ]), "domain": .text("QBO"), "sparse": .flag(false), "Id": .text("1"),
      "SyncToken": .text("6"),
      "MetaData": .members([
        "CreateTime": .text("2019-03-01T09:00:00-08:00"),
        "LastUpdatedTime": .text("2026-09-01T09:00:00-07:00"),
      ]),
    ])
  }

  private var salesFormsPrefs: JSONObject {
    var prefs = JSONObject()
    prefs["CustomField"] = .list([
      .members([
        "CustomField": .list(
          Self.customFieldNames.map { field in
            .members([
              "Name": .text("SalesFormsPrefs.UseSalesCustom\(field.id)"),
              "Type": .text("BooleanType"), "BooleanValue": flag(.customFields),
            ])
          })
      ]),
      .members([
        "CustomField": .list(
          Self.customFieldNames.map { field in
            .members([
              "Name": .text("SalesFormsPrefs.SalesCustomName\(field.id)"),
              "Type": .text("StringType"), "StringValue": .text(field.name),
            ])
          })
      ]),
    ])
    prefs["CustomTxnNumbers"] = flag(.customTransactionNumbers)
    prefs["AllowDeposit"] = .flag(false)
    prefs["AllowDiscount"] = .flag(true)
    prefs["DefaultDiscountAccount"] = .text("8")
    prefs["AllowServiceDate"] = .flag(true)
    prefs["AllowShipping"] = .flag(false)
    prefs["AutoApplyCredit"] = flag(.autoApplyCredit)
    prefs["AutoApplyPayments"] = .flag(false)
    prefs["DefaultTerms"] = .members(["value": .text("13")])
    return prefs
  }

  private func flag(_ knob: Knob) -> JSONValue { .flag(knobs.isOn(knob)) }
}
