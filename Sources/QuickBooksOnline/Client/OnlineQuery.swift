/// Questions in QuickBooks' query language.
public enum OnlineQuery {
  /// A text as a literal: quotation marks and backslashes escaped.
  public static func literal(_ text: String) -> String {
    var literal = "'"
    for character in text.unicodeScalars {
      if character == "'" || character == "\\" { literal += "\\" }
      literal.unicodeScalars.append(character)
    }
    return literal + "'"
  }

  /// A list of literals.
  public static func list(_ texts: [String]) -> String {
    "(" + texts.map(literal).joined(separator: ", ") + ")"
  }

  /// How many numbers one question asks for, so that addresses stay short.
  public static let numbersPerQuestion = 30

  /// Documents by their numbers.
  public static func documents(_ entity: String, numbers: [String]) -> String {
    "select * from \(entity) where DocNumber in \(list(numbers)) orderby Id maxresults 1000"
  }

  /// Records by their ids.
  public static func records(_ entity: String, ids: [String]) -> String {
    "select * from \(entity) where Id in \(list(ids)) orderby Id maxresults 1000"
  }

  /// People and companies by display name, inactive ones too.
  public static func names(_ entity: String, _ names: [String]) -> String {
    "select * from \(entity) where DisplayName in \(list(names)) and Active in (true, false) "
      + "orderby Id maxresults 1000"
  }

  /// List entries by name, inactive ones too.
  public static func entries(_ entity: String, named names: [String]) -> String {
    "select * from \(entity) where Name in \(list(names)) and Active in (true, false) "
      + "orderby Id maxresults 1000"
  }
}
