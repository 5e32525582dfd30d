internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// What no invoice has claimed by its number: documents that somebody renumbered, that are there twice, or
/// that LoadOps does not know.
extension Reconciler {
  /// Finds the class of every document that is left, and takes back what was called missing where the books
  /// have it under another number.
  mutating func settleLeftovers() {
    let table = result.books
    var left: [Int] = []
    for document in 0..<table.count where !claimed[document] && !table.isToldBefore(document) {
      left.append(document)
    }
    guard !left.isEmpty else { return }
    var lost = result.findings.indices.filter { isLookedFor(result.findings[$0]) }
    if !lost.isEmpty {
      left = left.filter { !isDouble($0) } + left.filter(isDouble)
      pairExactly(&lost, &left)
      pairByNumber(&lost, &left)
    }
    left.sort()
    let unsent = unsentKeys()
    let numbers = numbersOfInvoices(left)
    for document in left { settle(document, unsent, numbers) }
  }

  /// The hashes of those numbers of documents that an invoice has, too.
  private func numbersOfInvoices(_ documents: [Int]) -> Set<UInt64> {
    let wanted = Set(documents.lazy.map { result.books.numberHash($0) })
    guard !wanted.isEmpty else { return [] }
    let invoices = result.plan.invoices
    var numbers: Set<UInt64> = []
    for position in invoices.indices {
      let hash = invoices.numberHash(position)
      if wanted.contains(hash) { numbers.insert(hash) }
    }
    return numbers
  }

  /// What is known of the invoices that are suppressed or held, but for their numbers.
  private func unsentKeys() -> Set<Key> {
    var keys: Set<Key> = []
    for finding in result.findings where finding.outcome == .suppressed || finding.outcome == .held
    {
      guard let total = finding.total, finding.date != nil else { continue }
      let names = names(of: Int(finding.customer))
      for name in [names.0, names.1] where name >= 0 {
        keys.insert(Key(customer: name, total: total, date: finding.date))
      }
    }
    return keys
  }

  /// Whether an invoice may be in the books under another number.
  private func isLookedFor(_ finding: Reconciliation.Finding) -> Bool {
    guard finding.document < 0, finding.total != nil, !finding.number.isEmpty else { return false }
    switch finding.outcome {
    case .missing, .suppressed, .held: return true
    case .uncertain: return finding.reason == .mayBePaid
    case .same, .differs, .onlyThere, .doubled: return false
    }
  }

  /// Whether a document has the number of one that an invoice has claimed.
  private func isDouble(_ document: Int) -> Bool { twin(document) >= 0 }

  /// Whether the document that it doubles was asked for.
  private func isTwinCompared(_ document: Int) -> Bool {
    let twin = twin(document)
    return scope(document) != .other && twin >= 0 && (isAskedFor(twin) || result.agreeing[twin])
  }

  /// The claimed document of the same number and form, with the same customer or the same total; -1 for none.
  private func twin(_ document: Int) -> Int {
    let table = result.books
    guard table.hasNumber(document) else { return -1 }
    var candidate = index.first(table.numberHash(document), in: table)
    while candidate >= 0 {
      if candidate != document, claimed[candidate], table.haveSameNumber(candidate, document),
        table.kind(candidate) == table.kind(document),
        table.customer(candidate) == table.customer(document)
          || table.total(candidate) == table.total(document)
      {
        return candidate
      }
      candidate = index.next(candidate)
    }
    return -1
  }

  // MARK: - Other numbers

  /// What an invoice and its document have in common when only the number is another.
  private struct Key: Hashable {
    var customer: Int32
    var total: Money
    var date: CalendarDate?
    /// What their numbers have in common; empty where they need not resemble each other.
    var number: [UInt8] = []
  }

  /// Pairs by customer, total and date, where these belong to one invoice and one document only.
  private mutating func pairExactly(_ lost: inout [Int], _ left: inout [Int]) {
    pair(&lost, &left, byDate: true)
  }

