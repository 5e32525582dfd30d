internal import LoadOps
internal import Vocabulary

/// What there is to say about customers' names beside what holds them.
extension Planner {
  /// New customers that are nearly in the books, inactive ones, and names that LoadOps holds twice.
  func nameFindings() -> [Finding] {
    var findings: [Finding] = []
    let customers = assessor.customers
    let places = firstPlaces()
    for (number, entry) in customers.entries.enumerated() where isDelivered(number) {
      if case .inactive = entry.standing, let found = customers.name(entry.standing) {
        findings.append(
          Finding(
            CustomerRules.customerInactive,
            "customer \"\(found.name)\" is inactive in QuickBooks"
              + (found.location.map { " (\($0))" } ?? "") + "; its invoices go there all the same",
            location: location(of: number, places), field: "customer_name", value: entry.name))
      }
      if entry.pairing == .created || isSlip(entry), let finding = resembling(number, places) {
        findings.append(finding)
      }
    }
    return findings + speltTwice(places)
  }

  private func isDelivered(_ number: Int) -> Bool {
    number < totals.deliveredCustomers.count && totals.deliveredCustomers[number] > 0
  }

  /// Whether a line of the mapping file makes a new customer that may be a slip; a line that gives a customer
  /// its own name is meant so.
  private func isSlip(_ entry: CustomerBook.Entry) -> Bool {
    assessor.customers.isMappedAnew(entry)
      && !entry.quickBooksName.utf8.elementsEqual(entry.name.utf8)
  }

  /// A warning about a customer that is created beside one of nearly the same name.
  private func resembling(_ number: Int, _ places: [RecordPlace?]) -> Finding? {
    let customers = assessor.customers
    guard customers.knowsQuickBooks else { return nil }
    let entry = customers.entries[number]
    let diagnosis = customers.diagnosis(number)
    guard let best = diagnosis.candidates.first(where: { $0.entry.role.isCustomer }) else {
      return nil
    }
    let what =
      entry.isExplicit
      ? "\(entry.mappingLine.map { "line \($0) of mapping.csv" } ?? "the export's qb_name") makes customer "
        + "\"\(entry.name)\" a new one, \"\(entry.quickBooksName)\""
      : "customer \"\(entry.name)\" is new"
    return Finding(
      CustomerRules.customerResembles,
      "\(what), although QuickBooks has \"\(best.entry.name)\"",
      remedy: assessor.askWritable(
        entry.name, best.target,
        if: "\(assessor.doubt(diagnosis))if they are one customer, before the import "),
      location: location(of: number, places), field: "customer_name", value: entry.name,
      notes: assessor.notes(entry.isExplicit ? entry.quickBooksName : entry.name, diagnosis))
  }

  /// The first invoice of each customer.
  private func firstPlaces() -> [RecordPlace?] {
    var places = [RecordPlace?](repeating: nil, count: assessor.customers.entries.count)
    for invoice in invoices where places[Int(invoice.customer)] == nil {
      places[Int(invoice.customer)] = invoice.place
    }
    return places
  }

  /// Where a customer stands: in the list of customers, else on its first invoice.
  private func location(of number: Int, _ places: [RecordPlace?]) -> SourceLocation? {
    let place = assessor.customers.entries[number].listed?.place ?? places[number]
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
  private func speltTwice(_ places: [RecordPlace?]) -> [Finding] {
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
        let finding = speltTwice(spellings[other], spellings[index], places)
      else { continue }
      findings.append(finding)
    }
    return findings + slips(spellings, places)
  }

  /// Warnings about customers that are new in QuickBooks and one or two letters from another name of LoadOps.
  private func slips(_ spellings: [Spelling], _ places: [RecordPlace?]) -> [Finding] {
    let entries = assessor.customers.entries
    guard spellings.contains(where: { $0.number.map { !entries[$0].isSettled } ?? false }) else {
      return []
    }
    let index = NameIndex(spellings.lazy.map(\.name))
    var findings: [Finding] = []
    for (number, spelling) in spellings.enumerated() {
      guard let own = spelling.number, !entries[own].isSettled else { continue }
      for hit in index.near(spelling.name) where Int(hit.number) != number && hit.distance ?? 0 > 0
      {
        let other = spellings[Int(hit.number)]
        // Of two that are new the second tells of the first.
        if let rival = other.number, !entries[rival].isSettled, hit.number > number { continue }
        let difference = NameDifference(spelling.name, other.name)
        let length = min(spelling.name.unicodeScalars.count, other.name.unicodeScalars.count)
        guard difference.isSlip(length), let finding = speltTwice(other, spelling, places) else {
          continue
        }
        findings.append(finding)
        break
      }
    }
    return findings
  }

  private func speltTwice(
    _ first: Spelling, _ second: Spelling, _ places: [RecordPlace?]
  ) -> Finding? {
    let customers = assessor.customers
    let entries = [first, second].map { $0.number.map { customers.entries[$0] } }
    // A line for each says that somebody looked at it; a clash is told by its own rule, and so is a
    // name that the customers export does not have.
    let given = [first, second].map { customers.givenName(ofListed: $0.name) }
    let meant = zip(given, [first, second]).map { $0 ?? $1.name }
    let isDecided =
      given.allSatisfy { $0 != nil } || meant[0].utf8.elementsEqual(meant[1].utf8)
    let isTold = entries.contains {
      $0?.holding.contains(.customerNameClash) == true
        || $0?.holding.contains(.customerUnknown) == true
    }
    guard !isDecided, !isTold else { return nil }
    let here = [first, second].map { spelling in
      spelling.place.map { SourceLocation(file: files[Int($0.file)].name, line: Int($0.line)) }
        ?? spelling.number.flatMap { location(of: $0, places) }
    }
    let target = first.number.map(assessor.lineTarget) ?? customers.targetName(ofListed: first.name)
    let own = second.number.flatMap { number in
      customers.entries[number].holding.isEmpty ? nil : assessor.lineTarget(number)
    }
    // Another finding prints the line of a customer that waits; two lines for it would contradict each other.
    let agrees = own.map { $0.utf8.elementsEqual(target.utf8) || $0 == second.name } ?? true
    let other = here[0].map { " (\($0))" } ?? ""
    return Finding(
      CustomerRules.customerSpeltTwice,
      "LoadOps has customer \"\(second.name)\" and customer \"\(first.name)\"\(other)",
      remedy: "if they are one customer, merge them in LoadOps, or "
        + (agrees ? assessor.ask(second.name, target) : "map both of them to one name"),
      location: here[1], field: "customer_name", value: second.name,
      notes: [
        NameDifference(second.name, first.name).words + ": "
          + NameDifference.places(second.name, first.name, owner: "the other")
      ])
  }
}
