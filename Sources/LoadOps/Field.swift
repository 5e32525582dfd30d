internal import Foundation
internal import Vocabulary

/// What a file of an export holds.
public enum RecordKind: String, Sendable, CaseIterable {
  /// Shippers and brokers that are billed.
  case customers
  /// Pay items, as LoadOps's screens also call them.
  case incomeCategories = "income_categories"
  /// Invoices with their lines.
  case invoices

  private var number: UInt8 {
    switch self {
    case .customers: 0
    case .incomeCategories: 1
    case .invoices: 2
    }
  }

  // By themselves enumerations with texts compare and hash those texts, and every record is asked for its kind.

  /// Whether both are the same kind.
  public static func == (left: RecordKind, right: RecordKind) -> Bool {
    left.number == right.number
  }

  /// Takes the kind into a hash.
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }

  /// The kind in a sentence.
  public var inWords: String {
    switch self {
    case .customers: "customers"
    case .incomeCategories: "income categories"
    case .invoices: "invoices"
    }
  }
}

/// A field of the canonical layout; the raw value is its name there.
///
/// LoadOps publishes its screens and its data dictionary but no export format, so the layout is ours
/// and every field has aliases: screen labels first, then what other programs call the same thing.
public enum Field: String, Sendable, CaseIterable {
  // Invoices, once per invoice.
  case invoiceNumber = "invoice_number"
  case loadID = "load_id"
  case status
  case customerName = "customer_name"
  case customerID = "customer_id"
  case invoiceDate = "invoice_date"
  case dueDate = "due_date"
  case completedOn = "completed_on"
  case paidOn = "paid_on"
  case terms
  case referenceNumber = "reference_number"
  case purchaseOrderNumber = "po_number"
  case billOfLadingNumber = "bol_number"
  case proNumber = "pro_number"
  case terminal
  case origin
  case originName = "origin_name"
  case destination
  case destinationName = "destination_name"
  case pickupDate = "pickup_date"
  case deliveryDate = "delivery_date"
  case currency
  case invoiceTotal = "invoice_total"
  case dueAmount = "due_amount"
  case syncStatus = "qb_status"
  case invoiceNote = "invoice_note"
  // Invoices, once per line.
  case lineNumber = "line_no"
  case category
  case lineDescription = "description"
  case quantity
  case unit
  case rate
  case amount
  case serviceDate = "service_date"
  case taxable
  case taxCode = "tax_code"
  // Customers.
  case customerType = "customer_type"
  case motorCarrierNumber = "mc_number"
  case contactName = "contact_name"
  case phone
  case email
  case address
  case billingAddress1 = "bill_addr1"
  case billingAddress2 = "bill_addr2"
  case billingAddress3 = "bill_addr3"
  case billingCity = "bill_city"
  case billingState = "bill_state"
  case billingPostalCode = "bill_zip"
  case billingCountry = "bill_country"
  case billingContactName = "billing_contact_name"
  case billingContactPhone = "billing_contact_phone"
  case billingContactEmail = "billing_contact_email"
  case billingContactAddress = "billing_contact_address"
  case invoiceTerms = "invoice_terms"
  case quickBooksName = "qb_name"
  // Income categories.
  case payItem = "pay_item"
  case categoryKind = "kind"
  case active
  case quickBooksItem = "qb_item"

  /// The canonical name.
  public var name: String { rawValue }

  /// Whether an export of this kind can have the field.
  public func belongs(to kind: RecordKind) -> Bool {
    Field.aliases(of: kind)[HeaderName.normalised(name)] == self
  }

  /// The position of the field in `allCases`.
  @inlinable
  public var index: Int {
    // A case without a value of its own is kept as its number in the order of declaration.
    withUnsafeBytes(of: self) { Int($0[0]) }
  }

  /// Whether the field holds an identifier, which is text even where it looks like a number.
  public var isIdentifier: Bool {
    switch self {
    case .invoiceNumber, .loadID, .customerID, .referenceNumber, .purchaseOrderNumber,
      .billOfLadingNumber, .proNumber, .motorCarrierNumber, .billingPostalCode, .lineNumber:
      true
    default: false
    }
  }

  /// Whether the field holds an identifier, a number or a date rather than words.
  public var isFigure: Bool {
    switch self {
    case .quantity, .rate, .amount, .invoiceTotal, .dueAmount: true
    default: isIdentifier || isDate
    }
  }

  /// Whether the field holds a date.
  public var isDate: Bool {
    switch self {
    case .invoiceDate, .dueDate, .completedOn, .paidOn, .pickupDate, .deliveryDate, .serviceDate:
      true
    default: false
    }
  }
}

extension Field {
  /// The fields that a normalised header may mean in an export of a kind.
  static func aliases(of kind: RecordKind) -> [String: Field] {
    switch kind {
    case .customers: customerAliases.fields
    case .incomeCategories: categoryAliases.fields
    case .invoices: invoiceAliases.fields
    }
  }

