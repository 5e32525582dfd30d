internal import LoadOps
internal import Vocabulary

/// The running totals of a plan: overall, by customer, by income category, by what the lists need.
struct PlanTotals {
  /// What the reader counted, row by row.
  var read = Tally.zero
  /// What was left out because it was a repetition.
  var repeated = Tally.zero
  /// What the filters left out.
  var notSelected = Tally.zero
  private(set) var decided = ControlTotals()
  private(set) var customers: [ControlTotals] = []
  private(set) var categories: [ControlTotals] = []
  /// What there is, by terminal.
  private(set) var terminals: [Tally] = []
  /// What waits, by terms.
  private(set) var heldTerms: [Tally] = []
  /// How many delivered invoices use each of these.
  private(set) var deliveredTerms: [Int] = []
  private(set) var deliveredClasses: [Int] = []
  private(set) var deliveredItems: [Int] = []
  private(set) var deliveredCustomers: [Int] = []
  /// Whether lines are counted by their income categories, and items by their use.
  var countsCategories = true
  private var stamps: [Int] = []
  private var stamp = 0

  /// Takes a decision into account; a `sign` of -1 takes it back.
  mutating func account(
    _ assessment: InvoiceAssessor.Assessment, _ record: Record, _ invoice: Invoice,
    _ items: inout ItemBook, sign: Int
  ) {
    let tally = Tally(
      invoices: sign, lines: sign * assessment.lines,
      amount: Money(cents: Int64(sign) * assessment.amount.cents))
    guard assessment.isSelected else {
      notSelected += tally
      return
    }
    let outcome = assessment.outcome
    decided[outcome] += tally
    PlanTotals.grow(&customers, assessment.customer, ControlTotals())
    customers[assessment.customer][outcome] += tally
    if countsCategories { account(sign, outcome, record, invoice, &items) }
    if let terminal = assessment.terminal {
      PlanTotals.grow(&terminals, terminal, .zero)
      terminals[terminal] += tally
    }
    if outcome == .held, let terms = assessment.terms {
      PlanTotals.grow(&heldTerms, terms, .zero)
      heldTerms[terms] += tally
    }
    guard outcome == .delivered else { return }
    PlanTotals.grow(&deliveredCustomers, assessment.customer, 0)
    deliveredCustomers[assessment.customer] += sign
    if let terms = assessment.terms {
      PlanTotals.grow(&deliveredTerms, terms, 0)
      deliveredTerms[terms] += sign
    }
    if let terminal = assessment.terminal {
      PlanTotals.grow(&deliveredClasses, terminal, 0)
      deliveredClasses[terminal] += sign
    }
  }

  /// Takes the lines of an invoice into account, by their categories.
  private mutating func account(
    _ sign: Int, _ outcome: Outcome, _ record: Record, _ invoice: Invoice, _ items: inout ItemBook
  ) {
    stamp += 1
    for line in invoice.lines {
      let category = items.number(of: record.text.span.extracting(line.category.value.range))
      PlanTotals.grow(&categories, category, ControlTotals())
      PlanTotals.grow(&stamps, category, 0)
      PlanTotals.grow(&deliveredItems, category, 0)
      let isFirst = stamps[category] != stamp
      stamps[category] = stamp
      categories[category][outcome] += Tally(
        invoices: isFirst ? sign : 0, lines: sign,
        amount: Money(cents: Int64(sign) * (line.amount?.cents ?? 0)))
      if outcome == .delivered { deliveredItems[category] += sign }
    }
  }

  private static func grow<Element>(_ array: inout [Element], _ index: Int, _ value: Element) {
    while array.count <= index { array.append(value) }
  }
}
