internal import Vocabulary

/// Puts the rows of documents together, byte by byte.
struct IIFRows: ~Copyable {
  /// The rows that were not handed on yet.
  var sink = ByteSink(capacity: 1 << 17)
  private let format: IIFFormat
  private let text: DesktopText
  /// Dates as they were written last, ten bytes for each of some days: documents come by date, and their rows have two or
  /// three of them.
  private var days = [Int](repeating: .min, count: IIFRows.knownDays)
  private var dates = [UInt8](repeating: 0, count: IIFRows.knownDays * 10)

  private static let knownDays = 64

  init(_ format: IIFFormat) {
    self.format = format
    text = format.encoding.text
  }

  /// Appends the rows of a document.
  mutating func append(
    _ document: borrowing SalesDocument, _ fields: borrowing EncodedLists, hasClasses: Bool
  ) {
    let isInvoice = document.kind == .invoice
    appendHead(
      document, fields, amount: isInvoice ? document.total : -document.total, hasClasses)
    for index in document.lines.indices {
      appendLine(document.lines[index], of: document, fields, hasClasses)
    }
    sink.append("ENDTRNS\r\n")
  }

  private mutating func appendHead(
    _ document: borrowing SalesDocument, _ fields: borrowing EncodedLists, amount: Money,
    _ hasClasses: Bool
  ) {
    let isInvoice = document.kind == .invoice
    let bytes = document.text.span
    sink.append("TRNS")
    appendStart(document)
    tab(fields, fields.receivableAccount)
    tab(fields, fields.customers[document.customer].name)
    if hasClasses { tab(fields, document.classIndex.map { fields.classes[$0] } ?? .empty) }
    sink.append(UInt8(ascii: "\t"))
    sink.append(amount)
    tab(bytes.extracting(document.number.range))
    tab(bytes.extracting(document.memo.range), limit: DesktopLimits.memo)
    sink.append("\tN\tN\tN")
    sink.append(fields.bytes, fields.customers[document.customer].address)
    tab(isInvoice ? document.dueDate : document.date)
    tab(fields, isInvoice ? document.terms.map { fields.terms[$0] } ?? .empty : .empty)
    sink.append("\tN")
    tab(document.shipDate)
    tab(bytes.extracting(document.purchaseOrder.range), limit: DesktopLimits.purchaseOrder)
    sink.append("\tN\r\n")
  }

  private mutating func appendLine(
    _ line: SalesDocument.Line, of document: borrowing SalesDocument,
    _ fields: borrowing EncodedLists, _ hasClasses: Bool
  ) {
    let isInvoice = document.kind == .invoice
    sink.append("SPL")
    appendStart(document)
    tab(fields, fields.items[line.item].account)
    sink.append(UInt8(ascii: "\t"))
    if hasClasses { tab(fields, document.classIndex.map { fields.classes[$0] } ?? .empty) }
    sink.append(UInt8(ascii: "\t"))
    sink.append(isInvoice ? -line.amount : line.amount)
    sink.append(UInt8(ascii: "\t"))
    let description = document.text.span.extracting(line.description.range)
    var quantity = FixedDecimal.one
    var price = FixedDecimal(line.amount)
    if let stated = line.quantity, let rate = line.rate,
      !DesktopLimits.canState(quantity: stated, rate: rate)
    {
      var text: [UInt8] = []
      text.append(description)
      text.append(contentsOf: " (\(stated) @ \(rate))".utf8)
      tab(text.span, limit: DesktopLimits.memo)
    } else {
      if let stated = line.quantity, let rate = line.rate {
        // A quantity is never negative: that line's price is.
        (quantity, price) = stated < .zero ? (-stated, -rate) : (stated, rate)
      }
      tab(description, limit: DesktopLimits.memo)
    }
    sink.append("\tN\t")
    sink.append(isInvoice ? -quantity : quantity)
    sink.append(UInt8(ascii: "\t"))
    sink.append(price, atLeast: 2)
    tab(fields, fields.items[line.item].name)
    sink.append("\tN\t\tN\r\n")
  }

  private mutating func appendStart(_ document: borrowing SalesDocument) {
    if document.kind == .invoice {
      sink.append("\t\tINVOICE")
    } else {
      sink.append("\t\tCREDIT MEMO")
    }
    tab(document.date)
  }

  private mutating func tab(_ fields: borrowing EncodedLists, _ field: TextRange) {
    sink.append(UInt8(ascii: "\t"))
    sink.append(fields.bytes, field)
  }

  private mutating func tab(_ bytes: Span<UInt8>, limit: Int? = nil) {
    sink.append(UInt8(ascii: "\t"))
    IIFText.append(bytes, to: &sink, text, limit: limit)
  }

  private mutating func tab(_ date: CalendarDate?) {
    sink.append(UInt8(ascii: "\t"))
    guard let date else { return }
    let slot = Int(truncatingIfNeeded: date.daysSince1970) & (IIFRows.knownDays - 1)
    if Int(date.daysSince1970) != days[slot] {
      var text: [UInt8] = []
      IIFColumns.append(date, format.dates, to: &text)
      dates.replaceSubrange(slot * 10..<slot * 10 + 10, with: text)
      days[slot] = Int(date.daysSince1970)
    }
    let dates = dates
    sink.append(dates.span.extracting(slot * 10..<slot * 10 + 10))
  }
}