  /// The field whose name, or one of its aliases, a header may be a slip of.
  public static func nearest(to header: String, in kind: RecordKind) -> Field? {
    let names = aliases(of: kind)
    return Spelling.nearest(to: HeaderName.normalised(header), in: names.keys.sorted())
      .flatMap { names[$0] }
  }

  /// Headers of the canonical layout and of LoadOps's screens that are understood and not carried to
  /// QuickBooks.
  static func isKnownButNotCarried(_ name: String) -> Bool {
    notCarried.contains(name)
  }

  private static let notCarried: Set<String> = [
    "driver", "drivers", "tractor", "trailer", "trip", "loadedmiles", "emptymiles", "deadhead",
    "factoring", "factoringstatus", "factoringfee", "factor", "exchangerate", "internalnote",
    "notes", "tags", "emailsenddate", "updatedate", "updatedon", "paymentid", "missingdocuments",
    "dotnumber", "opencredit", "creditlimit", "messageoninvoice", "preference", "commodity",
    "contacts", "billingnotes", "heldbecause",
  ]

  /// What headers mean in one kind of export.
  fileprivate struct AliasTable {
    /// The field of each normalised header.
    var fields: [String: Field] = [:]
    /// How near a header is to the field's own name, 0 for the name itself; the first of several wins.
    var ranks: [String: Int] = [:]
  }

  /// How far a header is from the name of the field that it means: of two headers for one field the one
  /// that is farther off is probably the one that means something else.
  static func rank(of name: String, in kind: RecordKind) -> Int {
    let table =
      switch kind {
      case .customers: customerAliases
      case .incomeCategories: categoryAliases
      case .invoices: invoiceAliases
      }
    return table.ranks[name] ?? .max
  }

  private static func table(_ rows: [(Field, [String])]) -> AliasTable {
    var table = AliasTable()
    for (field, _) in rows {
      let key = HeaderName.normalised(field.name)
      (table.fields[key], table.ranks[key]) = (field, 0)
    }
    for (field, aliases) in rows {
      for (rank, alias) in aliases.enumerated() {
        let key = HeaderName.normalised(alias)
        guard table.fields[key] == nil else { continue }
        (table.fields[key], table.ranks[key]) = (field, rank + 1)
      }
    }
    return table
  }

  private static let invoiceAliases = table([
    (
      .invoiceNumber,
      [
        "Invoice #", "Invoice number", "Invoice No", "InvoiceNo", "Order Number",
        "Load Number", "Load #", "Load No", "LoadNo", "Pro #", "Doc Number", "DocNumber", "Num",
        "Invoice",
      ]
    ),
    (.loadID, ["Load ID", "Load"]),
    (.status, ["Load Status", "Payment stage", "Invoice Status"]),
    (
      .customerName,
      [
        "Customer", "Customer Name", "Bill To", "Bill-To", "Shipper", "Client", "Shipper Name",
        "Broker", "Broker/Shipper", "Debtor",
      ]
    ),
    (.customerID, ["Customer Id", "Customer #", "Customer Number", "EDI Customer ID"]),
    (.invoiceDate, ["Invoiced On", "Invoice date", "Date", "Bill Date", "Txn Date", "Billed On"]),
    (.dueDate, ["Due date", "Due", "Pay By"]),
    (.completedOn, ["Completed On", "Load Completion Date", "Delivered"]),
    (.paidOn, ["Paid On", "Payment Date"]),
    (.terms, ["Invoice Terms", "Invoice Term", "Terms", "Payment Terms"]),
    (
      .referenceNumber,
      [
        "Reference Number", "Reference #", "Ref.#", "Customer Reference", "Ref #",
        "Broker Load #", "Reference",
      ]
    ),
    (.purchaseOrderNumber, ["PO Number", "PO #", "Purchase Order", "P.O. No.", "PO"]),
    (.billOfLadingNumber, ["BOL", "BOL #", "Bill of Lading"]),
    (.proNumber, ["Pro Number"]),
    (.terminal, ["Terminal", "Invoice Terminal", "Division", "Location", "Subsidiary"]),
    (.origin, ["Origin", "Pickup", "Ship From"]),
    (.originName, ["Origin Location Name"]),
    (.destination, ["Destination", "Drop-off", "Drop", "Ship To"]),
    (.destinationName, ["Destination Location Name"]),
    (.pickupDate, ["Pickup Date", "Ship Date"]),
    (.deliveryDate, ["Delivery Date"]),
    (.currency, ["Currency Code"]),
    (
      .invoiceTotal,
      [
        "Invoice Total", "Total", "Total Charge", "Revenue", "Total Revenue", "Load Rate",
        "Grand Total",
      ]
    ),
    (.dueAmount, ["Due Amount", "Balance", "Balance Due", "Open Balance"]),
    (.syncStatus, ["QB Status", "QuickBooks Status", "Exported to QuickBooks"]),
    (.invoiceNote, ["Invoice Note", "Note to customer", "Customer Note"]),
    (.lineNumber, ["Line #", "Line Number", "Line"]),
    (
      .category,
      [
        "Pay Item", "Income Category", "Accessorial Item", "Accessorial", "Line Item",
        "Item (Product/Service)", "Product/Service", "Product", "Item", "Charge Type",
        "Charge Code", "Charge Description", "Revenue Item",
      ]
    ),
    (.lineDescription, ["Item Description", "Description", "Line Description", "Memo"]),
    (.quantity, ["Item Quantity", "Quantity", "Qty", "Units", "Hours", "Miles"]),
    (.unit, ["Unit of Measure", "UOM"]),
    (.rate, ["Item Rate", "Rate", "Unit Price", "Price"]),
    (.amount, ["Item Amount", "Amount", "Line Amount", "Charge Amount", "Ext Amount"]),
    (.serviceDate, ["Service Date"]),
    (.taxable, []),
    (.taxCode, ["Item tax code"]),
  ])

