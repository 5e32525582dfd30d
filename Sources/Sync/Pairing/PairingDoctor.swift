internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// How sure it is that a suggestion is what a person would choose.
///
/// Whatever it is, only a line of the mapping file makes a pair.
public enum Certainty: Int, Sendable, Comparable, CaseIterable {
  /// Something about the names fits, or something beside them.
  case possible
  /// A legal suffix, an abbreviation, the order of words or one letter differ, or a number is the same.
  case likely
  /// Equal once capitals, blanks, accents, punctuation and the like are overlooked.
  case folded
  /// The very same name.
  case exact

  /// The word of flags and reports.
  public var word: String {
    switch self {
    case .possible: "possible"
    case .likely: "likely"
    case .folded: "folded"
    case .exact: "exact"
    }
  }

  /// The certainty with this word.
  public init?(word: String) {
    guard let certainty = Certainty.allCases.first(where: { $0.word == word }) else { return nil }
    self = certainty
  }

  /// Whether the first is less sure.
  public static func < (left: Certainty, right: Certainty) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Says of a customer that did not pair which names in QuickBooks may be meant, and why they are not equal.
///
/// It only explains. Pairs are made by ``CustomerBook``, of equal names and of mapping lines.
final class PairingDoctor {
  /// Something beside the name that two customers share.
  enum Evidence: Hashable {
    case id(String)
    case motorCarrierNumber(String)
    case email(String)
    case phone(String)
    /// Street number and ZIP code.
    case address(String)
    case postalCode(String)

    var words: String {
      switch self {
      case .id(let id): "the same customer number \(id)"
      case .motorCarrierNumber(let number): "the same MC number \(number)"
      case .email(let address): "the same e-mail address \(address)"
      case .phone(let number): "the same telephone number \(number)"
      case .address(let text): "the same street number and ZIP code \(text)"
      case .postalCode(let code): "the same ZIP code \(code)"
      }
    }

    /// A word for programs.
    var id: String {
      switch self {
      case .id: "same-id"
      case .motorCarrierNumber: "same-mc-number"
      case .email: "same-email"
      case .phone: "same-phone"
      case .address: "same-address"
      case .postalCode: "same-zip"
      }
    }

    /// A ZIP code alone says little.
    var isStrong: Bool { if case .postalCode = self { false } else { true } }
  }

  /// A customer to find in QuickBooks.
  struct Patient {
    var name: String
    var id = ""
    var motorCarrierNumber = ""
    var emails: [String] = []
    var phone = ""
    var addressLines: [String] = []

    init(name: String) { self.name = name }

    /// A customer as the export lists it.
    init(_ customer: LoadOps.Customer) {
      name = customer.name
      id = customer.id
      motorCarrierNumber = customer.motorCarrierNumber
      emails = customer.emails
      phone = customer.phone
      addressLines = customer.addressLines
    }
  }

  /// A name in QuickBooks that may be meant.
  struct Candidate {
    var entry: QuickBooksNames.Entry
    /// What of its name was compared: the last level for a job that has the name there.
    var compared: String
    var difference: NameDifference
    var evidence: [Evidence]
    var certainty: Certainty
    /// The name that a mapping line would give.
    var target: String

    /// Why it is not the same, in words for programs.
    var reasons: [String] {
      var reasons = difference.causes.map(\.id)
      if compared != entry.name { reasons.append("sub-customer") }
      if entry.isInactive { reasons.append("inactive") }
      switch entry.role {
      case .vendor: reasons.append("vendor")
      case .employee: reasons.append("employee")
      case .otherName: reasons.append("other-name-list")
      case .customer, .sent: break
      }
      return reasons + evidence.map(\.id)
    }
  }

  /// What there is to say about a customer.
  struct Diagnosis {
    /// The best candidates, at most ``PairingDoctor/shown``.
    var candidates: [Candidate]
    /// How many there are in all.
    var total: Int
  }

  /// How many candidates are told.
  static let shown = 3
  /// How many customers may share an address or number for it still to tell one from another.
  private static let shared = 3

  let names: QuickBooksNames
  /// The full paths, then the last levels of jobs.
  private let index: NameIndex
  private let leaves: [Int32]
  private var evidence = Blocks()
  private let limit: Int

  /// A doctor for these names; a QuickBooks name has at most `limit` characters.
  init(_ names: QuickBooksNames, limit: Int = DesktopLimits.customerLevel) {
    self.names = names
    self.limit = limit
    leaves = names.entries.indices.filter { names.entries[$0].leaf != nil }.map(Int32.init)
    index = NameIndex(
      names.entries.map(\.name) + leaves.map { names.entries[Int($0)].leaf ?? "" })
    for (number, entry) in names.entries.enumerated() {
      for key in keys(of: entry) { evidence.add(key.key, Int32(number)) }
    }
    evidence.seal()
  }

