/// One element of a request, in a table that has the order of Intuit's schema.
///
/// QuickBooks refuses a whole file when one element stands in the wrong place, and does not say where;
/// so nothing is ever written but by going through one of these tables from top to bottom. They list
/// the elements that LoadBooks has no use for as well, so that they can be read beside the schema.
struct QBXMLElement<Source: Sendable>: Sendable {
  /// The element's name.
  let name: String
  /// What it may hold.
  let content: QBXMLContent
  /// Where its content comes from; nil for an element that we never send.
  let source: Source?

  init(_ name: String, _ content: QBXMLContent, _ source: Source? = nil) {
    self.name = name
    self.content = content
    self.source = source
  }
}

/// What an element may hold; texts and references with the characters they may have at most.
enum QBXMLContent: Hashable, Sendable {
  case text(Int)
  /// `ListID` or `FullName`; we send the latter.
  case reference(Int)
  case amount, quantity, price, percent, date, boolean, number
  /// Five lines of 41 characters, and parts that we do not send.
  case address
  /// Elements of their own.
  case group
}

/// What a document's head is filled with.
enum DocumentSource: Sendable {
  case customer, classPath, receivableAccount, date, number, purchaseOrder, terms, dueDate, shipDate
  case memo, no, lines
}

/// What a document's line is filled with.
enum LineSource: Sendable {
  case item, description, quantity, rate, classPath, amount, salesTaxCode
}

/// What a list entry is filled with.
enum ListSource: Sendable {
  case name, parent, companyName, address, phone, email, contact, terms, accountNumber
  case type, account, description, salesTaxCode, dueDays, discountDays, discountPercent
}

/// The elements of every request that makes something, in the order of the qbXML schema 13.0.
enum QBXMLElements {
  static let standardTermsAdd: [QBXMLElement<ListSource>] = [
    .init("Name", .text(31), .name),
    .init("IsActive", .boolean),
    .init("StdDueDays", .number, .dueDays),
    .init("StdDiscountDays", .number, .discountDays),
    .init("DiscountPct", .percent, .discountPercent),
  ]

  static let accountAdd: [QBXMLElement<ListSource>] = [
    .init("Name", .text(31), .name),
    .init("IsActive", .boolean),
    .init("ParentRef", .reference(159), .parent),
    .init("AccountType", .text(21), .type),
    .init("AccountNumber", .text(7)),
    .init("BankNumber", .text(25)),
    .init("Desc", .text(200)),
    .init("OpenBalance", .amount),
    .init("OpenBalanceDate", .date),
    .init("TaxLineID", .number),
    .init("CurrencyRef", .reference(64)),
  ]

  static let classAdd: [QBXMLElement<ListSource>] = [
    .init("Name", .text(31), .name),
    .init("IsActive", .boolean),
    .init("ParentRef", .reference(159), .parent),
  ]

  static let itemServiceAdd: [QBXMLElement<ListSource>] = [
    .init("Name", .text(31), .name),
    .init("BarCode", .group),
    .init("IsActive", .boolean),
    .init("ClassRef", .reference(159)),
    .init("ParentRef", .reference(159), .parent),
    .init("UnitOfMeasureSetRef", .reference(31)),
    .init("SalesTaxCodeRef", .reference(3), .salesTaxCode),
    .init("SalesOrPurchase", .group, .account),
    .init("SalesAndPurchase", .group),
    .init("ExternalGUID", .text(38)),
  ]

  /// As a service item, without a unit of measure.
  static let itemOtherChargeAdd = itemServiceAdd.filter { $0.name != "UnitOfMeasureSetRef" }

  /// What stands inside an item that is only sold.
  static let salesOrPurchase: [QBXMLElement<ListSource>] = [
    .init("Desc", .text(4095), .description),
    .init("Price", .price),
    .init("PricePercent", .percent),
    .init("AccountRef", .reference(159), .account),
  ]

  static let customerAdd: [QBXMLElement<ListSource>] = [
    .init("Name", .text(41), .name),
    .init("IsActive", .boolean),
    .init("ClassRef", .reference(159)),
    .init("ParentRef", .reference(209), .parent),
    .init("CompanyName", .text(41), .companyName),
    .init("Salutation", .text(15)),
    .init("FirstName", .text(25)),
    .init("MiddleName", .text(5)),
    .init("LastName", .text(25)),
    .init("JobTitle", .text(41)),
    .init("BillAddress", .address, .address),
    .init("ShipAddress", .address),
    .init("ShipToAddress", .group),
    .init("Phone", .text(21), .phone),
    .init("AltPhone", .text(21)),
    .init("Fax", .text(21)),
    .init("Email", .text(1023), .email),
    .init("Cc", .text(1023)),
    .init("Contact", .text(41), .contact),
    .init("AltContact", .text(41)),
    .init("AdditionalContactRef", .group),
    .init("Contacts", .group),
    .init("CustomerTypeRef", .reference(159)),
    .init("TermsRef", .reference(31), .terms),
    .init("SalesRepRef", .reference(5)),
    .init("OpenBalance", .amount),
    .init("OpenBalanceDate", .date),
    .init("SalesTaxCodeRef", .reference(3)),
    .init("ItemSalesTaxRef", .reference(31)),
    .init("ResaleNumber", .text(15)),
    .init("AccountNumber", .text(99), .accountNumber),
    .init("CreditLimit", .amount),
    .init("PreferredPaymentMethodRef", .reference(31)),
    .init("CreditCardInfo", .group),
    .init("JobStatus", .text(10)),
    .init("JobStartDate", .date),
    .init("JobProjectedEndDate", .date),
    .init("JobEndDate", .date),
    .init("JobDesc", .text(99)),
    .init("JobTypeRef", .reference(159)),
    .init("Notes", .text(4095)),
    .init("AdditionalNotes", .group),
    .init("PreferredDeliveryMethod", .text(5)),
    .init("PriceLevelRef", .reference(31)),
    .init("ExternalGUID", .text(38)),
    .init("CurrencyRef", .reference(64)),
  ]

