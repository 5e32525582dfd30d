internal import LoadOps
internal import Vocabulary

/// Settles what the rows that stand in several places, or the copies of an invoice, come to.
extension Planner {
  mutating func resolveScattered() throws(Failure) {
    scattered.seal()
    var met = ScatteredPlaces()
    swap(&met, &scattered)
    for position in scatteredPositions.sorted().map({ Int($0) }) {
      let planned = invoices[position]
      guard let places = met[planned.place] else { continue }
      let pieces = try pieces(at: places)
      var record = pieces[0]
      var invoice = Invoice()
      var dropped = [source.decode(&record, into: &invoice)]
      let old = assessor.recall(record, invoice, outcome: planned.outcome)
      totals.account(old, record, invoice, &assessor.items, sign: -1)
      // What was left out of each place by itself is counted again with all of them together.
      for piece in pieces.dropFirst() where piece.rows.count > 1 {
        record = piece
        dropped.append(source.decode(&record, into: &invoice))
      }
      for dropped in dropped {
        totals.repeated += Tally(
          invoices: -dropped.invoices, lines: -dropped.lines, amount: -dropped.amount)
      }
      let copies = try copies(of: places, pieces)
      try settleCopies(copies, position)
    }
    scattered.seal()
  }

  /// Reads each of the places of an invoice once.
  private func pieces(at places: [RecordPlace]) throws(Failure) -> [Record] {
    var pieces: [Record] = []
    for place in places {
      var piece = Record(layout: Planner.layout(source, place.file))
      try source.read(place, into: &piece)
      pieces.append(piece)
    }
    return pieces
  }

  /// One candidate for what an invoice number stands for.
  private struct Copy {
    var places: [RecordPlace]
    var record: Record
    var invoice: Invoice
    var dropped: Tally
    var assessment: InvoiceAssessor.Assessment
  }

  private mutating func copy(_ places: [RecordPlace], _ pieces: [Record]) -> Copy {
    var record = pieces[0]
    var invoice = Invoice()
    for piece in pieces.dropFirst() { record.append(rowsOf: piece) }
    let dropped = source.decode(&record, into: &invoice)
    return Copy(
      places: places, record: record, invoice: invoice, dropped: dropped,
      assessment: assessor.assess(record, invoice))
  }

  /// Tells rows that belong together from copies: objects in JSON and rows of different files are
  /// copies; rows of one file are one invoice unless each group of them is complete by itself.
  private mutating func copies(
    of places: [RecordPlace], _ pieces: [Record]
  ) throws(Failure) -> [Copy] {
    var result: [Copy] = []
    for file in Set(places.map(\.file)).sorted() {
      let numbers = places.indices.filter { places[$0].file == file }
      let here = numbers.map { places[$0] }
      let apart = { (planner: inout Planner) in
        numbers.map { planner.copy([places[$0]], [pieces[$0]]) }
      }
      guard here.count > 1, try areRows(here) else {
        result += apart(&self)
        continue
      }
      let joined = copy(here, numbers.map { pieces[$0] })
      let fits = joined.invoice.declaredTotal.map { $0 == joined.invoice.lineSum } ?? true
      let agrees = !joined.invoice.flaws.contains {
        if case .conflict = $0.problem { true } else { false }
      }
      if fits, agrees {
        result.append(joined)
        continue
      }
      let copies = apart(&self)
      let areComplete = copies.allSatisfy {
        $0.invoice.declaredTotal == nil || $0.invoice.declaredTotal == $0.invoice.lineSum
      }
      if areComplete { result += copies } else { result.append(joined) }
    }
    return result
  }

  /// Whether places of one file hold rows, which may belong together, rather than whole invoices.
  private func areRows(_ places: [RecordPlace]) throws(Failure) -> Bool {
    guard let reader = source.reader(places[0].file) else { return false }
    if reader.format == .csv { return true }
    var record = reader.makeRecord()
    for place in places {
      try source.read(place, into: &record)
      // Objects without lines and without an amount are invoices of which nothing but totals is known.
      guard record.isLoneObject, record.faults.isEmpty,
        !record.cell(0, .amount).isEmpty || !record.cell(0, .category).isEmpty
      else { return false }
    }
    return true
  }

  /// Whether rows stand apart; objects of JSON that follow each other are as rows that do.
  private func areApart(_ places: [RecordPlace]) -> Bool {
    guard source.reader(places[0].file)?.format == .json else { return true }
    return zip(places, places.dropFirst()).contains { $0.ordinal + 1 != $1.ordinal }
  }

  private mutating func settleCopies(_ copies: [Copy], _ position: Int) throws(Failure) {
    let first = copies[0]
    let areEqual = copies.allSatisfy {
      $0.assessment.content == first.assessment.content
        && $0.assessment.outcome == first.assessment.outcome
        && $0.assessment.rules == first.assessment.rules
        && $0.assessment.isSendable == first.assessment.isSendable
        && $0.record.string($0.invoice.customerID) == first.record.string(first.invoice.customerID)
        && $0.record.faults.isEmpty
    }
    if areEqual {
      var rules = RuleSet.none
      if first.places.count > 1, first.dropped.lines == 0, areApart(first.places) {
        rules.insert(.rowsNotAdjacent)
      }
      for copy in copies {
        totals.repeated += copy.dropped
        if copy.dropped.lines > 0 { rules.insert(.invoiceRepeated) }
      }
      for copy in copies.dropFirst() {
        totals.repeated += Tally(lines: copy.invoice.lines.count, amount: copy.invoice.lineSum)
        rules.insert(.invoiceRepeated)
      }
      try replace(position, first, rules, others: copies.dropFirst().flatMap(\.places))
      return
    }
    for (number, copy) in copies.enumerated() {
      totals.repeated += copy.dropped
      var target = position
      if number > 0 {
        target = invoices.count
        invoices.append(invoices[position])
      }
      let others = copies.filter { $0.places[0] != copy.places[0] }.flatMap(\.places)
      try replace(target, copy, Planner.set(.sameNumberDifferentContent), others: others)
    }
  }

  private mutating func replace(
    _ position: Int, _ copy: Copy, _ rules: RuleSet, others: [RecordPlace]
  ) throws(Failure) {
    let place = copy.places[0]
    let assessment = assessor.assess(copy.record, copy.invoice, forced: rules)
    totals.account(assessment, copy.record, copy.invoice, &assessor.items, sign: 1)
    for other in copy.places.dropFirst() { scattered.add(other, to: place) }
    var planned = PlannedInvoice(
      place: place, numberHash: invoices[position].numberHash, rules: assessment.rules,
      forced: rules, amount: assessment.amount, customer: Int32(assessment.customer),
      date: assessment.date, outcome: assessment.outcome,
      isScattered: copy.places.count > 1, isSelected: assessment.isSelected)
    keepDue(copy.invoice, assessment, &planned)
    invoices[position] = planned
    if !others.isEmpty {
      let places = (copy.places.dropFirst() + others).prefix(5)
      otherPlaces[PlannedInvoices.key(place)] = Array(places)
    }
    if assessment.outcome == .delivered, context.settings.policies.longNumbers == .keepRight {
      noteDocumentNumber(copy.record, copy.invoice, assessment, position)
    }
  }
}
