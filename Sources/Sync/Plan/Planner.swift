internal import LoadOps
internal import QuickBooks
internal import Sheets
public import Vocabulary

/// Decides what becomes of every invoice of an export: one pass, a small value for each.
///
/// Rows of one invoice may stand anywhere. An invoice is decided when its first rows are met; when more
/// turn up later, the decision is taken back, the places are remembered, and all of it is decided again
/// at the end, when it can be read whole. What only the whole batch can know (two customers that
/// QuickBooks would take for one, two numbers that shorten to the same) is settled at the end as well.
public struct Planner {
  /// Tells how far planning is, in bytes read and to be read.
  public typealias Progress = (_ done: UInt64, _ total: UInt64) -> Void

  /// How many findings of each kind are made into sentences.
  public static let findingsPerKind = 200

  /// What a plan is made for.
  public enum Purpose: Sendable {
    /// To deliver invoices, and to tell what is to be said of them.
    case delivering
    /// To compare them with documents: it says when each is due and what, but tells no findings, declares
    /// nothing, and does not look at texts, by which no document is compared and for which none is held.
    case comparing
  }

  private let inputs: ExportInputs
  let context: PlanContext
  private let progress: Progress?
  let findingLimit: Int
  /// What the plan is for.
  let purpose: Purpose

  var files: [SyncPlan.File] = []
  var master = MasterData()
  var assessor: InvoiceAssessor
  /// The lines of invoices in files that have none.
  var income: IncomeTable?
  var totals = PlanTotals()
  var invoices = PlannedInvoices()
  /// The places of invoices whose rows stand apart.
  var scattered = ScatteredPlaces()
  /// The positions of those invoices, while positions are final.
  var scatteredPositions: [Int32] = []
  /// Where else a number stands, by the invoice's place; what ``scattered`` has is not repeated here.
  var otherPlaces: [UInt64: [RecordPlace]] = [:]
  var batchFindings: [Finding] = []
  private var index = NumberIndex()
  private var readers: [ExportReader?] = []
  var source: InvoiceSource
  private var documentNumbers: [UInt64: Int] = [:]
  private var hasTakenNumbers = false
  /// The invoice met last in the file, and whether that row had no readable number.
  private var lastMet: Int?
  private var strayRowMet = false
  /// Invoices that may lack a row.
  private var suspects: Set<Int> = []
  /// The hashes of the numbers of invoices that lack rows, since a quotation mark swallowed them.
  private var swallowedNumbers: Set<UInt64> = []
  /// Numbers that begin with a zero, and what may be the same number with other zeros in front.
  private var zeros = LeadingZeros()
  /// In which fields a file has numbers that only the other convention explains, by file.
  var contrary: [Int: Set<Field>] = [:]
  /// Whether the filters mean any invoice.
  private var hasSelected = false
  /// Lists that were taken for lists of invoices, and those of them that were found to hold other records, too.
  private var takenForInvoices: Set<Int> = []
  private var foundMixed: Set<Int> = []
  /// To compare an invoice's number with that of another.
  private var other: Record?

  /// Makes a plan; writes nothing.
  ///
  /// - Parameters:
  ///   - inputs: The export.
  ///   - context: Everything else that decides.
  ///   - run: Which run the report shall name; its plan's fingerprint is filled in.
  ///   - findingsPerKind: How many findings of a kind to make into sentences.
  ///   - purpose: What the plan is for.
  ///   - progress: Called now and then.
  /// - Returns: The plan.
  /// - Throws: `Failure` when an input cannot be read as an export at all.
  public static func plan(
    _ inputs: ExportInputs, _ context: PlanContext, run: SyncReport.Run? = nil,
    findingsPerKind: Int = Planner.findingsPerKind, for purpose: Purpose = .delivering,
    progress: Progress? = nil
  ) throws(Failure) -> SyncPlan {
    var surveyed: Set<Int> = []
    var contrary: [Int: Set<Field>] = [:]
    var mixed: Set<Int> = []
    try context.check()
    while true {
      var planner = Planner(inputs, context, findingsPerKind, purpose, progress)
      try planner.readMasterData(mixed)
      try planner.survey(surveyed, contrary)
      // A file that turns out to write dates with slashes is looked through for their order first.
      if let file = try planner.decideAll(surveyed) {
        surveyed.insert(file)
        continue
      }
      // One that began like a list of invoices and holds customers, too, is gone through for those first.
      guard planner.foundMixed.isEmpty else {
        mixed.formUnion(planner.foundMixed)
        continue
      }
      // One number with a decimal comma makes others of its column doubtful that were taken before.
      guard planner.contrary == contrary else {
        contrary = planner.contrary
        continue
      }
      try planner.settle()
      return try planner.finish(run)
    }
  }