  static let invoiceAdd: [QBXMLElement<DocumentSource>] = [
    .init("CustomerRef", .reference(209), .customer),
    .init("ClassRef", .reference(159), .classPath),
    .init("ARAccountRef", .reference(159), .receivableAccount),
    .init("TemplateRef", .reference(31)),
    .init("TxnDate", .date, .date),
    .init("RefNumber", .text(11), .number),
    .init("BillAddress", .address),
    .init("ShipAddress", .address),
    .init("IsPending", .boolean),
    .init("IsFinanceCharge", .boolean),
    .init("PONumber", .text(25), .purchaseOrder),
    .init("TermsRef", .reference(31), .terms),
    .init("DueDate", .date, .dueDate),
    .init("SalesRepRef", .reference(5)),
    .init("FOB", .text(13)),
    .init("ShipDate", .date, .shipDate),
    .init("ShipMethodRef", .reference(15)),
    .init("ItemSalesTaxRef", .reference(31)),
    .init("Memo", .text(4095), .memo),
    .init("CustomerMsgRef", .reference(101)),
    .init("IsToBePrinted", .boolean, .no),
    .init("IsToBeEmailed", .boolean, .no),
    .init("CustomerSalesTaxCodeRef", .reference(3)),
    .init("Other", .text(29)),
    .init("ExchangeRate", .price),
    .init("ExternalGUID", .text(38)),
    .init("LinkToTxnID", .text(36)),
    .init("SetCredit", .group),
    .init("InvoiceLineAdd", .group, .lines),
  ]

  static let invoiceLineAdd: [QBXMLElement<LineSource>] = [
    .init("ItemRef", .reference(159), .item),
    .init("Desc", .text(4095), .description),
    .init("Quantity", .quantity, .quantity),
    .init("UnitOfMeasure", .text(31)),
    .init("Rate", .price, .rate),
    .init("RatePercent", .percent),
    .init("PriceLevelRef", .reference(31)),
    .init("ClassRef", .reference(159), .classPath),
    .init("Amount", .amount, .amount),
    .init("OptionForPriceRuleConflict", .text(9)),
    .init("InventorySiteRef", .reference(31)),
    .init("InventorySiteLocationRef", .reference(31)),
    .init("SerialNumber", .text(4095)),
    .init("LotNumber", .text(40)),
    .init("ServiceDate", .date),
    .init("SalesTaxCodeRef", .reference(3), .salesTaxCode),
    .init("OverrideItemAccountRef", .reference(159)),
    .init("Other1", .text(29)),
    .init("Other2", .text(29)),
    .init("LinkToTxn", .group),
    .init("DataExt", .group),
  ]

  /// A credit memo has no finance charge, is linked to nothing, and is due at once.
  static let creditMemoAdd: [QBXMLElement<DocumentSource>] = [
    .init("CustomerRef", .reference(209), .customer),
    .init("ClassRef", .reference(159), .classPath),
    .init("ARAccountRef", .reference(159), .receivableAccount),
    .init("TemplateRef", .reference(31)),
    .init("TxnDate", .date, .date),
    .init("RefNumber", .text(11), .number),
    .init("BillAddress", .address),
    .init("ShipAddress", .address),
    .init("IsPending", .boolean),
    .init("PONumber", .text(25), .purchaseOrder),
    .init("TermsRef", .reference(31)),
    .init("DueDate", .date),
    .init("SalesRepRef", .reference(5)),
    .init("FOB", .text(13)),
    .init("ShipDate", .date, .shipDate),
    .init("ShipMethodRef", .reference(15)),
    .init("ItemSalesTaxRef", .reference(31)),
    .init("Memo", .text(4095), .memo),
    .init("CustomerMsgRef", .reference(101)),
    .init("IsToBePrinted", .boolean, .no),
    .init("IsToBeEmailed", .boolean, .no),
    .init("CustomerSalesTaxCodeRef", .reference(3)),
    .init("Other", .text(29)),
    .init("ExchangeRate", .price),
    .init("ExternalGUID", .text(38)),
    .init("CreditMemoLineAdd", .group, .lines),
  ]

  /// As an invoice's line, without price rules and links.
  static let creditMemoLineAdd = invoiceLineAdd.filter {
    $0.name != "OptionForPriceRuleConflict" && $0.name != "LinkToTxn"
  }

  /// Elements that the schema has for QuickBooks Online or for other countries only: QuickBooks
  /// Desktop refuses a file that holds one of them.
  static let forbidden: Set<String> = [
    "Suffix", "PrintAs", "Mobile", "Pager", "IsStatementWithParent", "DeliveryMethod",
    "DetailAccountType", "IsTaxable", "DiscountLineAdd", "SalesTaxLineAdd", "ShippingLineAdd",
    "TxnLineID", "SalesTaxCountry", "TaxRegistrationNumber", "IsTaxIncluded", "PurchaseTaxCodeRef",
    "TaxAmount",
  ]
}
