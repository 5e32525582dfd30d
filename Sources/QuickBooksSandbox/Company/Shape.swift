import Foundation

/// What one member of a request may hold.
indirect enum Shape: Sendable {
  /// A name: no colon, tab or line end.
  case name(Int)
  /// Any text up to this length.
  case text(Int)
  /// A number.
  case number
  /// A whole number in a range.
  case whole(ClosedRange<Int>)
  /// `true` or `false`.
  case flag
  /// A date.
  case date
  /// One e-mail address.
  case email(Int)
  /// A full web address.
  case web(Int)
  /// One of these words.
  case words([String])
  /// A reference to an object of the company.
  case reference(EntityKind)
  /// A reference to a currency.
  case currency
  /// An object with these members.
  case group([String: Shape])
  /// An address.
  case address
  /// An array.
  case list(Shape)
  /// Read only: accepted and ignored.
  case ignored
}

/// The check of one request body against the shape of its kind.
struct ShapeCheck {
  let company: Company
  /// Ids made by earlier items of the same batch, which later items cannot see yet.
  let invisible: Set<String>

  /// The body without read-only members, with references resolved; throws the service's refusal.
  func checked(_ body: JSONObject, as kind: EntityKind) throws(ServiceFault) -> JSONObject {
    try group(body, Shape.members(of: kind), path: "")
  }

  private func group(_ object: JSONObject, _ shapes: [String: Shape], path: String)
    throws(ServiceFault) -> JSONObject
  {
    var result = JSONObject()
    for member in object.members {
      let place = path.isEmpty ? member.name : path + "." + member.name
      guard let shape = shapes[member.name] else { throw .unknownMember(place) }
      if case .ignored = shape { continue }
      result[member.name] = try value(member.value, shape, path: place)
    }
    return result
  }

  private func value(_ value: JSONValue, _ shape: Shape, path: String) throws(ServiceFault)
    -> JSONValue?
  {
    if value == .null { return nil }
    switch shape {
    case .ignored: return nil
    case .name(let maximum):
      let text = try text(value, maximum, path)
      guard !text.contains(where: { $0 == ":" || $0 == "\t" || $0.isNewline }) else {
        throw .forbiddenCharacter(path)
      }
      return .text(text)
    case .text(let maximum): return .text(try text(value, maximum, path))
    case .number:
      guard value.decimal != nil else { throw .value("2080", path, value.jsonText) }
      return value
    case .whole(let range):
      guard let number = value.integer, range.contains(number) else {
        throw .value("2080", path, value.jsonText)
      }
      return .number("\(number)")
    case .flag:
      if let text = value.string, text == "true" || text == "false" { return .flag(text == "true") }
      guard value.bool != nil else { throw .unknownMember(path) }
      return value
    case .date:
      guard let text = value.string, ServiceTime.civilDay(text) != nil else {
        throw .value("2060", path, value.string ?? value.jsonText)
      }
      return value
    case .email, .web, .words: return try formed(value, shape, path)
    case .reference(let kind): return try reference(value, kind, path)
    case .currency: return try currency(value, path)
    case .group(let shapes):
      guard let object = value.members else { throw .unknownMember(path) }
      return .object(try group(object, shapes, path: path))
    case .address: return try address(value, path)
    case .list(let shape):
      guard let elements = value.elements else { throw .unknownMember(path) }
      var result: [JSONValue] = []
      for element in elements {
        if let checked = try self.value(element, shape, path: path) { result.append(checked) }
      }
      return .list(result)
    }
  }

  private func text(_ value: JSONValue, _ maximum: Int, _ path: String) throws(ServiceFault)
    -> String
  {
    guard let text = value.string else { throw .unknownMember(path) }
    let length = text.utf16.count
    guard length <= maximum else { throw .length(path, maximum: maximum, supplied: length) }
    return text
  }

  private func formed(_ value: JSONValue, _ shape: Shape, _ path: String) throws(ServiceFault)
    -> JSONValue
  {
    switch shape {
    case .email(let maximum):
      let text = try text(value, maximum, path)
      guard text.isEmpty || text.isOneEmailAddress else { throw .value("2210", path, text) }
      return .text(text)
    case .web(let maximum):
      let text = try text(value, maximum, path)
      let address = URL(string: text)
      guard text.isEmpty || (address?.scheme?.hasPrefix("http") == true && address?.host() != nil)
      else { throw .value("2200", path, text) }
      return .text(text)
    case .words(let words):
      guard let text = value.string, words.contains(text) else {
        throw .value("2170", path, value.string ?? value.jsonText)
      }
      return value
    default: return value
    }
  }

  private func reference(_ value: JSONValue, _ kind: EntityKind, _ path: String)
    throws(ServiceFault) -> JSONValue?
  {
    guard let object = value.members else { throw .unknownMember(path) }
    for member in object.members where !["value", "name", "type"].contains(member.name) {
      throw .unknownMember(path + "." + member.name)
    }
    guard let id = object.string("value") else { throw .missing(path + ".value") }
    guard !id.isEmpty else { return nil }
    if kind != .taxCode, !id.allSatisfy({ $0.isASCII && $0.isNumber }) {
      throw .idNotNumber(path, id)
    }
    guard !invisible.contains(id), let entity = company.entity(kind, id) else {
      throw .reference(path, id)
    }
    guard entity.isActive else {
      throw company.knobs[.inactiveReference] == "610"
        ? .inactive(path, id) : .reference(path, id)
    }
    let shown = entity.members.string("FullyQualifiedName") ?? entity.name
    return .members(["value": .text(id), "name": .text(kind == .item ? entity.name : shown)])
  }

  private func currency(_ value: JSONValue, _ path: String) throws(ServiceFault) -> JSONValue {
    guard let code = value["value"]?.string else { throw .missing(path + ".value") }
    guard let name = Company.currencies[code] else { throw .reference(path, code) }
    guard code == "USD" || company.knobs.isOn(.multiCurrency) else {
      throw .business(
        "Multi currency must be enabled to perform this operation.",
        "La fonction multidevise doit être activée pour cette opération.", element: path)
    }
    return .members(["value": .text(code), "name": .text(name)])
  }

  private func address(_ value: JSONValue, _ path: String) throws(ServiceFault) -> JSONValue {
    guard let object = value.members else { throw .unknownMember(path) }
    var result = try group(object, Shape.addressMembers, path: path)
    let lines = (1...5).compactMap { result.string("Line\($0)") }.joined()
    guard lines.utf16.count <= 2000 else {
      throw .length(path, maximum: 2000, supplied: lines.utf16.count)
    }
    if let country = result.string("Country") {
      result["Country"] = .text(Self.countries[country.uppercased()] ?? country)
    }
    return .object(result)
  }

  /// Countries come back as their three letters.
  private static let countries = [
    "UNITED STATES": "USA", "UNITED STATES OF AMERICA": "USA", "US": "USA", "U.S.": "USA",
    "U.S.A.": "USA", "CANADA": "CAN", "CA": "CAN", "MEXICO": "MEX", "MX": "MEX",
  ]
}

extension String {
  /// Whether this is one e-mail address: one `@`, and a point in the part behind it.
  var isOneEmailAddress: Bool {
    let parts = split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let local = parts.first, let host = parts.last else { return false }
    let names = host.split(separator: ".", omittingEmptySubsequences: false)
    return !local.isEmpty && names.count >= 2 && names.allSatisfy { !$0.isEmpty }
      && !contains { $0.isWhitespace || $0 == "," || $0 == ";" }
  }
}