  private init(
    _ inputs: ExportInputs, _ context: PlanContext, _ findingLimit: Int, _ purpose: Purpose,
    _ progress: Progress?
  ) {
    self.inputs = inputs
    self.context = context
    self.findingLimit = findingLimit
    self.purpose = purpose
    totals.countsCategories = purpose == .delivering
    self.progress = progress
    assessor = InvoiceAssessor(context: context, master: MasterData())
    source = InvoiceSource(
      readers: [], dates: [], settings: context.settings, listsCustomers: false, income: nil)
  }

  // MARK: - Customers and categories

  /// Reads customers and categories; `mixed` are files that are known to hold them beside invoices.
  private mutating func readMasterData(_ mixed: Set<Int>) throws(Failure) {
    var opened: [ExportReader] = []
    for (number, path) in inputs.paths.enumerated() {
      let reader = try ExportReader(
        path: path, name: inputs.name(of: path), file: number, meanings: context.mapping.columns,
        layouts: context.layouts,
        hashing: true)
      var file = SyncPlan.File(
        path: path, name: inputs.name(of: path), kinds: reader.kinds,
        fingerprint: Fingerprint(of: ""), records: 0,
        byteCount: reader.progress.total, headers: reader.headers,
        sheet: reader.source.sheet, look: reader.source.look)
      if reader.format == .csv {
        for kind in reader.kinds { master.note(kind) }
        opened.append(reader)
        if reader.layout == .incomeLines {
          let table = income ?? IncomeTable()
          income = table
          try readIncome(reader, file: number, into: table)
          (file.kinds, file.isIncome, file.records) = ([], true, reader.notes.records)
          note(reader)
          if let fingerprint = try reader.fingerprint() { file.fingerprint = fingerprint }
          files.append(file)
          readers.append(nil)
          continue
        }
        if reader.kinds == [.invoices] {
          files.append(file)
          readers.append(reader)
          continue
        }
      }
      if !mixed.contains(number), try reader.isListOfInvoices() {
        takenForInvoices.insert(number)
        file.kinds = [.invoices]
        master.note(.invoices)
        files.append(file)
        readers.append(reader)
        continue
      }
      try readMasterRecords(reader)
      guard !reader.holdsNothingKnown else {
        throw Failure(
          .inputUnreadable,
          "\(reader.name) is JSON, but holds no invoices, customers or income categories",
          remedy:
            "give an object with an array \"invoices\", an array of invoices, or an invoice on each "
            + "line")
      }
      file.kinds = reader.kinds
      for kind in reader.kinds { master.note(kind) }
      file.records = reader.notes.records
      note(reader)
      if let fingerprint = try reader.fingerprint() { file.fingerprint = fingerprint }
      files.append(file)
      if reader.kinds.contains(.invoices) {
        readers.append(
          try ExportReader(
            path: path, name: file.name, file: number, meanings: context.mapping.columns,
            layouts: context.layouts,
            hashing: true, look: file.look))
      } else {
        readers.append(nil)
      }
    }
    try checkLayouts(opened, hasIncome: income != nil)
    guard readers.contains(where: { $0 != nil }) else { throw noInvoices(opened) }
    for path in inputs.ignored {
      batchFindings.append(
        Finding(BatchRules.fileIgnored, "\(path) was not read, because no export has such a name"))
    }
    assessor = InvoiceAssessor(context: context, master: master)
    assessor.checksTexts = purpose == .delivering
  }

  /// The refusal of an export without invoices, which may stand on a sheet that is not read.
  private func noInvoices(_ readers: [ExportReader] = []) -> Failure {
    for reader in readers {
      for sheet in reader.sheets where sheet.role == .passedOver(.invoices) {
        let taken = reader.sheets.first { $0.role == .read }?.name ?? ""
        return Failure(
          .inputUnreadable,
          "the export holds no invoices: sheet \"\(sheet.name)\" of \(reader.name) looks like a list of "
            + "invoices, but is not read, because sheet \"\(taken)\" stands before it",
          remedy: "save sheet \"\(sheet.name)\" as a workbook of its own, and give both")
      }
    }
    return Failure(
      .inputUnreadable, "the export holds no invoices",
      remedy: "name the file with the invoices, too, or export again with other filters")
  }

