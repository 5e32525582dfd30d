internal import Vocabulary

/// Where in a JSON record a key stands.
enum JSONContext: Int, CaseIterable {
  case invoice
  case line
  /// A line in an array of its own, which says by a number whose it is.
  case lineApart
  case stop
  case customer
  case party
  case billing
  case address
  case category
}

/// What a key of a record means.
enum JSONKeyMeaning: Equatable {
  /// Its value is this field's.
  case field(Field)
  /// Its value is an array of line objects.
  case lines
  /// Its value is an array of stops.
  case stops
  /// Its value is an object whose keys belong to the same record.
  case object(JSONContext)
  /// Known, and not carried to QuickBooks.
  case ignored
  /// Nothing we know.
  case unknown
}

/// What is known of keys, by their bytes; their hashes only say where to look.
struct JSONKeyTable<Value: Sendable>: Sendable {
  private var keys = ByteInterner()
  private var values: [Value] = []

  /// How many keys are known.
  var count: Int { values.count }

  /// What is known of a key.
  @inline(__always)
  func value(_ key: Span<UInt8>, _ hash: UInt64) -> Value? {
    keys.number(of: key, hash: hash).map { values[$0] }
  }

  /// Adds a key that is not known.
  mutating func add(_ key: Span<UInt8>, _ hash: UInt64, _ value: Value) {
    _ = keys.intern(key, hash: hash)
    values.append(value)
  }
}

/// Tells what keys mean, through the same alias table as CSV headers, and remembers the answer.
struct JSONKeys {
  let meanings: [String: ColumnMeaning]
  private var known: [JSONKeyTable<JSONKeyMeaning>]
  /// What keys at the top of a record say about its kind.
  var hints = JSONKeyTable<RecordKind?>()
  /// Names that mean nothing to us, in order of appearance.
  private(set) var unknownNames: [String] = []
  private var unknownSet: Set<String> = []
  /// Identifiers that stood as numbers, in order of appearance.
  private(set) var numbers: [Field] = []

  /// Objects that are tables rather than records have a new key in each; nobody wants them all.
  private static let mostNames = 1000
  static let mostKnown = 10_000

  init(meanings: [String: ColumnMeaning]) {
    self.meanings = meanings
    known = Array(repeating: JSONKeyTable(), count: JSONContext.allCases.count)
  }

  /// The meaning of a key, given by the raw bytes between its quotation marks and their hash.
  @inline(__always)
  mutating func meaning(
    _ key: Span<UInt8>, _ hash: UInt64, _ context: JSONContext
  ) -> JSONKeyMeaning {
    known[context.rawValue].value(key, hash) ?? newMeaning(key, hash, context)
  }

  @inline(never)
  private mutating func newMeaning(
    _ key: Span<UInt8>, _ hash: UInt64, _ context: JSONContext
  ) -> JSONKeyMeaning {
    var raw: [UInt8] = []
    raw.append(key)
    let name = JSONKeys.name(raw)
    let meaning = JSONKeys.meaning(HeaderName.normalised(name), context, meanings)
    if meaning == .unknown {
      noteUnknown(context == .line || context == .lineApart ? "lines.\(name)" : name)
    }
    if known[context.rawValue].count < JSONKeys.mostKnown {
      known[context.rawValue].add(key, hash, meaning)
    }
    return meaning
  }

  /// The meaning of a key that nobody needs to hear of when it means nothing.
  func meaningUnnoted(_ key: [UInt8], _ context: JSONContext) -> JSONKeyMeaning {
    JSONKeys.meaning(HeaderName.normalised(JSONKeys.name(key)), context, meanings)
  }

