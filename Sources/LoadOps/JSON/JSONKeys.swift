internal import Vocabulary

/// Where in a JSON record a key stands.
enum JSONContext: Int, CaseIterable {
  case invoice
  case line
  case stop
  case customer
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

/// Tells what keys mean, through the same alias table as CSV headers, and remembers the answer.
struct JSONKeys {
  let meanings: [String: ColumnMeaning]
  private var known: [[UInt64: JSONKeyMeaning]]
  /// What keys at the top of a record say about its kind.
  var hints: [UInt64: RecordKind?] = [:]
  /// Names that mean nothing to us, in order of appearance.
  private(set) var unknownNames: [String] = []

  init(meanings: [String: ColumnMeaning]) {
    self.meanings = meanings
    known = Array(repeating: [:], count: JSONContext.allCases.count)
  }

  /// The meaning of a key, given by the raw bytes between its quotation marks.
  mutating func meaning(_ key: Span<UInt8>, _ context: JSONContext) -> JSONKeyMeaning {
    let hash = ByteHash.of(key)
    if let meaning = known[context.rawValue][hash] { return meaning }
    var raw: [UInt8] = []
    raw.append(key)
    var text: [UInt8] = []
    JSONStringDecoder.decode(raw, raw.indices, into: &text)
    let name = String(decoding: text, as: UTF8.self)
    let meaning = JSONKeys.meaning(HeaderName.normalised(name), context, meanings)
    if meaning == .unknown { noteUnknown(context == .line ? "lines.\(name)" : name) }
    known[context.rawValue][hash] = meaning
    return meaning
  }

  /// Remembers a key whose value is carried nowhere.
  mutating func noteUnknown(_ name: String) {
    if !unknownNames.contains(name) { unknownNames.append(name) }
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

  /// What stands once per line.
  static let lineFields: Set<Field> = [
    .lineNumber, .category, .lineDescription, .quantity, .unit, .rate, .amount, .serviceDate,
    .taxable, .taxCode,
  ]

  static func meaning(
    _ name: String, _ context: JSONContext, _ meanings: [String: ColumnMeaning]
  ) -> JSONKeyMeaning {
    if meanings[name] == .ignored || Field.isKnownButNotCarried(name) { return .ignored }
    if case .field(let field)? = meanings[name] { return .field(field) }
    switch context {
    case .invoice:
      if lineNames.contains(name) { return .lines }
      if name == "stops" { return .stops }
      if name == "payments" { return .ignored }
      return Field.aliases(of: .invoices)[name].map { .field($0) } ?? .unknown
    case .line:
      guard let field = Field.aliases(of: .invoices)[name], lineFields.contains(field) else {
        return .unknown
      }
      return .field(field)
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