  private mutating func readMasterRecords(_ reader: ExportReader) throws(Failure) {
    var record = reader.makeRecord()
    while let kind = try reader.next([.customers, .incomeCategories], into: &record) {
      switch kind {
      case .customers where record.faults.isEmpty: master.add(LoadOps.Customer(record))
      case .incomeCategories where record.faults.isEmpty: master.add(IncomeCategory(record))
      default:
        let (location, excerpt) = reader.excerpt(record, 0, record.wholeRow(0))
        batchFindings.append(
          Finding(
            ReadingRules.unreadableRecord,
            "this \(kind == .customers ? "customer" : "category") cannot "
              + "be read whole, so it is not known", severity: .warning, location: location,
            excerpt: excerpt, record: Int(record.place.ordinal)))
      }
    }
  }

  // MARK: - Pass one

  private mutating func survey(
    _ surveyed: Set<Int>, _ contrary: [Int: Set<Field>]
  ) throws(Failure) {
    for (number, fields) in contrary { files[number].doubtful = Planner.doubtful(fields) }
    for number in surveyed.sorted() {
      let reader = try ExportReader(
        path: files[number].path, name: files[number].name, file: number,
        meanings: context.mapping.columns,
        layouts: context.layouts, hashing: false, look: files[number].look)
      var record = reader.makeRecord()
      var survey = DateSurvey(context.settings.localDays)
      while try reader.nextInvoice(into: &record) { survey.look(at: record) }
      files[number].dates = survey.columns(preferring: context.settings.formats.dates)
      tellDates(reader, files[number].dates)
    }
    assessor.dates = files.map(\.dates)
    assessor.income = income.map { ($0, files) }
    source = InvoiceSource(
      readers: readers, dates: files.map(\.dates), doubtful: files.map(\.doubtful),
      settings: context.settings, listsCustomers: master.listsCustomers, income: income)
  }

  /// Decides everything; returns a file whose dates must be looked through first.
  private mutating func decideAll(_ surveyed: Set<Int>) throws(Failure) -> Int? {
    let total = files.reduce(0) { $0 + $1.byteCount }
    var done: UInt64 = 0
    assessor.keepsContent = false
    defer { assessor.keepsContent = true }
    for number in files.indices {
      guard let reader = readers[number] else {
        done += files[number].byteCount
        continue
      }
      var record = reader.makeRecord()
      var invoice = Invoice()
      var ticks = 0
      (lastMet, strayRowMet) = (nil, false)
      var check = TotalsCheck(numbers: numberStyle(of: reader))
      while try reader.nextInvoice(into: &record) {
        let dropped = source.decode(&record, into: &invoice)
        if !surveyed.contains(number), !invoice.flaws.isEmpty,
          invoice.flaws.contains(where: { $0.problem == .mixedDate })
        {
          return number
        }
        if !invoice.flaws.isEmpty { noteContrary(invoice, number) }
        if invoice.number.isEmpty, check.isBareSum(record, invoice.number) {
          tellBareSum(reader, record)
          continue
        }
        check.count(record, invoice, dropped)
        if reader.totalsRowCount > 0 { batchFindings += check.findings(reader) }
        totals.read += Tally(lines: invoice.lines.count, amount: invoice.lineSum)
        totals.read += dropped
        totals.repeated += dropped
        try meet(record, invoice, dropped)
        ticks += 1
        if ticks & 1023 == 0 { progress?(done + reader.progress.done, total) }
      }
      if takenForInvoices.contains(number), reader.kinds != [.invoices] {
        foundMixed.insert(number)
        return nil
      }
      batchFindings += check.findings(reader)
      swallowedNumbers.formUnion(reader.notes.swallowedNumbers)
      if files[number].kinds == [.invoices] || files[number].headers != nil {
        note(reader)
      }
      files[number].records += reader.notes.records
      if let fingerprint = try reader.fingerprint() { files[number].fingerprint = fingerprint }
      done += files[number].byteCount
    }
    progress?(total, total)
    if let left = income?.leftOver() {
      batchFindings.append(
        Finding(
          BatchRules.incomeWithoutInvoice,
          "\(SyncReport.counted(left.count, "amount")) of income over \(left.amount) "
            + "\(left.count == 1 ? "belongs" : "belong") to no invoice of the export; the first is for "
            + "\(left.number.isEmpty ? "a row without a number" : left.number)",
          location: files[left.file].location(line: left.line),
          value: left.number))
    }
    guard !invoices.isEmpty else { throw noInvoices() }
    if !hasSelected {
      batchFindings.append(
        Finding(
          BatchRules.nothingSelected,
          "none of the \(invoices.count) invoices of the export matches the filters"))
    }
    return nil
  }

