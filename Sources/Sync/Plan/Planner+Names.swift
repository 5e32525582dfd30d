internal import LoadOps
internal import Vocabulary

/// What there is to say about customers' names beside what holds them.
extension Planner {
  /// New customers that are nearly in the books, inactive ones, and names that LoadOps holds twice.
  func nameFindings() -> [Finding] {
    var findings: [Finding] = []
    let customers = assessor.customers
    for (number, entry) in customers.entries.enumerated() where isDelivered(number) {
      if case .inactive = entry.standing, let found = customers.name(entry.standing) {
        findings.append(
          Finding(
            CustomerRules.customerInactive,
            "customer \"\(found.name)\" is inactive in QuickBooks"
              + (found.location.map { " (\($0))" } ?? "") + "; its invoices go there all the same",
            location: location(of: number), field: "customer_name", value: entry.name))
      }
      if entry.pairing == .created, let finding = resembling(number) { findings.append(finding) }
    }
    return findings + speltTwice()
  }

  private func isDelivered(_ number: Int) -> Bool {
    number < totals.deliveredCustomers.count && totals.deliveredCustomers[number] > 0
  }

  /// A warning about a customer that is created beside one of nearly the same name.
  private func resembling(_ number: Int) -> Finding? {
    let customers = assessor.customers
    guard customers.knowsQuickBooks else { return nil }
    let entry = customers.entries[number]
    let near = customers.diagnosis(number).candidates.filter { $0.certainty >= .likely }
    guard let best = near.first else { return nil }
    return Finding(
      CustomerRules.customerResembles,
      "customer \"\(entry.name)\" is new, although QuickBooks has \"\(best.entry.name)\"",
      remedy: "if they are one customer, add to mapping.csv before the import: "
        + assessor.mappingLine(.customer, entry.name, best.target),
      location: location(of: number), field: "customer_name", value: entry.name,
      notes: near.map { $0.words(entry.name) })
  }

  /// Where a customer stands: in the list of customers, else on its first invoice.
  private func location(of number: Int) -> SourceLocation? {
    let place =
      assessor.customers.entries[number].listed?.place
      ?? invoices.first { Int($0.customer) == number }?.place
    return place.map {
      SourceLocation(file: files[Int($0.file)].name, line: Int($0.line))
    }
  }

  /// A name that LoadOps has, listed or only used.
  private struct Spelling {
    var name: String
    /// Its number among the customers of invoices.
    var number: Int?
    var place: RecordPlace?
  }

  /// Warnings about names of LoadOps that differ in what a person would overlook, or in a legal suffix.
  private func speltTwice() -> [Finding] {
    var spellings: [Spelling] = []
    var numbers: [String: Int] = [:]
    for (number, entry) in assessor.customers.entries.enumerated() where !entry.name.isEmpty {
      numbers[entry.name] = number
      if entry.listed == nil { spellings.append(Spelling(name: entry.name, number: number)) }
    }
    for customer in assessor.master.customers {
      spellings.append(
        Spelling(name: customer.name, number: numbers[customer.name], place: customer.place))
    }
    guard spellings.count > 1 else { return [] }
    var blocks = Blocks()
    let letters = spellings.map { NameIndex.Key($0.name).letters }
    let keys = letters.map { text in ByteHash.of(text.span) }
    for index in letters.indices where !letters[index].isEmpty {
      blocks.add(keys[index], Int32(index))
    }
    blocks.seal()
    var findings: [Finding] = []
    for index in spellings.indices where !letters[index].isEmpty {
      let block = blocks[keys[index]]
      guard block.count > 1, let other = block.first.map(Int.init), other != index,
        letters[other] == letters[index],
        let finding = speltTwice(spellings[other], spellings[index])
      else { continue }
      findings.append(finding)
    }
    return findings
  }

  private func speltTwice(_ first: Spelling, _ second: Spelling) -> Finding? {
    let customers = assessor.customers
    let entries = [first, second].map { $0.number.map { customers.entries[$0] } }
    // A line for each says that somebody looked at it; a clash is told by its own rule, and so is a
    // name that the customers export does not have.
    let isDecided = [first, second].allSatisfy {
      context.mapping.customer(for: $0.name) != nil
        || assessor.master.customer(named: $0.name)?.quickBooksName.isEmpty == false
    }
    let isTold = entries.contains {
      $0?.holding.contains(.customerNameClash) == true
        || $0?.holding.contains(.customerUnknown) == true
    }
    guard !isDecided, !isTold else { return nil }
    let here = [first, second].map { spelling in
      spelling.place.map { SourceLocation(file: files[Int($0.file)].name, line: Int($0.line)) }
        ?? spelling.number.flatMap(location)
    }
    let target = customers.targetName(ofListed: first.name)
    let other = here[0].map { " (\($0))" } ?? ""
    return Finding(
      CustomerRules.customerSpeltTwice,
      "LoadOps has customer \"\(second.name)\" and customer \"\(first.name)\"\(other)",
      remedy: "if they are one customer, merge them in LoadOps, or add to mapping.csv: "
        + assessor.mappingLine(.customer, second.name, target) + " and "
        + assessor.mappingLine(.customer, first.name, target),
      location: here[1], field: "customer_name", value: second.name,
      notes: [
        NameDifference(second.name, first.name).words + ": "
          + NameDifference.places(second.name, first.name, owner: "the other")
      ])
  }
}