  /// What there is to say about a customer that did not pair.
  func diagnose(_ patient: Patient) -> Diagnosis {
    var found: [Int: (compared: String, isNear: Bool)] = [:]
    for hit in index.near(patient.name) {
      let isLeaf = Int(hit.number) >= names.entries.count
      let number =
        isLeaf ? Int(leaves[Int(hit.number) - names.entries.count]) : Int(hit.number)
      let entry = names.entries[number]
      if found[number] == nil {
        found[number] = (isLeaf ? entry.leaf ?? entry.name : entry.name, true)
      }
    }
    // A blank in another place may make other words of the letters.
    for number in names.sameButBlanks(patient.name).prefix(PairingDoctor.shown)
    where found[number] == nil {
      found[number] = (names.entries[number].name, true)
    }
    var shared: [Int: [Evidence]] = [:]
    for (key, evidence) in keys(of: patient) {
      let block = self.evidence[Blocks.key(key)]
      guard block.count <= PairingDoctor.shared else { continue }
      for number in block.map(Int.init)
      where keys(of: names.entries[number]).contains(where: { $0.key == key }) {
        if shared[number]?.contains(where: { $0.isStrong && !evidence.isStrong }) ?? false {
          continue
        }
        shared[number, default: []].append(evidence)
        if found[number] == nil { found[number] = (names.entries[number].name, false) }
      }
    }
    var candidates: [(candidate: Candidate, number: Int)] = []
    for (number, place) in found {
      if let candidate = candidate(patient, number, place.compared, shared[number] ?? []) {
        candidates.append((candidate, number))
      }
    }
    candidates.sort { PairingDoctor.comesFirst($0, $1) }
    return Diagnosis(
      candidates: candidates.prefix(PairingDoctor.shown).map(\.candidate),
      total: candidates.count)
  }

  private func candidate(
    _ patient: Patient, _ number: Int, _ compared: String, _ evidence: [Evidence]
  ) -> Candidate? {
    let entry = names.entries[number]
    let difference = NameDifference(patient.name, compared)
    var certainty = PairingDoctor.certainty(difference, length: compared.unicodeScalars.count)
    if let strongest = evidence.first {
      certainty = max(certainty ?? .possible, strongest.isStrong ? .likely : .possible)
    }
    guard var certainty else { return nil }
    // Not the name itself stands in the way, but what it belongs to: a person has to look.
    if !entry.role.isCustomer { certainty = min(certainty, .likely) }
    if entry.isInactive { certainty = min(certainty, .likely) }
    if compared != entry.name { certainty = min(certainty, .likely) }
    return Candidate(
      entry: entry, compared: compared, difference: difference, evidence: evidence,
      certainty: certainty,
      target: entry.role.isCustomer ? entry.name : freeName(for: patient.name))
  }

  /// How sure it is that two names that differ so are one; nil when nothing says so.
  static func certainty(_ difference: NameDifference, length: Int) -> Certainty? {
    if difference.causes.isEmpty { return .exact }
    if difference.isSurface { return .folded }
    switch difference.causes[0] {
    case .otherName: return nil
    case .extraWords, .digits: return .possible
    case .letters(let count): return count == 1 && length >= 8 ? .likely : .possible
    case .transposition: return length >= 6 ? .likely : .possible
    case .folding: return .likely
    }
  }

  /// More certain first, then more evidence, customers before others, fewer causes, file order.
  private static func comesFirst(
    _ left: (candidate: Candidate, number: Int), _ right: (candidate: Candidate, number: Int)
  ) -> Bool {
    func rank(_ item: (candidate: Candidate, number: Int)) -> [Int] {
      let (candidate, entry) = (item.candidate, item.candidate.entry)
      return [
        entry.role.isCustomer ? 0 : candidate.difference.causes.isEmpty ? 0 : 1,
        -candidate.certainty.rawValue,
        candidate.difference.causes.isEmpty ? 0 : 1,
        -candidate.evidence.count { $0.isStrong }, entry.isInactive ? 1 : 0,
        entry.role.isCustomer ? 0 : 1,
        candidate.difference.causes.reduce(0) { $0 + $1.weight }, -candidate.evidence.count,
        item.number,
      ]
    }
    return rank(left).lexicographicallyPrecedes(rank(right))
  }

  /// A name that nobody has for a customer whose own name is taken: with ` (C)` behind it.
  func freeName(for name: String) -> String {
    for number in 1...99 {
      let mark = number == 1 ? " (C)" : " (C\(number))"
      var base = Array(name.unicodeScalars.prefix(limit - mark.unicodeScalars.count))
      while base.last == " " { base.removeLast() }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: base)
      let free = String(view) + mark
      if names.isFree(free) { return free }
    }
    return name
  }

  // MARK: - Evidence

