/// What the types of accounts and items mean: the codes of IIF, and the words of reports.
extension CompanySnapshot.AccountType {
  /// A type by QuickBooks' code for it in IIF.
  public init(code: String) {
    switch code {
    case "AR": self = .receivable
    case "INC": self = .income
    case "EXINC": self = .otherIncome
    default: self = .other(code)
    }
  }

  /// A type by the words that QuickBooks shows: `Accounts receivable (A/R)`, `OtherIncome`.
  init(words: String) {
    let letters = words.lowercased().filter(\.isLetter)
    switch letters {
    case "accountsreceivable", "accountsreceivablear": self = .receivable
    case "income": self = .income
    case "otherincome": self = .otherIncome
    default:
      self = .other(
        CompanySnapshot.AccountType.codes.first { $0.letters == letters }?.code ?? words)
    }
  }

  /// Other types, by the letters of what QuickBooks shows.
  private static let codes: [(letters: String, code: String)] = [
    ("bank", "BANK"), ("othercurrentasset", "OCASSET"), ("othercurrentassets", "OCASSET"),
    ("fixedasset", "FIXASSET"), ("fixedassets", "FIXASSET"), ("otherasset", "OASSET"),
    ("otherassets", "OASSET"), ("accountspayable", "AP"), ("accountspayableap", "AP"),
    ("creditcard", "CCARD"), ("othercurrentliability", "OCLIAB"),
    ("othercurrentliabilities", "OCLIAB"), ("longtermliability", "LTLIAB"),
    ("longtermliabilities", "LTLIAB"), ("equity", "EQUITY"), ("costofgoodssold", "COGS"),
    ("expense", "EXP"), ("expenses", "EXP"), ("otherexpense", "EXEXP"),
    ("otherexpenses", "EXEXP"), ("nonposting", "NONPOSTING"),
  ]

  /// The type in words, without an article.
  public var words: String {
    switch self {
    case .receivable: "accounts receivable"
    case .income: "income"
    case .otherIncome: "other income"
    case .other("BANK"): "bank"
    case .other("OCASSET"): "other current asset"
    case .other("FIXASSET"): "fixed asset"
    case .other("OASSET"): "other asset"
    case .other("AP"): "accounts payable"
    case .other("CCARD"): "credit card"
    case .other("OCLIAB"): "other current liability"
    case .other("LTLIAB"): "long-term liability"
    case .other("EQUITY"): "equity"
    case .other("COGS"): "cost of goods sold"
    case .other("EXP"): "expense"
    case .other("EXEXP"): "other expense"
    case .other("NONPOSTING"): "non-posting"
    case .other(let code): code.isEmpty ? "unknown" : code
    }
  }
}

extension CompanySnapshot.Item {
  /// Every type with its code in IIF, its words, and the letters of what reports call it.
  private static let types: [(code: String, words: String, letters: [String])] = [
    ("SERV", "service", ["service"]), ("OTHC", "other charge", ["othercharge"]),
    ("PART", "non-inventory part", ["noninventory", "noninventorypart"]),
    ("INVENTORY", "inventory part", ["inventory", "inventorypart"]),
    ("ASSEMBLY", "inventory assembly", ["inventoryassembly", "assembly"]),
    ("FIXASSET", "fixed asset", ["fixedasset"]), ("GRP", "group", ["group", "bundle"]),
    ("SUBT", "subtotal", ["subtotal"]), ("DISC", "discount", ["discount"]),
    ("PMT", "payment", ["payment"]), ("COMPTAX", "sales tax item", ["salestaxitem"]),
    ("STAX", "sales tax group", ["salestaxgroup"]), ("CATEGORY", "category", ["category"]),
  ]

  /// QuickBooks' code for a type, from the words of a report; the words where they are not known.
  static func code(words: String) -> String {
    let letters = words.lowercased().filter(\.isLetter)
    return types.first { $0.letters.contains(letters) }?.code ?? words.uppercased()
  }

  /// The type in words, without an article.
  public var typeWords: String {
    CompanySnapshot.Item.types.first { $0.code == type }?.words ?? type
  }

  /// Whether a line of an invoice can name it and have an amount of its own.
  ///
  /// Groups, subtotals, payments and taxes have none; a discount turns the sign; stock items move stock,
  /// which a freight bill must not. An unknown type counts as one that can.
  public var canStandOnInvoice: Bool {
    let unfit: Set = [
      "GRP", "SUBT", "PMT", "COMPTAX", "STAX", "CATEGORY", "DISC", "INVENTORY", "ASSEMBLY",
      "FIXASSET",
    ]
    return !unfit.contains(type)
  }
}
