/// The XML the service speaks when a request does not ask for JSON.
enum XMLText {
  /// The answer as XML: every member becomes an element, every array a repeated element.
  static func document(_ answer: JSONValue) -> String {
    let time = answer["time"]?.string.map { " time=\"\(escaped($0))\"" } ?? ""
    var text = #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#
    text += #"<IntuitResponse xmlns="http://schema.intuit.com/finance/v3""# + time + ">"
    for member in answer.members?.members ?? [] where member.name != "time" {
      append(member.name, member.value, to: &text)
    }
    return text + "</IntuitResponse>"
  }

  private static func append(_ name: String, _ value: JSONValue, to text: inout String) {
    switch value {
    case .list(let elements):
      for element in elements { append(name, element, to: &text) }
    case .object(let object):
      text += "<\(name)>"
      for member in object.members { append(member.name, member.value, to: &text) }
      text += "</\(name)>"
    case .text(let string): text += "<\(name)>\(escaped(string))</\(name)>"
    case .number(let digits): text += "<\(name)>\(digits)</\(name)>"
    case .flag(let flag): text += "<\(name)>\(flag)</\(name)>"
    case .null: break
    }
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