  private func keys(of patient: Patient) -> [(key: String, evidence: Evidence)] {
    var keys: [(String, Evidence)] = []
    if !patient.id.isEmpty { keys.append(("id " + patient.id, .id(patient.id))) }
    let carrier = PairingDoctor.digits(patient.motorCarrierNumber)
    if carrier.count >= 4 { keys.append(("mc " + carrier, .motorCarrierNumber(carrier))) }
    for email in patient.emails where email.contains("@") {
      keys.append(("@ " + email.lowercased(), .email(email)))
    }
    let phone = PairingDoctor.phone(patient.phone)
    if phone.count >= 7 { keys.append(("phone " + phone, .phone(patient.phone))) }
    let (address, code) = PairingDoctor.place(patient.addressLines)
    if let address { keys.append(("street " + address, .address(address))) }
    if let code { keys.append(("zip " + code, .postalCode(code))) }
    return keys
  }

  private func keys(of entry: QuickBooksNames.Entry) -> [(key: String, evidence: Void)] {
    guard let customer = entry.customer.map({ names.snapshot.customers[$0] }) else { return [] }
    var keys: [String] = []
    if !customer.accountNumber.isEmpty {
      keys.append("id " + customer.accountNumber)
      let digits = PairingDoctor.digits(customer.accountNumber)
      let letters = customer.accountNumber.lowercased().filter(\.isLetter)
      if digits.count >= 4, letters.isEmpty || letters == "mc" { keys.append("mc " + digits) }
    }
    for email in customer.email.split(whereSeparator: { $0 == ";" || $0 == "," || $0 == " " })
    where email.contains("@") {
      keys.append("@ " + email.lowercased())
    }
    let phone = PairingDoctor.phone(customer.phone)
    if phone.count >= 7 { keys.append("phone " + phone) }
    let (address, code) = PairingDoctor.place(customer.addressLines)
    if let address { keys.append("street " + address) }
    if let code { keys.append("zip " + code) }
    return keys.map { ($0, ()) }
  }

  private static func digits(_ text: String) -> String {
    String(text.filter { $0.isASCII && $0.isNumber }.drop { $0 == "0" })
  }

  /// The last ten digits, without an extension.
  private static func phone(_ text: String) -> String {
    let main = text.lowercased().split(separator: "x", maxSplits: 1).first.map(String.init) ?? ""
    return String(digits(main).suffix(10))
  }

  /// Street number with ZIP code, and ZIP code, of an address.
  private static func place(_ lines: [String]) -> (address: String?, code: String?) {
    var code: String?
    for line in lines.reversed() {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "," })
      guard let last = words.last(where: isPostalCode), words.count > 1 else { continue }
      code = String(last.prefix(5))
      break
    }
    guard let code else { return (nil, nil) }
    for line in lines {
      if let word = line.split(separator: " ").first, word.count <= 6,
        word.allSatisfy({ $0.isASCII && $0.isNumber }), line.contains(where: \.isLetter)
      {
        return ("\(word), \(code)", code)
      }
    }
    return (nil, code)
  }

  private static func isPostalCode(_ word: Substring) -> Bool {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    return (parts.count == 1 || (parts.count == 2 && parts[1].count == 4)) && parts[0].count == 5
      && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
  }
}

extension NameDifference.Cause {
  /// How much it weighs against a candidate.
  fileprivate var weight: Int {
    switch self {
    case .folding(let folding):
      NameFolding.spacing.contains(folding) ? 1 : NameFolding.surface.contains(folding) ? 2 : 5
    case .transposition: 7
    case .letters(let count): 6 + 4 * count
    case .digits: 12
    case .extraWords: 14
    case .otherName: 30
    }
  }
}

extension PairingDoctor.Candidate {
  /// What QuickBooks has, and why it is not the same name.
  func words(_ name: String) -> String {
    let place = entry.location.map { " (\($0))" } ?? ""
    var text: String
    if difference.causes.isEmpty, compared == entry.name {
      let state = entry.isInactive ? ", but it is inactive" : ""
      text = "QuickBooks has the same name as \(entry.role.words)\(place)\(state)"
    } else if compared != entry.name {
      text = "QuickBooks has \"\(entry.name)\"\(place), a customer below another one"
      if !difference.causes.isEmpty {
        text += "; its last part is not equal: \(difference.words): "
        text += NameDifference.places(name, compared)
      }
      if entry.isInactive { text += "; it is inactive" }
    } else {
      let kind = entry.role == .customer ? "" : ", \(entry.role.words)"
      text = "QuickBooks has \"\(entry.name)\"\(place)\(kind): \(difference.words)"
      if difference.causes != [.otherName] {
        text += ": " + NameDifference.places(name, entry.name)
      }
      if entry.isInactive { text += "; it is inactive" }
    }
    if !evidence.isEmpty {
      text += "; it has " + evidence.map(\.words).joined(separator: " and ")
    }
    return text
  }
}
