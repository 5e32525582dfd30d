/// Everything about the sandbox's behaviour that a test may set.
///
/// Besides these, every ``InjectedFault`` is a knob too: its value is the probability, from 0 to 1,
/// that a request is struck by it.
public enum Knob: String, Sendable, Hashable, CaseIterable, Codable {
  // Time and limits.
  case serviceSeconds = "service-seconds"
  case readSeconds = "read-seconds"
  case tokenSeconds = "token-seconds"
  case serverTimeLimit = "server-time-limit"
  case hangSeconds = "hang-seconds"
  case requestsPerSecond = "requests-per-second"
  case requestsPerMinute = "requests-per-minute"
  case batchesPerMinute = "batches-per-minute"
  case requestsAtOnce = "requests-at-once"
  case retryAfter = "retry-after"
  case monthlyQuotaUsed = "monthly-quota-used"
  case faultsStrike = "faults-strike"
  // Idempotency and batches.
  case requestID = "request-id"
  case storedFailures = "stored-failures"
  case shuffledBatches = "shuffled-batches"
  // Connection.
  case consent
  case keys
  case rotation
  case refreshRace = "refresh-race"
  case codeReuseKills = "code-reuse-kills"
  case accessTokenSeconds = "access-token-seconds"
  case disconnected
  // The company and its books.
  case condition
  case subscriptionEnded = "subscription-ended"
  case language
  case booksClosedThrough = "books-closed-through"
  case closedWithPassword = "closed-with-password"
  case customTransactionNumbers = "custom-transaction-numbers"
  case checkNumbersWhenOff = "check-numbers-when-off"
  case checkNumbersAcrossTypes = "check-numbers-across-types"
  case automatedTax = "automated-tax"
  case multiCurrency = "multi-currency"
  case classTracking = "class-tracking"
  case departmentTracking = "department-tracking"
  case customFields = "custom-fields"
  case autoApplyCredit = "auto-apply-credit"
  // Details that are disputed.
  case duplicateNameDetail = "duplicate-name-detail"
  case inactiveNameFree = "inactive-name-free"
  case inactiveReference = "inactive-reference"
  case freshWithoutTime = "fresh-without-time"
  case unknownMembers = "unknown-members"

  /// What values the knob takes.
  public enum Values: Sendable, Hashable {
    /// `on` or `off`.
    case flag
    /// A number that is not negative.
    case number
    /// `none` or a date such as `2026-09-30`.
    case date
    /// One of these words.
    case words([String])
  }

  /// The values this knob takes.
  public var values: Values { Self.table[self]?.values ?? .flag }

  /// The value the knob has when nobody sets it.
  public var initial: String { Self.table[self]?.initial ?? "off" }

  /// What the knob does, in one line.
  public var summary: String { Self.table[self]?.summary ?? "" }

  private static let table: [Knob: (values: Values, initial: String, summary: String)] = [
    .serviceSeconds: (.number, "0", "seconds the service works on one write"),
    .readSeconds: (.number, "0", "seconds the service works on one read or query"),
    .tokenSeconds: (.number, "0.05", "seconds the token endpoint works on one request"),
    .serverTimeLimit: (.number, "120", "longer work is cut off with HTTP 504"),
    .hangSeconds: (.number, "600", "how long a hanging request hangs before it is cut"),
    .requestsPerSecond: (.number, "10", "limit per company, 0 for none"),
    .requestsPerMinute: (.number, "500", "limit per company, 0 for none"),
    .batchesPerMinute: (.number, "40", "limit per company, 0 for none"),
    .requestsAtOnce: (.number, "10", "requests under way per company, 0 for no limit"),
    .retryAfter: (.number, "0", "seconds in the Retry-After header of a 429, 0 for no header"),
    .monthlyQuotaUsed: (
      .words(["off", "reads", "all"]), "off", "429 that does not clear, for reads or for all"
    ),
    .faultsStrike: (
      .words(["all", "writes"]), "all", "which requests the faults by chance may strike"
    ),
    .requestID: (.words(["honoured", "ignored"]), "honoured", "whether a requestid is replayed"),
    .storedFailures: (.flag, "off", "a replay also repeats a refusal"),
    .shuffledBatches: (.flag, "off", "batch answers come in another order"),
    .consent: (.words(["ask", "approve", "deny"]), "ask", "what the authorisation page does"),
    .keys: (
      .words(["development", "production"]), "development",
      "production keys refuse a redirect to this machine or to plain http"
    ),
    .rotation: (
      .words(["daily", "always", "never"]), "daily", "when the refresh token changes its value"
    ),
    .refreshRace: (
      .words(["second-fails", "kills"]), "second-fails",
      "what two refreshes at once do: the second fails, or the connection dies too"
    ),
    .codeReuseKills: (.flag, "off", "a second exchange of a code ends the connection"),
    .accessTokenSeconds: (.number, "3600", "life of an access token"),
    .disconnected: (.flag, "off", "the user has disconnected the app inside QuickBooks"),
    .condition: (
      .words([
        "normal", "locked", "maintenance", "reset", "wrong-cluster", "user-removed", "not-allowed",
      ]), "normal", "what is wrong with the company"
    ),
    .subscriptionEnded: (.flag, "off", "writes are refused with 6190, reads work"),
    .language: (.words(["english", "french"]), "english", "language of Message and Detail"),
    .booksClosedThrough: (.date, "none", "last closed day"),
    .closedWithPassword: (.flag, "off", "closed with a password: 6210 instead of 6200"),
    .customTransactionNumbers: (.flag, "on", "the company keeps its own document numbers"),
    .checkNumbersWhenOff: (.flag, "off", "duplicate numbers are refused even so"),
    .checkNumbersAcrossTypes: (.flag, "off", "an invoice and a credit memo may not share one"),
    .automatedTax: (.flag, "off", "automated sales tax: taxable lines are taxed at 8.25 %"),
    .multiCurrency: (.flag, "off", "the company keeps several currencies"),
    .classTracking: (.flag, "on", "classes may be used"),
    .departmentTracking: (.flag, "on", "departments may be used"),
    .customFields: (.flag, "on", "the three custom fields of sales forms are switched on"),
    .autoApplyCredit: (.flag, "off", "a new invoice is paid from a credit of 25.00 at once"),
    .duplicateNameDetail: (
      .words(["id", "words", "null"]), "id", "what the Detail of 6240 says of the other name"
    ),
    .inactiveNameFree: (.flag, "on", "the name of an inactive record may be used again"),
    .inactiveReference: (
      .words(["2500", "610"]), "2500", "the code for a reference to an inactive record"
    ),
    .freshWithoutTime: (.flag, "off", "a create answers without MetaData.LastUpdatedTime"),
    .unknownMembers: (.flag, "on", "answers hold members that no documentation names"),
  ]
}

