import LoadOps
import TestSupport
import Vocabulary

/// Everything that can be seen of a record, in a form that can be compared.
struct ReadRecord: Equatable {
  var kind: RecordKind
  var place: RecordPlace
  var rows: [Record.Row]
  var faults: [String]
  /// The offset in the file of what each fault is about, as far as it is known.
  var faultPlaces: [String]
  /// Row by row the value, the source, the line and the offset of every field that is there.
  var cells: [[Field: [String]]]

  init(_ kind: RecordKind, _ record: Record) {
    self.kind = kind
    place = record.place
    rows = record.rows
    faults = record.faults.map { row, fault in
      guard case .json(let reason, _) = fault else { return "row \(row): \(fault)" }
      return "row \(row): json(\"\(reason)\")"
    }
    faultPlaces = record.faults.map { row, fault in
      guard case .json(_, let range?) = fault else { return "row \(row)" }
      return "\(record.offset(0, Cell(value: range, source: range)))"
    }
    cells = record.rows.indices.map { row in
      var cells: [Field: [String]] = [:]
      for field in Field.allCases {
        let cell = record.cell(row, field)
        guard !cell.source.isEmpty else { continue }
        let source = record.text.text(cell.source)
        let line = "\(record.line(row, cell))"
        cells[field] = [record.string(cell), source, line, "\(record.offset(row, cell))"]
      }
      return cells
    }
  }

  /// The value of a field in a row; empty when there is none.
  func value(_ field: Field, row: Int = 0) -> String { cells[row][field]?[0] ?? "" }

  /// The values of a field, row by row.
  func values(_ field: Field) -> [String] { cells.indices.map { value(field, row: $0) } }

  /// All values, for comparing files of different formats.
  var values: [[Field: String]] {
    cells.map { row in row.mapValues { $0[0] }.filter { !$0.value.isEmpty } }
  }
}

/// What reading a file to its end gave.
struct Reading: Equatable {
  var records: [ReadRecord] = []
  var failure: Failure?
  var format: ExportReader.Format?
  var headers: [String]?
  var unknown: [String] = []
  var repeatedHeaders: [Int] = []
  var count = 0

  var faults: [String] { records.flatMap(\.faults) }
  var numbers: [String] { records.map { $0.value(.invoiceNumber) } }
}

/// A folder with one file that is read as an export.
final class ExportFile {
  let folder: TemporaryFolder
  let path: String

  init(_ bytes: [UInt8], name: String = "export") throws {
    folder = try TemporaryFolder()
    path = try folder.write(bytes, to: name)
  }

  convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

  /// Puts other bytes into the file.
  func replace(_ bytes: [UInt8]) throws { try folder.write(bytes, to: "export") }

  func reader(
    blockSize: Int = 512, meanings: [String: ColumnMeaning] = [:], hashing: Bool = false
  ) throws(Failure) -> ExportReader {
    try ExportReader(
      path: path, file: 0, meanings: meanings, hashing: hashing, blockSize: blockSize)
  }

  func read(
    _ kinds: Set<RecordKind> = Set(RecordKind.allCases), blockSize: Int = 512,
    meanings: [String: ColumnMeaning] = [:]
  ) -> Reading {
    var reading = Reading()
    do throws(Failure) {
      let reader = try reader(blockSize: blockSize, meanings: meanings)
      reading.format = reader.format
      reading.headers = reader.headers
      defer {
        reading.unknown = reader.notes.unknownNames
        reading.repeatedHeaders = reader.notes.repeatedHeaders
        reading.count = reader.notes.records
      }
      var record = reader.makeRecord()
      while let kind = try reader.next(kinds, into: &record) {
        reading.records.append(ReadRecord(kind, record))
      }
    } catch {
      var failure = error
      failure.message = failure.message.replacing(path, with: "FILE")
      failure.location?.file = "FILE"
      reading.failure = failure
    }
    return reading
  }

  /// Every record of the file as a value, to be looked at together.
  func records(_ meanings: [String: ColumnMeaning] = [:]) throws(Failure) -> [Record] {
    let reader = try reader(meanings: meanings)
    var record = reader.makeRecord()
    var records: [Record] = []
    while try reader.next(Set(RecordKind.allCases), into: &record) != nil { records.append(record) }
    return records
  }

  /// The typed invoices, as people would write them down.
  func invoices(
    preferring order: DatePreference = .mdy, numbers: NumberConvention = .us
  ) throws(Failure) -> [ReadInvoice] {
    let records = try records()
    var survey = DateSurvey()
    for record in records { survey.look(at: record) }
    let dates = survey.columns(preferring: order)
    return records.map { record in
      var invoice = Invoice()
      InvoiceDecoder(layout: record.layout, dates: dates, numbers: NumberStyle(numbers))
        .decode(record, into: &invoice)
      return ReadInvoice(invoice, record)
    }
  }
}

/// A typed invoice with its texts, in a form that can be compared.
struct ReadInvoice: Equatable {
  var texts: [String]
  var dates: [String]
  var amounts: [String]
  var lines: [[String]]
  var flaws: [Invoice.Flaw]
  var sum: String

  init(_ invoice: Invoice, _ record: Record) {
    texts = [
      invoice.number, invoice.loadID, invoice.customer, invoice.customerID, invoice.status,
      invoice.syncStatus, invoice.terms, invoice.reference, invoice.purchaseOrder,
      invoice.billOfLading, invoice.terminal, invoice.origin, invoice.destination,
      invoice.currency, invoice.note,
    ].map(record.string)
    dates = [invoice.date, invoice.dueDate, invoice.pickupDate].map { $0?.description ?? "" }
    amounts = [invoice.declaredTotal, invoice.dueAmount].map { $0?.description ?? "" }
    lines = invoice.lines.map { line in
      [
        record.string(line.category), record.string(line.description),
        line.quantity?.description ?? "", line.rate?.description ?? "",
        line.amount?.description ?? "", record.string(line.number), "\(line.isTaxed)",
      ]
    }
    flaws = invoice.flaws
    sum = invoice.lineSum.description
  }
}

/// The header of the smallest file of invoices.
let invoiceHeader = "invoice_number,customer_name,invoice_date,category,amount\n"