  /// Pairs by customer and total, where the numbers resemble each other.
  private mutating func pairByNumber(_ lost: inout [Int], _ left: inout [Int]) {
    pair(&lost, &left, byDate: false)
  }

  private mutating func pair(_ lost: inout [Int], _ left: inout [Int], byDate: Bool) {
    let table = result.books
    typealias One = (index: Int, number: NumberLikeness, isUnsent: Bool)
    var documents: [Key: [One]] = [:]
    var documentCounts: [Key: Int] = [:]
    for document in left {
      guard let total = table.total(document) ?? table.balance(document),
        !isDouble(document), !byDate || table.date(document) != nil
      else { continue }
      var key = Key(
        customer: Int32(table.customer(document)), total: total,
        date: byDate ? table.date(document) : nil)
      documentCounts[key, default: 0] += 1
      let number = NumberLikeness(table.number(document))
      if !byDate {
        guard !number.core.isEmpty else { continue }
        key.number = number.core
      }
      documents[key, default: []].append((document, number, false))
    }
    var wanted: [Key: [One]] = [:]
    var invoiceCounts: [Key: Int] = [:]
    // The order of their first invoices, so that the same files always give the same pairs.
    var keys: [Key] = []
    for index in lost {
      let finding = result.findings[index]
      guard let total = finding.total, !byDate || finding.date != nil else { continue }
      let number = NumberLikeness(finding.number)
      let names = names(of: Int(finding.customer))
      for name in names.0 == names.1 ? [names.0] : [names.0, names.1] where name >= 0 {
        var key = Key(customer: name, total: total, date: byDate ? finding.date : nil)
        invoiceCounts[key, default: 0] += 1
        if !byDate { key.number = number.core }
        guard documents[key] != nil else { continue }
        if wanted[key] == nil { keys.append(key) }
        let isUnsent = finding.outcome == .suppressed || finding.outcome == .held
        wanted[key, default: []].append((index, number, isUnsent))
      }
    }
    var taken: Set<Int> = []
    var found: Set<Int> = []
    for key in keys {
      guard let candidates = documents[key], let invoices = wanted[key] else { continue }
      let whole = Key(customer: key.customer, total: key.total, date: key.date)
      // Where several fit, only a number that resembles the invoice's may decide.
      let isSure = invoiceCounts[whole] == 1 && documentCounts[whole] == 1
      for invoice in invoices where !found.contains(invoice.index) {
        let choice = candidates.filter {
          !taken.contains($0.index)
            // What was never sent has no document that somebody could have renumbered.
            && (invoice.isUnsent
              ? invoice.number.isSame($0.number) : isSure || invoice.number.isLike($0.number))
        }
        guard choice.count == 1 else { continue }
        taken.insert(choice[0].index)
        found.insert(invoice.index)
        join(invoice.index, choice[0].index)
      }
    }
    lost.removeAll(where: found.contains)
    left.removeAll(where: taken.contains)
  }

  /// Makes an invoice that seemed missing and a document that seemed unknown one pair.
  private mutating func join(_ index: Int, _ document: Int) {
    claimed[document] = true
    var finding = result.findings[index]
    let ours = Ours(finding)
    var judgement = judge(document, ours, besides: .number)
    if finding.outcome == .suppressed { judgement.suppress() }
    if finding.outcome == .held, judgement.outcome == .same { result.heldThere.add(ours.amount) }
    // Who was found by other things than its number comes behind all others.
    count(document, ours, judgement, at: Int.max)
    finding.document = Int32(document)
    (finding.outcome, finding.fields) = (judgement.outcome, judgement.fields)
    finding.reason = judgement.reason == .none ? .renumbered : judgement.reason
    if judgement.outcome == .same { result.otherNumbers[document] = finding.number }
    result.findings[index] = finding
  }

  // MARK: - What only the books have

