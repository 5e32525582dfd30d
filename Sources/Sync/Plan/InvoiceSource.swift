internal import LoadOps
internal import Vocabulary

/// Reads a plan's invoices whole, wherever their rows stand, and typed.
///
/// Planning, telling findings, explaining and delivering all read through this, so they all see the
/// same invoice.
final class InvoiceSource {
  private let readers: [ExportReader?]
  private let decoders: [InvoiceDecoder?]
  /// Whether a file has its invoices without lines.
  private let isHeaderOnly: [Bool]
  private var piece: Record?

  private let listsCustomers: Bool
  private let headerOnly: String?
  /// The lines of invoices in files that have none.
  let income: IncomeTable?

  /// A source over the invoice files of a run; `nil` for files without invoices.
  init(
    readers: [ExportReader?], dates: [DateColumns], doubtful: [Set<Field>] = [],
    settings: Settings, listsCustomers: Bool, income: IncomeTable?
  ) {
    let (numbers, days) = (settings.numberStyle, settings.localDays)
    self.readers = readers
    self.listsCustomers = listsCustomers
    headerOnly = settings.layouts.headerOnly
    self.income = income
    isHeaderOnly = readers.map { $0?.layout == .headerOnly }
    decoders = readers.indices.map { file in
      readers[file].map {
        InvoiceDecoder(
          layout: $0.makeRecord().layout,
          dates: dates[file], numbers: numbers, days: days, isSheet: $0.isSheet,
          doubtful: file < doubtful.count ? doubtful[file] : [])
      }
    }
  }

  /// The reader of a file.
  func reader(_ file: Int32) -> ExportReader? { readers[Int(file)] }

  /// Reads one place again.
  func read(_ place: RecordPlace, into record: inout Record) throws(Failure) {
    guard let reader = readers[Int(place.file)] else { return }
    try reader.read(place, into: &record)
  }

  /// Reads an invoice whose rows stand in several places of one file.
  func read(_ places: [RecordPlace], into record: inout Record) throws(Failure) {
    guard let first = places.first, let reader = readers[Int(first.file)] else { return }
    try reader.read(first, into: &record)
    var piece = self.piece ?? reader.makeRecord()
    for place in places.dropFirst() {
      try reader.read(place, into: &piece)
      record.append(rowsOf: piece)
    }
    self.piece = piece
  }

  /// Types a record, and leaves out the repetition when it holds the same invoice several times.
  ///
  /// A file that was joined from two overlapping exports has the rows of an invoice twice, in the same
  /// order. That is seen when the declared total fits one copy and not all of them; without a declared
  /// total nobody can know, and the identical rows hold the invoice.
  ///
  /// - Returns: What was left out.
  @discardableResult
  func decode(_ record: inout Record, into invoice: inout Invoice) -> Tally {
    guard let decoder = decoders[Int(record.place.file)] else { return .zero }
    // With the customers at hand, a row held for its customer is judged anew.
    if listsCustomers, !record.faults.isEmpty {
      record.faults.removeAll { $0.fault == .heldForCustomer }
    }
    decode(decoder, &record, &invoice)
    guard let declared = invoice.declaredTotal, record.rows.count > 1,
      declared != invoice.lineSum
    else { return .zero }
    let period = record.period
    guard period < record.rows.count else { return .zero }
    let all = Tally(lines: invoice.lines.count, amount: invoice.lineSum)
    var copy = record
    copy.keepRows(period)
    var single = invoice
    decode(decoder, &copy, &single)
    guard single.lineSum == declared else { return .zero }
    record = copy
    invoice = single
    return Tally(
      lines: all.lines - single.lines.count, amount: all.amount - single.lineSum)
  }

  /// Types a record; in a file without lines other files have them, or the settings say which income
  /// category its total goes to.
  private func decode(
    _ decoder: InvoiceDecoder, _ record: inout Record, _ invoice: inout Invoice
  ) {
    decoder.decode(record, into: &invoice)
    // An object of JSON says by itself that it has no lines; an empty array of them is another matter.
    let hasNoLines =
      isHeaderOnly[Int(record.place.file)]
      || record.isLoneObject && invoice.lines.isEmpty && invoice.declaredTotal != nil
    guard hasNoLines else { return }
    if let income {
      // Without a total nobody could say whether the lines are all there are.
      let lines =
        invoice.declaredTotal == nil
        ? [] : income.lines(of: record.text.span.extracting(invoice.number.value.range))
      if !lines.isEmpty || headerOnly == nil {
        decoder.join(&record, lines, into: &invoice)
        return
      }
    }
    if let headerOnly { decoder.lump(&record, headerOnly, into: &invoice) }
  }
}