  private mutating func meet(
    _ record: Record, _ invoice: Invoice, _ dropped: Tally
  ) throws(Failure) {
    var hash: UInt64 = 0
    if !invoice.number.isEmpty {
      let number = record.text.span.extracting(invoice.number.value.range)
      hash = ByteHash.of(number)
      if let known = try position(hash, number, record) {
        var first = invoices[known]
        scattered.add(record.place, to: first.place)
        if !first.isScattered {
          first.isScattered = true
          invoices.change(known, to: first)
          scatteredPositions.append(Int32(known))
        }
        try noteNeighbours(record, known)
        return
      }
      index.insert(hash, invoices.count, among: invoices)
      zeros.note(number, invoices.count)
    }
    append(record, invoice, hash, forced: dropped.lines > 0 ? Planner.set(.invoiceRepeated) : .none)
    try noteNeighbours(record, invoices.count - 1)
  }

  /// The position of the invoice with a number, when it was met before.
  private mutating func position(
    _ hash: UInt64, _ number: Span<UInt8>, _ record: Record
  ) throws(Failure) -> Int? {
    var slot = index.first(hash)
    while let candidate = index.next(hash, from: &slot) {
      guard invoices.numberHash(candidate) == hash else { continue }
      var other = self.other ?? record
      self.other = nil
      try source.read(invoices[candidate].place, into: &other)
      defer { self.other = other }
      let found = other.text.span.extracting(other.cell(0, .invoiceNumber).value.range)
      if found.isSame(as: number) { return candidate }
    }
    return nil
  }

  /// A row whose number cannot be read may belong to the invoice before it or behind it.
  private mutating func noteNeighbours(_ record: Record, _ position: Int) throws(Failure) {
    // An object in JSON is an invoice by itself; only rows can have gone astray.
    guard source.reader(record.place.file)?.format == .csv else { return }
    let isStray =
      record.cell(0, .invoiceNumber).isEmpty
      || record.numberLooksLost(record.cell(0, .invoiceNumber))
      || record.faults.contains { $0.fault == .unclosedQuote || $0.fault == .notUTF8 }
    if let lastMet {
      var isSuspect = isStray
      if !isSuspect, !record.faults.isEmpty { isSuspect = try isCutFrom(lastMet, record) }
      if isSuspect { suspects.insert(lastMet) }
    }
    if strayRowMet { suspects.insert(position) }
    (lastMet, strayRowMet) = (position, isStray)
  }

  /// Whether a row ends within its number, which an invoice's number begins with: it may have been cut off,
  /// and be a row of that invoice.
  private mutating func isCutFrom(
    _ position: Int, _ record: Record
  ) throws(Failure) -> Bool {
    let cell = record.cell(0, .invoiceNumber)
    guard record.rows.count == 1, !cell.isEmpty,
      let column = record.layout.column(of: .invoiceNumber),
      record.faults.contains(where: {
        if case .cellCount(_, let found) = $0.fault { found == column + 1 } else { false }
      })
    else { return false }
    var other = self.other ?? record
    self.other = nil
    try source.read(invoices[position].place, into: &other)
    defer { self.other = other }
    let whole = other.text.span.extracting(other.cell(0, .invoiceNumber).value.range)
    let cut = record.text.span.extracting(cell.value.range)
    return cut.count < whole.count && whole.extracting(first: cut.count).isSame(as: cut)
  }

  static func set(_ rules: Rule...) -> RuleSet {
    var set = RuleSet.none
    for rule in rules { set.insert(rule) }
    return set
  }

  /// Decides an invoice and adds it to the plan.
  private mutating func append(
    _ record: Record, _ invoice: Invoice, _ hash: UInt64, forced: RuleSet
  ) {
    let assessment = assessor.assess(record, invoice, forced: forced)
    totals.account(assessment, record, invoice, &assessor.items, sign: 1)
    var planned = PlannedInvoice(
      place: record.place, numberHash: hash, rules: assessment.rules, forced: forced,
      amount: assessment.amount, customer: Int32(assessment.customer), date: assessment.date,
      outcome: assessment.outcome, isSelected: assessment.isSelected)
    keepDue(invoice, assessment, &planned)
    invoices.append(planned)
    if assessment.isSelected { hasSelected = true }
    if assessment.outcome == .delivered, context.settings.policies.longNumbers == .keepRight {
      noteDocumentNumber(record, invoice, assessment, invoices.count - 1)
    }
  }

  /// Has a plan for a comparison say when an invoice is due and what.
  func keepDue(
    _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment, _ planned: inout PlannedInvoice
  ) {
    guard purpose == .comparing else { return }
    planned.dueDate = assessor.dueDate(invoice, assessment)
    planned.dueAmount = invoice.dueAmount
  }

