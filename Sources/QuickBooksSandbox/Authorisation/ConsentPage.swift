import Foundation

/// What an app asks the user for on the authorisation page.
struct ConsentRequest: Sendable, Hashable {
  var redirect: String
  var state: String
  var scope: String

  /// Why the page shows an error instead of a question, or nil when the request is in order.
  static func problem(
    _ parameters: [String: String], clientIdentifier: String, redirects: [String], keys: String
  ) -> String? {
    guard parameters["client_id"] == clientIdentifier else { return "The client_id is unknown." }
    guard parameters["response_type"] == "code" else { return "The response_type must be code." }
    guard let redirect = parameters["redirect_uri"], let address = URL(string: redirect),
      let host = address.host()
    else { return "The redirect_uri is missing." }
    guard parameters["state"]?.isEmpty == false else { return "The state is missing." }
    let isLocal = host == "localhost" || host.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" }
    if keys == "production", isLocal || address.scheme != "https" {
      return "With production keys the redirect_uri must be https on a public host name."
    }
    let isRegistered =
      redirects.isEmpty ? isLocal || address.scheme == "https" : redirects.contains(redirect)
    guard isRegistered else { return "The redirect_uri is not registered." }
    return nil
  }

  init(_ parameters: [String: String]) {
    redirect = parameters["redirect_uri"] ?? ""
    state = parameters["state"] ?? ""
    scope = parameters["scope"] ?? ""
  }

  /// The address to send the user's browser to with these answers.
  func address(_ answers: [(String, String)]) -> String {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    let query = (answers + [("state", state)]).map { name, value in
      name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
    }
    return redirect + (redirect.contains("?") ? "&" : "?") + query.joined(separator: "&")
  }

  /// The page that asks.
  func page(companies: [(realm: String, name: String)], query: String) -> String {
    let choices = companies.enumerated().map { index, company in
      "<label><input type=\"radio\" name=\"realm\" value=\"\(company.realm)\""
        + (index == 0 ? " checked" : "") + "> \(XMLText.escaped(company.name)) "
        + "(\(company.realm))</label><br>"
    }
    return """
      <!doctype html><html lang="en"><head><meta charset="utf-8">
      <title>Connect to the QuickBooks sandbox</title></head><body>
      <h1>Connect to the QuickBooks sandbox</h1>
      <p>An app asks for the scope <code>\(XMLText.escaped(scope))</code>. Which company may it use?</p>
      <form method="post" action="/connect/oauth2?\(XMLText.escaped(query))">
      \(choices.joined(separator: "\n"))
      <p><button name="decision" value="approve">Connect</button>
      <button name="decision" value="deny">No, cancel</button></p>
      </form></body></html>
      """
  }

  static func errorPage(_ problem: String) -> String {
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Error</title></head>"
      + "<body><h1>Sorry, but this app did not connect</h1><p>\(XMLText.escaped(problem))</p>"
      + "</body></html>"
  }
}
