/// A shipper or broker as LoadOps knows it.
public struct Customer: Sendable {
  /// The name, without outer blanks; the key that pairing goes by.
  public var name: String
  /// LoadOps's own id, as text; empty when there is none.
  public var id = ""
  /// Motor carrier number, as text; empty when there is none.
  public var motorCarrierNumber = ""
  /// The billing address, one entry a line, as far as the export says.
  public var addressLines: [String] = []
  /// Whether a one-field address could not be told apart and stands as it is.
  public var addressIsUnsplit = false
  /// Telephone.
  public var phone = ""
  /// The e-mail addresses.
  public var emails: [String] = []
  /// The person to talk to.
  public var contact = ""
  /// The usual terms, in LoadOps's words.
  public var terms = ""
  /// The name in QuickBooks that somebody wrote into the export; empty when nobody did.
  public var quickBooksName = ""
  /// Where it stands.
  public var place: RecordPlace

  /// Makes a customer of a record.
  public init(_ record: Record) {
    name = record.string(.customerName)
    id = record.string(.customerID)
    motorCarrierNumber = record.string(.motorCarrierNumber)
    phone = Customer.first(record, .billingContactPhone, .phone)
    contact = Customer.first(record, .billingContactName, .contactName)
    terms = record.string(.invoiceTerms)
    quickBooksName = record.string(.quickBooksName)
    place = record.place
    emails = Customer.emails(Customer.first(record, .billingContactEmail, .email))
    let lines = [Field.billingAddress1, .billingAddress2, .billingAddress3]
      .map(record.string).filter { !$0.isEmpty }
    let city = PostalAddress.cityLine(
      city: record.string(.billingCity), state: record.string(.billingState),
      postalCode: record.string(.billingPostalCode))
    let country = record.string(.billingCountry)
    if lines.isEmpty, city.isEmpty {
      let address = PostalAddress(
        oneField: Customer.first(record, .billingContactAddress, .address))
      addressLines = address.lines
      if !address.lines.isEmpty, !PostalAddress.isHome(country),
        !address.lines.contains(where: { $0.lowercased().hasSuffix(country.lowercased()) })
      {
        addressLines.append(country)
      }
      addressIsUnsplit = address.isUnsplit
    } else {
      addressLines = lines + (city.isEmpty ? [] : [city])
      if !PostalAddress.isHome(country) { addressLines.append(country) }
    }
  }

  /// The addresses in a cell: `ap@acme.example; "Ann" <ann@acme.example>` has two.
  static func emails(_ text: String) -> [String] {
    let marks: Set<Character> = ["<", ">", "(", ")", "\"", "'", "[", "]"]
    return text.split {
      $0 == ";" || $0 == "," || $0 == "/" || $0.isWhitespace || marks.contains($0)
    }
    .filter { $0.contains("@") }
    .map { $0.lowercased().hasPrefix("mailto:") ? String($0.dropFirst(7)) : String($0) }
  }

  private static func first(_ record: Record, _ fields: Field...) -> String {
    for field in fields {
      let text = record.string(field)
      if !text.isEmpty { return text }
    }
    return ""
  }
}

/// Splits the one-field address of LoadOps's customer grid into lines.
struct PostalAddress {
  /// Street lines, then `City, ST ZIP`, then the country if it is abroad.
  let lines: [String]
  /// Whether the text has no recognisable city line; it is kept whole.
  let isUnsplit: Bool

  init(oneField text: String) {
    let byLine = text.split { $0.isNewline }.map(PostalAddress.trimmed).filter { !$0.isEmpty }
    guard byLine.count < 2 else {
      lines = byLine
      isUnsplit = false
      return
    }
    var parts = text.split(separator: ",").map(PostalAddress.trimmed).filter { !$0.isEmpty }
    var country: String?
    if parts.count > 1, let last = parts.last, !last.contains(where: \.isNumber), last.count > 3 {
      country = parts.removeLast()
    } else if let last = parts.last, PostalAddress.isHome(last), parts.count > 1 {
      parts.removeLast()
    }
    if let last = parts.last, let (city, end) = PostalAddress.cityAndEnd(last) {
      parts[parts.count - 1] = city
      parts.append(end)
    }
    guard parts.count >= 3, let end = parts.last, PostalAddress.isStateAndCode(end) else {
      lines = text.isEmpty ? [] : [text]
      isUnsplit = !text.isEmpty
      return
    }
    let city = parts[parts.count - 2]
    var result = Array(parts.dropLast(2))
    if result.count > 3 { result = result.prefix(2) + [result[2...].joined(separator: ", ")] }
    result.append("\(city), \(end)")
    if let country, !PostalAddress.isHome(country) { result.append(country) }
    lines = result
    isUnsplit = false
  }

  /// `Dallas, TX 75201`, with whatever of it there is.
  static func cityLine(city: String, state: String, postalCode: String) -> String {
    let end = [state, postalCode].filter { !$0.isEmpty }.joined(separator: " ")
    return [city, end].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// Whether a country needs no line of its own.
  static func isHome(_ country: String) -> Bool {
    ["", "US", "USA", "U.S.", "U.S.A.", "UNITED STATES"].contains(country.uppercased())
  }

  /// `Dallas TX 75201` without a comma: the city, and state and code; nil for anything else.
  private static func cityAndEnd(_ text: String) -> (city: String, end: String)? {
    let words = text.split(separator: " ")
    for count in [2, 3] where words.count > count {
      let end = words.suffix(count).joined(separator: " ")
      if words[words.count - count] == words[words.count - count].uppercased()[...],
        isStateAndCode(end)
      {
        return (words.dropLast(count).joined(separator: " "), end)
      }
    }
    return nil
  }

  /// `TX 75201`, `TX 75201-1234` or `ON K1A 0B1`.
  private static func isStateAndCode(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard words.count >= 2, words[0].count == 2, words[0].allSatisfy(\.isLetter) else {
      return false
    }
    let code = words.dropFirst().joined()
    if words.count == 2 {
      let digits = code.split(separator: "-", omittingEmptySubsequences: false)
      let isPlain = digits.count <= 2 && digits[0].count == 5
      if isPlain, digits.allSatisfy({ $0.allSatisfy(\.isNumber) }) { return true }
    }
    let pattern = code.map { $0.isLetter ? "A" : $0.isNumber ? "9" : "?" }.joined()
    return pattern == "A9A9A9"
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