  // MARK: - What only the batch can know

  /// Remembers a document number; two invoices that would share one are both forced to wait.
  mutating func noteDocumentNumber(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment, _ position: Int
  ) {
    let number = Array(assessor.documentNumber(record.string(invoice.number)).utf8)
    var hash = ByteHash()
    hash.combine(UInt64(assessment.kind.rawValue))
    hash.combine(number.span)
    if let other = documentNumbers[hash.value], other != position {
      for (position, rival) in [(other, position), (position, other)] {
        invoices[position].forced.insert(.numberTaken)
        otherPlaces[PlannedInvoices.key(invoices[position].place)] = [invoices[rival].place]
        hasTakenNumbers = true
      }
    } else {
      documentNumbers[hash.value] = position
    }
  }

  private mutating func settle() throws(Failure) {
    try resolveScattered()
    let twins = try zeroTwins()
    if !swallowedNumbers.isEmpty {
      for position in invoices.indices
      where swallowedNumbers.contains(invoices.numberHash(position)) { suspects.insert(position) }
    }
    for position in suspects { invoices[position].forced.insert(.mayBeIncomplete) }
    let late = assessor.customers.lateClashes
    if !late.isEmpty || !suspects.isEmpty || !twins.isEmpty || hasTakenNumbers {
      for (position, planned) in invoices.enumerated() {
        let isClashing = late.contains(Int(planned.customer))
        let isTaken = planned.forced.contains(.numberTaken)
        if isClashing || isTaken || suspects.contains(position) || twins.contains(position) {
          try decideAgain(position)
        }
      }
    }
    index = NumberIndex()
    invoices.settle()
  }

  /// Takes a decision back and makes it again, now that more is known.
  private mutating func decideAgain(_ position: Int) throws(Failure) {
    let (record, invoice) = try whole(position)
    var old = assessor.assess(record, invoice, forced: invoices[position].forced)
    let now = old
    old.outcome = invoices[position].outcome
    totals.account(old, record, invoice, &assessor.items, sign: -1)
    totals.account(now, record, invoice, &assessor.items, sign: 1)
    invoices[position].outcome = now.outcome
    invoices[position].rules = now.rules
  }

  /// The invoice of the plan, whole and typed.
  private func whole(_ position: Int) throws(Failure) -> (Record, Invoice) {
    let planned = invoices[position]
    var record = Record(layout: Planner.layout(source, planned.place.file))
    var invoice = Invoice()
    if planned.isScattered, let places = scattered[planned.place] {
      try source.read(places, into: &record)
    } else {
      try source.read(planned.place, into: &record)
    }
    source.decode(&record, into: &invoice)
    return (record, invoice)
  }

  static func layout(_ source: InvoiceSource, _ file: Int32) -> RecordLayout {
    source.reader(file).map { $0.makeRecord().layout } ?? RecordLayout.empty
  }

  /// Invoices of the batch whose numbers differ only by zeros in front, each told of the others.
  private mutating func zeroTwins() throws(Failure) -> Set<Int> {
    var twins: Set<Int> = []
    for (hash, zeroed) in zeros.groups() {
      var group = zeroed
      let digits = try number(zeroed[0]).drop { $0 == 0x30 }
      let layout = Planner.layout(source, invoices[zeroed[0]].place.file)
      if let plain = try position(hash, Array(digits).span, Record(layout: layout)) {
        group.append(plain)
      }
      guard group.count > 1 else { continue }
      for position in group {
        invoices[position].forced.insert(.zerosLost)
        otherPlaces[PlannedInvoices.key(invoices[position].place)] =
          group.filter { $0 != position }.prefix(5).map { invoices[$0].place }
        twins.insert(position)
      }
    }
    return twins
  }

  /// The number of an invoice of the plan, read again.
  private func number(_ position: Int) throws(Failure) -> [UInt8] {
    let place = invoices[position].place
    var record = Record(layout: Planner.layout(source, place.file))
    try source.read(place, into: &record)
    return Array(record.text[record.cell(0, .invoiceNumber).value.range])
  }

  /// Where else the rows or the number of an invoice stand, to say so.
  func otherPlaces(of planned: PlannedInvoice) -> [String] {
    let scattered = planned.isScattered ? scattered[planned.place]?.dropFirst().prefix(5) : nil
    let places = otherPlaces[PlannedInvoices.key(planned.place)] ?? scattered.map(Array.init) ?? []
    return places.map { files[Int($0.file)].location(line: $0.line).description }
  }
}