  private static let customerAliases = table([
    (.customerName, ["Customer", "Name", "Customer Name", "Company", "Company Name", "Bill To"]),
    (.customerID, ["Customer Id", "Customer #", "Customer Number", "EDI Customer ID"]),
    (.customerType, ["Type", "Customer Type"]),
    (.motorCarrierNumber, ["MC #", "MC Number", "MC", "Docket #"]),
    (.contactName, ["Contact Name", "Contact", "Primary Contact"]),
    (.phone, ["Phone", "Phone Number", "Telephone"]),
    (.email, ["Email", "E-mail", "Email Address"]),
    (.address, ["Address", "Billing Address", "Mailing Address"]),
    (.billingAddress1, ["Address Line 1", "Address 1", "Street"]),
    (.billingAddress2, ["Address Line 2", "Address 2"]),
    (.billingAddress3, ["Address Line 3", "Address 3"]),
    (.billingCity, ["City"]),
    (.billingState, ["State", "Province"]),
    (.billingPostalCode, ["ZIP", "ZIP Code", "Postal Code"]),
    (.billingCountry, ["Country"]),
    (.billingContactName, ["Billing Contact Name", "Billing Contact"]),
    (.billingContactPhone, ["Billing Contact Phone"]),
    (.billingContactEmail, ["Billing Contact Email", "Billing Email"]),
    (.billingContactAddress, ["Billing Contact Address"]),
    (.invoiceTerms, ["Invoice Terms", "Terms", "Net Terms", "Payment Terms"]),
    (.currency, ["Currency Code"]),
    (.status, []),
    (.quickBooksName, ["QuickBooks Name", "QB Customer"]),
    (.syncStatus, ["QB Status", "QuickBooks Status"]),
  ])

  private static let categoryAliases = table([
    (
      .payItem,
      ["Pay Item", "Income Category", "LoadOps Income Category", "Line Item", "Category"]
    ),
    (.lineDescription, ["Description"]),
    (.categoryKind, ["Type"]),
    (.active, []),
    (.quickBooksItem, ["QuickBooks Item Category", "Product/Service", "QuickBooks Item"]),
    (.taxable, []),
  ])
}

/// Headers as they are compared: without case, blanks, punctuation and units.
public enum HeaderName {
  /// `Invoice No.` and `INVOICE #` both become `invoicenumber`; `Amount ($)` becomes `amount`.
  public static func normalised(_ header: String) -> String {
    // Every run begins with some hundreds of headers of ASCII, and hardly any other.
    let isASCII = header.utf8.allSatisfy { $0 < 0x80 }
    return words(isASCII ? header.utf8.map(lowered) : plain(header))
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// A header with ligatures and wide letters as the plain ones, and a dash for what is neither ASCII nor a
  /// letter or a digit.
  private static func plain(_ header: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for character in header.precomposedStringWithCompatibilityMapping.lowercased() {
      if character.isASCII || character.isLetter || character.isNumber {
        bytes.append(contentsOf: character.utf8)
      } else {
        bytes.append(UInt8(ascii: "-"))
      }
    }
    return bytes
  }

  private static func words(_ header: [UInt8]) -> String {
    let product = product
    var text = header
    while text.last == UInt8(ascii: ")"), let open = text.lastIndex(of: UInt8(ascii: "(")) {
      let unit = text[open...]
      if unit.span.firstIndex(of: product.span) != nil { break }
      text.removeSubrange(open...)
      while text.last == 0x20 { text.removeLast() }
    }
    var words: [UInt8] = []
    var start = 0
    for index in 0...text.count {
      let byte = index < text.count ? text[index] : 0x20
      if byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80 { continue }
      let word = text[start..<index]
      let isNumber = numbers.contains { word.elementsEqual($0.utf8) }
      words.append(contentsOf: isNumber ? number : word)
      if byte == UInt8(ascii: "#") { words.append(contentsOf: number) }
      start = index + 1
    }
    return String(decoding: words, as: UTF8.self)
  }

  private static let product = Array("product".utf8)
  private static let numbers = ["no", "nbr", "num"]
  private static let number = Array("number".utf8)[...]
}
