internal import QuickBooksOnline
internal import Vocabulary

extension Settings {
  /// The keys of the block `online`.
  static let onlineKeys: [Key] = [
    .address(
      "online.api", \.online.api,
      "Where the companies' data is; for development keys",
      "https://sandbox-quickbooks.api.intuit.com"),
    .address(
      "online.discovery", \.online.discovery,
      "The document that says where to log in and where tokens come from; for development keys",
      "https://developer.intuit.com/.well-known/openid_sandbox_configuration"),
    .address(
      "online.redirect", \.online.redirect,
      "Where the browser goes after somebody has said yes, as it is registered for your app.",
      "On this computer it is caught; else you paste the address that the browser shows."),
    .number(
      "online.batch_size", \.online.batchSize, 1...30,
      "How many documents go in one request; 1 sends each by itself."),
    .number(
      "online.requests_per_minute", \.online.requestsPerMinute, 1...60_000,
      "How fast QuickBooks may be asked; Intuit allows 500 a minute, and more slows everything."),
    .number(
      "online.batches_per_minute", \.online.batchesPerMinute, 1...60_000,
      "The same for requests with several documents; Intuit allows 40 a minute."),
    .number(
      "online.in_flight", \.online.inFlight, 1...64, "How many requests are under way at once."),
    .number(
      "online.timeout", \.online.timeout, 121...600,
      "How many seconds an answer is waited for; QuickBooks itself gives up after 120."),
    .number(
      "online.unknown_wait", \.online.unknownWait, 0...600,
      "How many seconds to wait before a record without an answer is looked up in QuickBooks."),
    .number(
      "online.books_days", \.online.booksDays, 0...365,
      "A push fetches the books first when they are older than this many days."),
  ]
}

extension Settings.Key {
  /// A key whose value is an address that secrets may go to.
  fileprivate static func address(
    _ path: String, _ property: any WritableKeyPath<Settings, String> & Sendable,
    _ explanation: String...
  ) -> Settings.Key {
    Settings.Key(
      path: path, explanation: explanation,
      allowed: "an address with https, or with http on this computer",
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        guard Endpoint.isSafe(text) else {
          throw ValueFault(
            "\"\(text)\" is not a safe address",
            "write one with https; plain http is for 127.0.0.1 and localhost only")
        }
        settings[keyPath: property] = text
      },
      show: { YAMLText.scalar($0[keyPath: property]) })
  }
}
