internal import Vocabulary

/// Counts every finding and keeps the first ones of each kind.
///
/// What is the matter with a customer, an income category or terms is told once, at the first invoice
/// that waits for it, however many do.
struct FindingTeller {
  /// What a rule is about when it is not the invoice.
  enum Subject { case customer, category, terms }

  /// The kinds that are told once for each of their subjects.
  static let subjects: [String: Subject] = {
    var subjects: [String: Subject] = [:]
    for rule in Rule.allCases { subjects[rule.kind.id] = rule.subject }
    return subjects
  }()

  /// The kinds that are counted by the invoices that a rule was met for.
  private static let ofRules = Set(Rule.allCases.map(\.kind.id))

  /// How many invoices are read in vain for a subject that was not told yet.
  private static let patience = 2000

  private(set) var findings: [Finding] = []
  private var listed = Counts()
  private var counted = Counts()
  /// The rules whose kinds are in ``kinds``.
  private var noted = RuleSet.none
  private var kinds: [(kind: Finding.Kind, severity: Finding.Severity)] = []
  /// The customers that a rule was met for.
  private var customers: [Rule: Set<Int32>] = [:]
  /// The messages about subjects that were told.
  private var told: [String: Set<String>] = [:]
  private var readInVain: [Rule: Int] = [:]
  private let limit: Int

  /// Counts by the ids of kinds: those of rules, which every invoice may have, at their own places.
  private struct Counts {
    private static let places: [String: Int] = {
      var places: [String: Int] = [:]
      for rule in Rule.allCases where places[rule.kind.id] == nil {
        places[rule.kind.id] = Int(rule.rawValue)
      }
      return places
    }()
    /// The place of each rule, which is that of the first rule of its kind.
    private static let ofRule: [Int] = Rule.allCases.map { places[$0.kind.id] ?? Int($0.rawValue) }

    private var ofRules = Array(repeating: 0, count: Rule.allCases.count)
    private var others: [String: Int] = [:]

    subscript(rule: Rule) -> Int {
      get { ofRules[Counts.ofRule[Int(rule.rawValue)]] }
      set { ofRules[Counts.ofRule[Int(rule.rawValue)]] = newValue }
    }

    subscript(id: String) -> Int {
      get { Counts.places[id].map { ofRules[$0] } ?? others[id, default: 0] }
      set {
        if let place = Counts.places[id] {
          ofRules[place] = newValue
        } else {
          others[id] = newValue
        }
      }
    }
  }

  init(limit: Int) {
    self.limit = limit
  }

  /// Counts an invoice for each of its rules, or the subject of the rule.
  mutating func count(_ planned: PlannedInvoice, _ assessor: InvoiceAssessor) {
    for rule in planned.rules.rules {
      if !noted.contains(rule) {
        noted.insert(rule)
        note(rule.kind, assessor.severity(of: rule))
      }
      switch rule.subject {
      case nil: counted[rule] += 1
      case .customer:
        customers[rule, default: []].insert(planned.customer)
        counted[rule] = customers[rule]?.count ?? 0
      case .category, .terms: break
      }
    }
  }

  /// Whether an invoice may still have something to tell.
  mutating func wants(_ planned: PlannedInvoice) -> Bool {
    var wants = false
    for rule in planned.rules.rules where listed[rule] < limit {
      switch rule.subject {
      case nil: wants = true
      case .customer:
        if customers[rule, default: []].count > told[rule.kind.id, default: []].count {
          wants = true
        }
      case .category, .terms:
        readInVain[rule, default: 0] += 1
        if readInVain[rule, default: 0] <= FindingTeller.patience { wants = true }
      }
    }
    return wants
  }

  /// Keeps a finding unless there are enough of its kind, or its subject was told.
  mutating func add(_ finding: Finding) {
    note(finding.kind, finding.severity)
    let id = finding.kind.id
    if let subject = FindingTeller.subjects[id] {
      guard told[id, default: []].insert(finding.message).inserted else { return }
      if subject != .customer {
        counted[id] += 1
        for rule in Rule.allCases where rule.kind.id == id { readInVain[rule] = 0 }
      }
    }
    // What no invoice has been counted for is counted here, one by one, whether or not it is kept.
    if !FindingTeller.ofRules.contains(id) { counted[id] += 1 }
    guard listed[id] < limit else {
      counted[id] = max(counted[id], limit + 1)
      return
    }
    listed[id] += 1
    findings.append(finding)
  }

  /// The counts, worst first.
  func counts() -> [SyncReport.FindingCount] {
    let order = Finding.Severity.allCases
    return kinds.map { kind, severity in
      let shown = listed[kind.id]
      return SyncReport.FindingCount(
        kind: kind, severity: severity, count: max(counted[kind.id], shown),
        listed: shown)
    }.sorted {
      ((order.firstIndex(of: $0.severity) ?? 0), $0.kind.id)
        < ((order.firstIndex(of: $1.severity) ?? 0), $1.kind.id)
    }
  }

  private mutating func note(_ kind: Finding.Kind, _ severity: Finding.Severity) {
    if !kinds.contains(where: { $0.kind.id == kind.id }) { kinds.append((kind, severity)) }
  }
}

extension Rule {
  /// What the rule is about when it is not the single invoice.
  var subject: FindingTeller.Subject? {
    switch self {
    case .customerUnknown, .customerNotPaired, .customerNameIllegal, .customerNameTooLong,
      .customerNameClash, .customerListedTwice, .customerNameTaken:
      .customer
    case .categoryUnmapped, .itemUnfit, .itemNotInBooks: .category
    case .termsUnknown, .termsUnfit: .terms
    default: nil
    }
  }
}