/// Why a knob was not set.
public enum KnobRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no knob or fault of this name.
  case unknown(String)
  /// The knob does not take this value.
  case value(String, knob: String, takes: String)

  /// The refusal in words.
  public var description: String {
    switch self {
    case .unknown(let name): "there is no knob \"\(name)\" (--list-knobs shows them all)"
    case .value(let value, let knob, let takes): "\(knob) takes \(takes), not \"\(value)\""
    }
  }
}

/// The sandbox's knobs and what they are set to.
public struct Knobs: Sendable, Hashable {
  private var settings: [Knob: String] = [:]
  private var chances: [InjectedFault: Double] = [:]

  /// All knobs as they are when nobody sets them.
  public init() {}

  /// The value of a knob.
  public subscript(_ knob: Knob) -> String { settings[knob] ?? knob.initial }

  /// The probability of a fault.
  public subscript(_ fault: InjectedFault) -> Double { chances[fault] ?? 0 }

  /// Sets a knob, or the probability of a fault, by its name.
  public mutating func set(_ name: String, to value: String) throws(KnobRefusal) {
    if let fault = InjectedFault(rawValue: name) {
      guard let chance = Double(value), (0...1).contains(chance) else {
        throw .value(value, knob: name, takes: "a probability from 0 to 1")
      }
      chances[fault] = chance
    } else if let knob = Knob(rawValue: name) {
      try set(knob, to: value)
    } else {
      throw .unknown(name)
    }
  }

  /// Sets a knob.
  public mutating func set(_ knob: Knob, to value: String) throws(KnobRefusal) {
    switch knob.values {
    case .flag where value == "on" || value == "off": break
    case .number where Double(value).map({ $0 >= 0 && $0.isFinite }) == true: break
    case .date where value == "none" || ServiceTime.civilDay(value) != nil: break
    case .words(let words) where words.contains(value): break
    default: throw .value(value, knob: knob.rawValue, takes: knob.values.description)
    }
    settings[knob] = value
  }

  /// Sets the probability of a fault.
  public mutating func set(_ fault: InjectedFault, to chance: Double) {
    chances[fault] = min(1, max(0, chance))
  }

  /// Every name and value, as the control endpoint shows them.
  public var all: [(name: String, value: String)] {
    let knobs = Knob.allCases.map { (name: $0.rawValue, value: self[$0]) }
    let faults = InjectedFault.allCases.map { (name: $0.rawValue, value: "\(self[$0])") }
    return knobs + faults
  }

  /// The settings that differ from the initial ones.
  var changed: [(name: String, value: String)] {
    let initial = Dictionary(uniqueKeysWithValues: Knobs().all.map { ($0.name, $0.value) })
    return all.filter { initial[$0.name] != $0.value }
  }

  func isOn(_ knob: Knob) -> Bool { self[knob] == "on" }

  func number(_ knob: Knob) -> Double { Double(self[knob]) ?? 0 }

  /// The fault that chance picks for a request, if any.
  func draw(with chance: inout SeededChance) -> InjectedFault? {
    guard chances.values.contains(where: { $0 > 0 }) else { return nil }
    var left = Double.random(in: 0..<1, using: &chance)
    for fault in InjectedFault.allCases {
      left -= self[fault]
      if left < 0 { return fault }
    }
    return nil
  }
}

extension Knob.Values: CustomStringConvertible {
  /// The values in words.
  public var description: String {
    switch self {
    case .flag: "on or off"
    case .number: "a number from 0"
    case .date: "none or a date such as 2026-09-30"
    case .words(let words): words.joined(separator: ", ")
    }
  }
}
