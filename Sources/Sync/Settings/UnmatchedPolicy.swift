internal import Foundation
internal import Vocabulary

extension Settings {
  /// What to do with a customer, an item or terms that QuickBooks does not have.
  public enum Unmatched: String, Sendable, CaseIterable {
    /// Declare it.
    case create
    /// Hold its invoices.
    case hold
  }

  /// The same for every target, with targets that are treated otherwise.
  ///
  /// IIF creates what it is told to create without looking, qbXML and Online answer: a company may well
  /// want new customers by the one way and not by the other.
  public struct UnmatchedPolicy: Sendable, Hashable {
    /// For targets that ``exceptions`` does not name.
    public var usual: Unmatched
    /// Targets that are treated otherwise.
    public var exceptions: [Target: Unmatched] = [:]

    /// One for every target.
    public init(_ usual: Unmatched) { self.usual = usual }

    /// What to do for a target.
    public subscript(target: Target) -> Unmatched { exceptions[target] ?? usual }

    /// Reads `hold`, or `iif: hold, qbxml: create`; targets that are not named get the default.
    init(_ value: SettingsValue) throws(ValueFault) {
      self.init(.create)
      let pairs: [(String, String)]
      switch value {
      case .pairs(let given): pairs = given
      case .text(let text) where text.contains(":"): pairs = try UnmatchedPolicy.pairs(in: text)
      default:
        usual = try value.word()
        return
      }
      guard !pairs.isEmpty else {
        throw ValueFault("it names no target", "write it like {iif: hold, qbxml: create}")
      }
      for (name, word) in pairs {
        guard let target = Target(rawValue: name) else {
          throw ValueFault.unknown(
            "\"\(name)\" is not a target", name, Target.allCases.map(\.rawValue),
            list: "the targets are")
        }
        guard exceptions[target] == nil else {
          throw ValueFault("it names \(name) twice", "keep one of the two")
        }
        exceptions[target] = try SettingsValue.text(word).word()
      }
      exceptions = exceptions.filter { $0.value != usual }
    }

    /// Splits `iif: hold, qbxml: create`, with or without braces.
    private static func pairs(in text: String) throws(ValueFault) -> [(String, String)] {
      var body = text[...]
      if body.hasPrefix("{"), body.hasSuffix("}") { body = body.dropFirst().dropLast() }
      var pairs: [(String, String)] = []
      for part in body.split(separator: ",", omittingEmptySubsequences: false) {
        let sides = part.split(separator: ":", omittingEmptySubsequences: false).map {
          $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard sides.count == 2 else {
          throw ValueFault(
            "\"\(part.trimmingCharacters(in: .whitespacesAndNewlines))\" is not a target with its policy",
            "write it like iif: hold, qbxml: create")
        }
        pairs.append((sides[0], sides[1]))
      }
      return pairs
    }

    /// The value as it stands in `loadbooks.yaml`.
    var text: String {
      if exceptions.isEmpty { return usual.rawValue }
      let pairs = Target.allCases.compactMap { target in
        exceptions[target].map { "\(target.rawValue): \($0.rawValue)" }
      }
      return "{" + pairs.joined(separator: ", ") + "}"
    }
  }

  /// What to do, by the run's target, with a customer that QuickBooks does not have.
  public var unmatchedCustomers: Unmatched { policies.unmatchedCustomers[target] }
  /// The same for an item.
  public var unmatchedItems: Unmatched { policies.unmatchedItems[target] }
  /// The same for terms.
  public var unmatchedTerms: Unmatched { policies.unmatchedTerms[target] }
}