  private static func name(_ raw: [UInt8]) -> String {
    var text: [UInt8] = []
    JSONStringDecoder.decode(raw, raw.indices, into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Remembers a key whose value is carried nowhere.
  mutating func noteUnknown(_ name: String) {
    guard unknownNames.count < JSONKeys.mostNames, unknownSet.insert(name).inserted else { return }
    unknownNames.append(name)
  }

  /// Remembers that an identifier stood as a number.
  mutating func noteNumber(_ field: Field) {
    if !numbers.contains(field) { numbers.append(field) }
  }

  /// Remembers a key of the outermost object, unless it only describes the export.
  mutating func noteOuter(_ name: String) {
    switch HeaderName.normalised(name) {
    case "format", "version", "exportedat", "company", "payments": break
    default: if JSONKeys.collection(name) == nil { noteUnknown(name) }
    }
  }

  /// The collection that a key of the outermost object names.
  static func collection(_ name: String) -> RecordKind? {
    switch HeaderName.normalised(name) {
    case "customers": .customers
    case "incomecategories", "categories": .incomeCategories
    case "invoices", "loads": .invoices
    default: nil
    }
  }

  private static let lineNames: Set = [
    "lines", "lineitems", "items", "invoiceitems", "payitems", "accessorials", "charges",
  ]

  /// How sure it is that an array beside the one of invoices holds their lines.
  enum LinesApart {
    /// By its name.
    case surely
    /// If its elements say whose they are; other lists have the same name.
    case perhaps
  }

  /// Whether a key of the outermost object names the lines of all invoices.
  static func linesApart(_ name: String) -> LinesApart? {
    switch HeaderName.normalised(name) {
    case "lines", "lineitems", "invoicelines", "invoicelineitems", "invoiceitems": .surely
    case let name: lineNames.contains(name) ? .perhaps : nil
    }
  }

  /// What stands once per line.
  static let lineFields = Field.allCases.filter(\.isOfLine)

  static func meaning(
    _ name: String, _ context: JSONContext, _ meanings: [String: ColumnMeaning]
  ) -> JSONKeyMeaning {
    if meanings[name] == .ignored || Field.isKnownButNotCarried(name) { return .ignored }
    if case .field(let field)? = meanings[name] { return .field(field) }
    switch context {
    case .party: return party(name)
    case .invoice:
      if lineNames.contains(name) { return .lines }
      if name == "stops" { return .stops }
      if name == "payments" { return .ignored }
      return Field.aliases(of: .invoices)[name].map { .field($0) } ?? .unknown
    case .line:
      guard let field = Field.aliases(of: .invoices)[name], field.isOfLine else {
        return .unknown
      }
      return .field(field)
    case .lineApart:
      guard let field = Field.aliases(of: .invoices)[name], name != "number" else {
        return .unknown
      }
      switch field {
      case .invoiceNumber, .loadID, .customerName, .customerID: return .field(field)
      // LoadOps's lists of income have the day of the payment, which says nothing about the invoice.
      case .paidOn: return .ignored
      default: return field.isOfLine ? .field(field) : .unknown
      }
    case .category:
      return Field.aliases(of: .incomeCategories)[name].map { .field($0) } ?? .unknown
    case .customer:
      if name == "billing" { return .object(.billing) }
      return Field.aliases(of: .customers)[name].map { .field($0) } ?? .unknown
    case .billing: return billing(name)
    case .address: return address(name)
    case .stop: return .ignored
    }
  }

  /// What an invoice says about its customer in an object of its own.
  private static func party(_ name: String) -> JSONKeyMeaning {
    switch name {
    case "id", "number": return .field(.customerID)
    default: break
    }
    switch Field.aliases(of: .customers)[name] {
    case .customerName?: return .field(.customerName)
    case .customerID?: return .field(.customerID)
    // The customers export has the rest; an invoice needs no more than who it is.
    case .some: return .ignored
    case nil: return name == "billing" ? .ignored : .unknown
    }
  }

  /// The object in which a field's value may stand taken apart; nil when it is one value.
  static func object(for field: Field, _ context: JSONContext) -> JSONContext? {
    switch (context, field) {
    case (.invoice, .customerName), (.lineApart, .customerName): .party
    case (.customer, .address), (.billing, .address): .address
    default: nil
    }
  }

  private static func billing(_ name: String) -> JSONKeyMeaning {
    switch name {
    case "contactname", "name", "contact": .field(.billingContactName)
    case "phone", "contactphone": .field(.billingContactPhone)
    case "email", "contactemail": .field(.billingContactEmail)
    case "address": .object(.address)
    default: address(name)
    }
  }

  private static func address(_ name: String) -> JSONKeyMeaning {
    switch name {
    case "line1", "street", "addr1", "address1", "billaddr1": .field(.billingAddress1)
    case "line2", "addr2", "address2", "billaddr2": .field(.billingAddress2)
    case "line3", "addr3", "address3", "billaddr3": .field(.billingAddress3)
    case "city", "billcity": .field(.billingCity)
    case "state", "province", "billstate": .field(.billingState)
    case "zip", "postalcode", "zipcode", "billzip": .field(.billingPostalCode)
    case "country", "billcountry": .field(.billingCountry)
    default: .unknown
    }
  }
}

extension Field {
  /// Whether it stands once per line.
  var isOfLine: Bool {
    switch self {
    case .lineNumber, .category, .lineDescription, .quantity, .unit, .rate, .amount, .serviceDate,
      .taxable, .taxCode:
      true
    default: false
    }
  }
}
