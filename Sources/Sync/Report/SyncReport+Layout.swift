internal import QuickBooks
internal import Vocabulary

// What the renderings for people have in common: the same grouping, the same words.

extension SyncReport {
  /// Findings of one kind and severity.
  struct FindingGroup {
    var kind: Finding.Kind
    var severity: Finding.Severity
    /// All occurrences, listed or not.
    var count: Int
    var findings: [Finding]
  }

  /// A customer that the output declares for the first time.
  struct NewCustomer {
    var customer: Customer
    var loadOpsName: String
  }

  /// Whether this is a dry run: nothing has been written or sent.
  var isPlan: Bool { run.command == "plan" }

  /// Findings by kind: errors first, then warnings, then notices, each in order of first mention.
  var findingGroups: [FindingGroup] {
    var groups: [FindingGroup] = []
    var places: [String: Int] = [:]
    func place(_ kind: Finding.Kind, _ severity: Finding.Severity) -> Int {
      let key = "\(severity.rawValue) \(kind.id)"
      if let place = places[key] { return place }
      places[key] = groups.count
      groups.append(FindingGroup(kind: kind, severity: severity, count: 0, findings: []))
      return groups.count - 1
    }
    for count in findingCounts { groups[place(count.kind, count.severity)].count += count.count }
    for finding in findings {
      groups[place(finding.kind, finding.severity)].findings.append(finding)
    }
    for index in groups.indices {
      groups[index].count = max(groups[index].count, groups[index].findings.count)
    }
    return Finding.Severity.allCases.flatMap { severity in
      groups.filter { $0.severity == severity && $0.count > 0 }
    }
  }

  /// The customers that are new in QuickBooks, with their names in LoadOps.
  ///
  /// A customer that is only mentioned by name was declared by an earlier run.
  var newCustomers: [NewCustomer] {
    created.customers.enumerated().compactMap { index, customer in
      guard customer.declaration == .full, !created.existing.customers.contains(customer.name)
      else { return nil }
      let hasSource = index < createdCustomerSources.count
      return NewCustomer(
        customer: customer,
        loadOpsName: hasSource ? createdCustomerSources[index] : customer.name)
    }
  }

  /// What the output declares: what the documents name without what the books have.
  var newLists: CompanyLists { created.declared }

  /// The control equation in words and figures, on one line.
  var equation: String {
    var text =
      "read \(totals.read.invoices.grouped) \(totals.read.invoices == 1 ? "invoice" : "invoices"), "
    text += totals.read.amount.grouped + " = "
    text += Outcome.allCases.map { outcome in
      "\(outcome.title) \(totals[outcome].invoices.grouped), \(totals[outcome].amount.grouped)"
    }.joined(separator: " + ")
    return text + (totals.isBalanced ? "  (balanced)" : "  (NOT BALANCED)")
  }

  /// What was read less what became of it; zero throughout when the totals tie.
  var imbalance: Tally {
    let parts = totals.delivered + totals.alreadySynced + totals.suppressed + totals.held
    return Tally(
      invoices: totals.read.invoices - parts.invoices, lines: totals.read.lines - parts.lines,
      amount: totals.read.amount - parts.amount)
  }

  /// What to do next, in plain sentences; the order of import is that of ``outputs``.
  var nextSteps: [String] {
    guard totals.isBalanced else {
      return [
        "Do not import or send anything from this run: the totals do not tie, which is a mistake of"
          + " LoadBooks, not yours. Please report it together with sync-report.json."
      ]
    }
    var steps: [String] = []
    if isPlan {
      steps.append("This is a plan: nothing has been written, and QuickBooks has not been touched.")
      if totals.delivered.invoices > 0 {
        let verb = run.target == "online" ? "push" : "convert"
        steps.append(
          "When the figures are right, run \"loadbooks \(verb)\" with the same files to deliver"
            + " \(Self.counted(totals.delivered.invoices, "invoice")).")
      }
    } else if totals.delivered.invoices == 0 {
      steps.append(
        "Nothing to \(run.target == "online" ? "send" : "import"): no invoice of this run goes to QuickBooks."
      )
    } else {
      steps.append(contentsOf: importSteps)
    }
    steps += openMatters
    if totals.held.invoices > 0 || customers.held > 0 {
      let place = isPlan ? "" : " The held records are in held.csv, ready to fix and drop again."
      let held = totals.held.invoices
      let subject =
        held == 0
        ? "Some records wait" : "\(Self.counted(held, "invoice")) \(held == 1 ? "waits" : "wait")"
      steps.append("\(subject) for somebody: see the findings.\(place)")
    }
    return steps
  }

  private var importSteps: [String] {
    switch run.target {
    case "iif":
      return [
        "Back up the QuickBooks company file. Then choose File > Utilities > Import > IIF Files in"
          + " QuickBooks Desktop (single-user mode) and import \(importOrder).",
        "Do not import twice: QuickBooks does not notice and books every invoice a second time."
          + backupHint,
      ]
    case "qbxml":
      return [
        "Back up the QuickBooks company file. Then send \(importOrder) through QuickBooks' request"
          + " processor, one file at a time, and save each answer (see the README: Sending qbXML).",
        "Give the answers to LoadBooks: \"loadbooks accept ANSWER.xml\". It says what QuickBooks has"
          + " taken, what must be mended, and what to send again.",
      ]
    case "online":
      return [
        "What QuickBooks answers stands in push.txt. If the sending is cut off, run \"loadbooks push\""
          + " again: it goes on where it stopped, and nothing is sent twice."
      ]
    default:
      return [
        "Back up the QuickBooks company file, then import \(importOrder).",
        "Do not import twice." + backupHint,
      ]
    }
  }

  private var importOrder: String {
    switch outputs.count {
    case 0: "what this run wrote"
    case 1: FindingText.visible(outputs[0].name)
    case 2...4:
      "in this order: " + outputs.map { FindingText.visible($0.name) }.joined(separator: ", ")
    default: "the \(outputs.count) files in the order in which they are listed above"
    }
  }

  private var backupHint: String {
    " If an import failed, restore the backup, then import the same files again."
  }

  /// `1 invoice`, `2 invoices`, `1,234 invoices`.
  public static func counted(_ count: Int, _ noun: String) -> String {
    "\(count.grouped) \(noun)\(count == 1 ? "" : "s")"
  }
}

extension Int {
  /// The number as people read it, with thousands separators.
  var grouped: String {
    let digits = String(magnitude)
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
