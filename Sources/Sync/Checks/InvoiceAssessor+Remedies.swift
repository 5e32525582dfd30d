internal import LoadOps
internal import QuickBooks
internal import Sheets
internal import Vocabulary

/// The lines of the mapping file that end a matter, and the words that ask for them.
///
/// A line always stands last, so that what is copied from it to the end of the remedy is the line. All lines
/// that a run prints agree with each other: pasted together they leave nothing to be contradicted.
extension InvoiceAssessor {
  /// A line for the mapping file that is in use, in its own columns.
  func mappingLine(
    _ kind: MappingFile.Kind, _ name: String, _ target: String, account: String? = nil
  ) -> String {
    context.mapping.line(kind: kind, loadops: name, quickbooks: target, account: account)
      ?? MappingFile.line(kind: kind, loadops: name, quickbooks: target, account: account)
  }

  /// The words that ask for a customer's line, or for a change of the one that it has.
  func ask(_ name: String, _ target: String) -> String {
    let line = mappingLine(.customer, name, target)
    return context.mapping.customer(for: name).map {
      "change line \($0.line) of mapping.csv to: \(line)"
    }
      ?? "add to mapping.csv: \(line)"
  }

  /// What to do so that the files name a customer as QuickBooks has it, and then its line; `condition` says what
  /// must be so for the line to be right, with a comma and a blank behind it.
  func askWritable(_ name: String, _ target: String, if condition: String = "") -> String {
    let written = names.path(target)
    guard written != target else { return condition + ask(name, target) }
    let needsLine = !name.utf8.elementsEqual(target.utf8)
    if context.settings.target == .iif {
      if DesktopNames(.iifWindows1252).path(target) == target {
        let setting =
          "set formats.iif.encoding to windows1252, which has all letters of \"\(target)\""
        return needsLine ? "\(condition)\(setting), and \(ask(name, target))" : setting
      }
      if DesktopNames(.qbxml).path(target) == target {
        let setting = "set target to qbxml, which can hold \"\(target)\""
        return needsLine ? "\(condition)\(setting), and \(ask(name, target))" : setting
      }
    }
    let rename = "rename that customer in QuickBooks to \"\(written)\", which the file can hold"
    return name.utf8.elementsEqual(written.utf8)
      ? condition + rename : "\(condition)\(rename), and \(ask(name, written))"
  }

  /// The name in QuickBooks that a line for a customer would give, as all findings about it agree.
  func lineTarget(_ number: Int) -> String {
    let entry = customers.entries[number]
    guard !entry.isExplicit else { return entry.quickBooksName }
    if entry.holding.contains(.customerNameTaken) { return takenTarget(number) }
    if entry.holding.contains(.customerNotPaired), !entry.isWrittenOtherwise {
      return diagnosis(number).candidates.first?.target ?? entry.name
    }
    for rule in [Rule.customerNameIllegal, .customerNameTooLong] where entry.holding.contains(rule)
    {
      return fittingName(rule, customer: number) ?? entry.name
    }
    return entry.name
  }

  /// The name for a customer whose own somebody else has in QuickBooks.
  func takenTarget(_ number: Int) -> String {
    let candidates = diagnosis(number).candidates
    return candidates.first { $0.entry.role.isCustomer }?.target
      ?? customers.freeName(for: customers.entries[number].name)
  }

  /// What is known of the names near a customer's.
  func diagnosis(_ number: Int) -> PairingDoctor.Diagnosis {
    customers.knowsQuickBooks
      ? customers.diagnosis(number) : PairingDoctor.Diagnosis(candidates: [], total: 0)
  }

  /// A name that QuickBooks can keep, for a customer whose own it cannot; nil when nobody can tell one.
  ///
  /// That is one that QuickBooks has, if it is surely meant.
  func fittingName(_ rule: Rule, customer number: Int) -> String? {
    let entry = customers.entries[number]
    if !entry.isExplicit, let near = surelyMeant(number) { return near.target }
    let text = entry.quickBooksName.isEmpty ? entry.name : entry.quickBooksName
    switch rule {
    case .customerNameTooLong, .customerNameIllegal:
      let plain = text.split(separator: ":").map { OuterBlanks.trimmed(String($0)) }.joined(
        separator: " - ")
      guard names.problems(customer: plain).allSatisfy(\.isLength) else { return nil }
      return customers.shortName(number, for: plain)
    default: return nil
    }
  }

  /// The customer of QuickBooks that a name it cannot keep stands for, beyond doubt.
  func surelyMeant(_ number: Int) -> PairingDoctor.Candidate? {
    diagnosis(number).candidates.first { $0.entry.role.isCustomer && $0.certainty >= .folded }
  }

  // MARK: - Candidates

  /// The candidates, each but the first with its line, and how many there are beside them.
  func notes(
    _ name: String, _ diagnosis: PairingDoctor.Diagnosis
  ) -> [String] {
    var notes = notes(name, diagnosis.candidates[...])
    if diagnosis.total > diagnosis.candidates.count {
      let more = diagnosis.total - diagnosis.candidates.count
      notes.append("\(SyncReport.counted(more, "more name")) \(more == 1 ? "is" : "are") near it")
    }
    return notes
  }

  /// The candidates, each but the first with its line.
  func notes(
    _ name: String, _ candidates: ArraySlice<PairingDoctor.Candidate>
  ) -> [String] {
    candidates.enumerated().map { number, candidate in
      let line =
        number == 0
        ? "" : "; its line would be: " + mappingLine(.customer, name, candidate.target)
      return candidate.words(name) + line
    }
  }

  /// Says that the first candidate is no better than others, when that is so.
  func doubt(_ diagnosis: PairingDoctor.Diagnosis) -> String {
    let candidates = diagnosis.candidates
    guard let best = candidates.first else { return "" }
    let equal = candidates.count { $0.certainty == best.certainty }
    guard equal > 1 else { return "" }
    let isMore = equal == candidates.count && diagnosis.total > equal
    return "\(isMore ? "\(diagnosis.total)" : "\(equal)") names are as near: look which is meant; "
  }
}

extension DesktopNames.Problem {
  /// Whether the name is merely too long.
  var isLength: Bool {
    switch self {
    case .tooLong, .pathTooLong: true
    default: false
    }
  }
}
