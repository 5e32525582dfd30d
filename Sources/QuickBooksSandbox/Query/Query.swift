import Foundation

/// One statement of the service's query language, parsed.
struct Query: Sendable, Hashable {
  enum Comparison: String, Sendable, Hashable {
    case equal = "="
    case less = "<"
    case greater = ">"
    case atMost = "<="
    case atLeast = ">="
    case oneOf = "IN"
    case like = "LIKE"
  }

  struct Condition: Sendable, Hashable {
    var field: String
    var comparison: Comparison
    var values: [String]
  }

  struct Order: Sendable, Hashable {
    var field: String
    var isDescending: Bool
  }

  var isCount = false
  /// The fields asked for; empty for all of them.
  var fields: [String] = []
  var entity = ""
  var conditions: [Condition] = []
  var order: [Order] = []
  var start = 1
  var maximum: Int?

  init(_ text: String) throws(ServiceFault) {
    var parser = QueryParser(try QueryToken.tokens(of: text))
    try parser.parse(into: &self)
  }
}

/// A word of a statement.
enum QueryToken: Sendable, Hashable {
  case word(String)
  case value(String)
  case sign(String)

  static func tokens(of text: String) throws(ServiceFault) -> [QueryToken] {
    let characters = Array(text)
    var tokens: [QueryToken] = []
    var place = 0
    while place < characters.count {
      let character = characters[place]
      if character.isWhitespace {
        place += 1
      } else if character == "'" {
        tokens.append(.value(try quoted(characters, from: &place)))
      } else if "=<>(),*;".contains(character) {
        var sign = String(character)
        place += 1
        if sign == "<" || sign == ">", place < characters.count, characters[place] == "=" {
          sign += "="
          place += 1
        }
        if sign != ";" { tokens.append(.sign(sign)) }
      } else if character.isLetter || character.isNumber || "._-+:".contains(character) {
        let start = place
        while place < characters.count,
          characters[place].isLetter || characters[place].isNumber
            || "._-+:".contains(characters[place])
        {
          place += 1
        }
        tokens.append(.word(String(characters[start..<place])))
      } else {
        throw .query("4000", "Encountered \"\(character)\" at column \(place + 1)")
      }
    }
    return tokens
  }

  private static func quoted(_ characters: [Character], from place: inout Int)
    throws(ServiceFault) -> String
  {
    let start = place
    var text = ""
    place += 1
    while place < characters.count {
      let character = characters[place]
      if character == "\\", place + 1 < characters.count {
        text.append(characters[place + 1])
        place += 2
      } else if character == "'" {
        place += 1
        return text
      } else {
        text.append(character)
        place += 1
      }
    }
    throw .query("4000", "Unterminated string at column \(start + 1)")
  }
}

/// The grammar of the query language.
private struct QueryParser {
  private let tokens: [QueryToken]
  private var place = 0

  init(_ tokens: [QueryToken]) { self.tokens = tokens }

  mutating func parse(into query: inout Query) throws(ServiceFault) {
    try expect("SELECT")
    try parseFields(into: &query)
    try expect("FROM")
    query.entity = try word()
    if take("WHERE") { try parseConditions(into: &query) }
    if take("ORDERBY") {
      try parseOrder(into: &query)
    } else if take("ORDER") {
      try expect("BY")
      try parseOrder(into: &query)
    }
    while place < tokens.count {
      if take("STARTPOSITION") {
        query.start = try number()
      } else if take("MAXRESULTS") {
        query.maximum = try number()
      } else {
        throw unexpected()
      }
    }
  }

  private mutating func parseFields(into query: inout Query) throws(ServiceFault) {
    if take("COUNT") {
      for sign in ["(", "*", ")"] { try expectSign(sign) }
      query.isCount = true
      return
    }
    var isAll = false
    repeat {
      if takeSign("*") { isAll = true } else { query.fields.append(try word()) }
    } while takeSign(",")
    if isAll { query.fields = [] }
  }

  private mutating func parseConditions(into query: inout Query) throws(ServiceFault) {
    repeat {
      let field = try word()
      if take("IN") {
        try expectSign("(")
        var values: [String] = []
        repeat { values.append(try value()) } while takeSign(",")
        try expectSign(")")
        query.conditions.append(.init(field: field, comparison: .oneOf, values: values))
      } else if take("LIKE") {
        query.conditions.append(.init(field: field, comparison: .like, values: [try value()]))
      } else if case .sign(let sign)? = next, let comparison = Query.Comparison(rawValue: sign) {
        place += 1
        query.conditions.append(.init(field: field, comparison: comparison, values: [try value()]))
      } else {
        throw unexpected()
      }
    } while take("AND")
  }

  private mutating func parseOrder(into query: inout Query) throws(ServiceFault) {
    repeat {
      let field = try word()
      let isDescending = take("DESC")
      if !isDescending { _ = take("ASC") }
      query.order.append(.init(field: field, isDescending: isDescending))
    } while takeSign(",")
  }

  private var next: QueryToken? { place < tokens.count ? tokens[place] : nil }

  private mutating func take(_ keyword: String) -> Bool {
    guard case .word(let word)? = next, word.uppercased() == keyword else { return false }
    place += 1
    return true
  }

  private mutating func takeSign(_ sign: String) -> Bool {
    guard next == .sign(sign) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ keyword: String) throws(ServiceFault) {
    guard take(keyword) else { throw unexpected() }
  }

  private mutating func expectSign(_ sign: String) throws(ServiceFault) {
    guard takeSign(sign) else { throw unexpected() }
  }

  private mutating func word() throws(ServiceFault) -> String {
    guard case .word(let word)? = next else { throw unexpected() }
    place += 1
    return word
  }

  private mutating func value() throws(ServiceFault) -> String {
    switch next {
    case .value(let text)?, .word(let text)?:
      place += 1
      return text
    default: throw unexpected()
    }
  }

  private mutating func number() throws(ServiceFault) -> Int {
    guard case .word(let word)? = next, let number = Int(word) else { throw unexpected() }
    place += 1
    return number
  }

  private func unexpected() -> ServiceFault {
    let found =
      switch next {
      case .word(let text)?, .value(let text)?, .sign(let text)?: "\"\(text)\""
      case nil: "the end of the statement"
      }
    return .query("4000", "Encountered \(found), which was not expected here")
  }
}