  private mutating func settle(_ document: Int, _ unsent: Set<Key>, _ numbers: Set<UInt64>) {
    let table = result.books
    let amount = table.total(document) ?? table.balance(document) ?? .zero
    let isVoid = table.isVoid(document) && amount == .zero
    let isDouble = !isVoid && self.isDouble(document)
    // A double is one on whatever day.
    guard isAskedFor(document) || isDouble && isTwinCompared(document) else {
      return leaveOut(document)
    }
    // A voided document stands for nothing.
    if isVoid { return result.voided.add(amount) }
    var finding = Reconciliation.Finding(outcome: .onlyThere)
    finding.document = Int32(document)
    let number = Array(table.number(document).utf8)
    let key = Key(
      customer: Int32(table.customer(document)), total: amount, date: table.date(document))
    if isDouble {
      (finding.outcome, finding.reason) = (.doubled, .numberTwice)
    } else if !number.isEmpty, numbers.contains(table.numberHash(document)) {
      finding.reason = .numberOfAnother
    } else if unsent.contains(key) {
      finding.reason = .likeUnsent
    } else if !number.isEmpty, let known = result.plan.context.ledger.lookup(number.span) {
      finding.reason = known.evidence == .adopted ? .takenIn : .goneFromExport
    }
    result.findings.append(finding)
    result.listed.add(amount)
    result[finding.outcome].books.add(amount)
    result.wrongAmount += Money(cents: abs(amount.cents))
    shares.addBooks(table, document, amount)
    shares.noteDifference(table, document)
  }
}

/// Whether one invoice number may have been made of another by hand.
struct NumberLikeness {
  /// Letters and digits, without leading zeros.
  private let bare: [UInt8]
  /// What numbers have in common that differ by leading zeros, marks, case or letters only; empty when
  /// there is nothing that they could have in common.
  let core: [UInt8]
  private let isEmpty: Bool

  /// What there is to compare of a number.
  init(_ number: String) {
    let kept = number.uppercased().utf8.filter {
      $0 >= 0x80 || $0 &- 0x30 < 10 || $0 &- 0x41 < 26
    }
    bare = Array(kept.drop { $0 == UInt8(ascii: "0") })
    let digits = Array(bare.filter { $0 &- 0x30 < 10 }.drop { $0 == UInt8(ascii: "0") })
    core = digits.count >= 3 ? digits : bare
    isEmpty = number.isEmpty
  }

  /// Whether they differ by leading zeros, marks, case or letters only.
  func isSame(_ other: NumberLikeness) -> Bool { !core.isEmpty && core == other.core }

  /// Whether they differ by leading zeros, marks, case or a prefix, or by a slip of one or two characters.
  func isLike(_ other: NumberLikeness) -> Bool {
    guard !bare.isEmpty, !other.bare.isEmpty else { return isEmpty || other.isEmpty }
    if bare == other.bare { return true }
    let (short, long) = bare.count < other.bare.count ? (bare, other.bare) : (other.bare, bare)
    if short.count >= 3, long.starts(with: short) || long.reversed().starts(with: short.reversed())
    {
      return true
    }
    let slips = short.count >= 6 ? 2 : 1
    return long.count - short.count <= slips
      && Spelling.distance(bare, other.bare, limit: slips + 1) <= slips
  }
}

extension Reconciliation {
  /// Differences first, then what cannot be compared, each in the order of the files.
  mutating func sortFindings() {
    let order: [Outcome: Int] = [
      .differs: 0, .missing: 1, .doubled: 2, .onlyThere: 3, .uncertain: 4, .held: 5,
      .suppressed: 6, .same: 7,
    ]
    findings.sort { left, right in
      let (first, second) = (order[left.outcome] ?? 9, order[right.outcome] ?? 9)
      if first != second { return first < second }
      if left.file != right.file { return left.file < right.file }
      if left.line != right.line { return left.line < right.line }
      return left.document < right.document
    }
  }
}
