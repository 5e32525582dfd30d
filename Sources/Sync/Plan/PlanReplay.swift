internal import LoadOps
internal import Vocabulary

/// Reads the export of a plan again, in its own order, and gives each selected invoice with its decision.
///
/// Delivering and listing both go through this, so that they see what was planned and nothing else: an
/// export that has changed since ends the replay with a failure.
///
/// It is a class because it holds nearly all there is: as a structure it would be copied, eight thousand bytes of it,
/// wherever the compiler wants to be sure that nobody changes it meanwhile.
final class PlanReplay {
  private let plan: SyncPlan
  private let source: InvoiceSource
  /// The invoices of the plan, and the one that comes next.
  private var planned: PlannedInvoices.Iterator
  private var expected: PlannedInvoice?
  /// Whose findings are made into sentences; nil for nobody's.
  var tells: Outcome?
  /// Whether invoices that are delivered and have nothing to tell are not judged once more.
  ///
  /// The export's fingerprint, compared at its end, says that they are those that were judged.
  var recalls = false
  /// Knows what the last assessment knew.
  var assessor: InvoiceAssessor
  /// The invoice's rows.
  private(set) var record: Record
  /// The invoice, typed.
  private(set) var invoice = Invoice()
  /// Its decision, made again.
  private(set) var assessment = InvoiceAssessor.Assessment()
  /// Which file of the plan it stands in.
  private(set) var file = 0
  /// How many invoices were met, selected or not.
  private(set) var met = 0

  /// Opens the export once more.
  ///
  /// - Throws: `Failure` when a file cannot be read.
  init(_ plan: SyncPlan) throws(Failure) {
    guard let first = plan.files.firstIndex(where: { $0.kinds.contains(.invoices) }) else {
      throw PlanReplay.changed("the export")
    }
    let source = try plan.invoiceSource(hashing: true)
    guard let reader = source.reader(Int32(first)) else { throw PlanReplay.changed("the export") }
    record = reader.makeRecord()
    self.source = source
    self.plan = plan
    planned = plan.invoices.makeIterator()
    expected = planned.next()
    assessor = plan.assessor
    file = first
  }

  /// Moves to the next selected invoice; false behind the last one.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` when the export is not what was planned.
  func next() throws(Failure) -> Bool {
    while file < plan.files.count {
      guard let reader = source.reader(Int32(file)) else {
        file += 1
        continue
      }
      while try reader.nextInvoice(into: &record) {
        guard let planned = expected, planned.place == record.place else { continue }
        met += 1
        expected = self.planned.next()
        guard planned.isSelected else { continue }
        if planned.isScattered, let places = plan.scattered[planned.place] {
          try source.read(places, into: &record)
        }
        source.decode(&record, into: &invoice)
        try decide(planned, reader)
        return true
      }
      guard try reader.fingerprint() == plan.files[file].fingerprint else {
        throw PlanReplay.changed(plan.files[file].name)
      }
      file += 1
      while file < plan.files.count, source.reader(Int32(file)) == nil { file += 1 }
      if file < plan.files.count, let next = source.reader(Int32(file)) {
        record = next.makeRecord()
      }
    }
    guard met == plan.invoices.count else { throw PlanReplay.changed("the export") }
    return false
  }

  /// Makes the decision of the plan again; another one ends the replay.
  private func decide(
    _ planned: PlannedInvoice, _ reader: ExportReader
  ) throws(Failure) {
    let tells = planned.outcome == self.tells
    assessor.source = tells ? reader : nil
    if recalls, !tells, case .delivered = planned.outcome {
      assessment = assessor.recall(record, invoice, outcome: planned.outcome)
      let isKnown =
        assessment.customer == Int(planned.customer) && assessment.date != nil
        && assessment.terms ?? -1 < plan.termsIndex.count
        && assessment.terminal ?? -1 < plan.classIndex.count
      guard isKnown else { throw PlanReplay.changed(plan.files[file].name) }
    } else {
      assessment = assessor.assess(record, invoice, forced: planned.forced)
    }
    guard assessment.outcome == planned.outcome, assessment.amount == planned.amount else {
      throw PlanReplay.changed(plan.files[file].name)
    }
  }

  private static func changed(_ path: String) -> Failure {
    Failure(
      .inputUnreadable, "\(path) has changed since it was planned",
      remedy: "wait until the export is complete, then run the same command again")
  }
}

extension SyncPlan {
  /// Opens the files with invoices once more, to be read in their order or by places, as they were planned.
  ///
  /// - Parameter hashing: Whether the sum of each file is to be known at its end.
  /// - Returns: The files.
  /// - Throws: `Failure` when a file cannot be read.
  func invoiceSource(hashing: Bool) throws(Failure) -> InvoiceSource {
    var readers: [ExportReader?] = []
    for (number, file) in files.enumerated() {
      readers.append(
        file.kinds.contains(.invoices)
          ? try ExportReader(
            path: file.path, name: file.name, file: number, meanings: context.mapping.columns,
            layouts: context.layouts, hashing: hashing,
            // The sum at the end shows whether it is still the text that was looked over.
            look: hashing ? file.look : nil)
          : nil)
    }
    return InvoiceSource(
      readers: readers, dates: files.map(\.dates), doubtful: files.map(\.doubtful),
      settings: context.settings, listsCustomers: assessor.master.listsCustomers, income: income)
  }
}
