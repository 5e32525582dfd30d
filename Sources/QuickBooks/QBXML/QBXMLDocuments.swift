internal import Vocabulary

/// Puts the requests that make documents together, byte by byte.
struct QBXMLDocuments: ~Copyable {
  /// The request that was not handed on yet.
  var sink = ByteSink(capacity: 1 << 12)
  private let fields: EncodedReferences
  private let tables = DocumentTables()

  init(_ lists: CompanyLists, _ format: QBXMLFormat) {
    fields = EncodedReferences(lists, format)
  }

  /// Whether everything that a document refers to is in the lists.
  func knows(_ document: borrowing SalesDocument) -> Bool {
    var isKnown = fields.customers.indices.contains(document.customer)
    for line in document.lines {
      isKnown = isKnown && fields.items.indices.contains(line.item)
    }
    if let terms = document.terms { isKnown = isKnown && fields.terms.indices.contains(terms) }
    if let index = document.classIndex {
      isKnown = isKnown && fields.classes.indices.contains(index)
    }
    return isKnown
  }

  /// Appends the request that makes a document.
  mutating func append(_ document: borrowing SalesDocument) {
    let isInvoice = document.kind == .invoice
    sink.append(
      isInvoice ? "<InvoiceAddRq requestID=\"inv-" : "<CreditMemoAddRq requestID=\"cm-")
    QBXMLText.append(document.text.span.extracting(document.number.range), to: &sink)
    sink.append(isInvoice ? "\">\n<InvoiceAdd>" : "\">\n<CreditMemoAdd>")
    let table = isInvoice ? tables.invoice : tables.creditMemo
    for index in table.indices { appendHead(table[index], document) }
    sink.append(
      isInvoice
        ? "\n</InvoiceAdd></InvoiceAddRq>\n" : "\n</CreditMemoAdd></CreditMemoAddRq>\n")
  }

  private mutating func appendHead(
    _ entry: DocumentTables.Entry<DocumentSource>, _ document: borrowing SalesDocument
  ) {
    switch entry.source {
    case .customer: appendReference(fields.customers[document.customer])
    case .classPath:
      if let index = document.classIndex { appendReference(fields.classes[index]) }
    case .receivableAccount: appendReference(fields.receivableAccount)
    case .date: append(document.date, entry)
    case .number: append(document.number, of: document, entry)
    case .purchaseOrder:
      append(document.purchaseOrder, of: document, entry, limit: DesktopLimits.purchaseOrder)
    case .terms:
      if let index = document.terms { appendReference(fields.terms[index]) }
    case .dueDate: if let date = document.dueDate { append(date, entry) }
    case .shipDate: if let date = document.shipDate { append(date, entry) }
    case .memo: append(document.memo, of: document, entry, limit: DesktopLimits.memo)
    case .no:
      sink.append(tables.tags, entry.open)
      sink.append("false")
      sink.append(tables.tags, entry.close)
    case .lines:
      let table = document.kind == .invoice ? tables.invoiceLine : tables.creditMemoLine
      for index in document.lines.indices {
        sink.append(UInt8(ascii: "\n"))
        sink.append(tables.tags, entry.open)
        appendLine(document.lines[index], of: document, table)
        sink.append(tables.tags, entry.close)
      }
    }
  }

  private mutating func appendLine(
    _ line: SalesDocument.Line, of document: borrowing SalesDocument,
    _ table: [DocumentTables.Entry<LineSource>]
  ) {
    var quantity = line.quantity
    var rate = line.rate
    var isStated = true
    if let stated = quantity, let price = rate {
      isStated = DesktopLimits.canState(quantity: stated, rate: price)
      // A quantity is never negative: that line's rate is.
      if stated < .zero { (quantity, rate) = (-stated, -price) }
    }
    for index in table.indices {
      let entry = table[index]
      switch entry.source {
      case .item: appendReference(fields.items[line.item])
      case .description:
        if isStated {
          append(line.description, of: document, entry, limit: DesktopLimits.memo)
        } else {
          appendDescription(line, document, entry)
        }
      case .quantity:
        guard isStated, let quantity else { continue }
        sink.append(tables.tags, entry.open)
        sink.append(quantity)
        sink.append(tables.tags, entry.close)
      case .rate:
        guard isStated, let rate else { continue }
        sink.append(tables.tags, entry.open)
        sink.append(rate, atLeast: 2)
        sink.append(tables.tags, entry.close)
      case .classPath:
        if let index = document.classIndex { appendReference(fields.classes[index]) }
      case .amount:
        sink.append(tables.tags, entry.open)
        sink.append(line.amount)
        sink.append(tables.tags, entry.close)
      case .salesTaxCode: appendReference(fields.salesTaxCode)
      }
    }
  }

  /// A description with the quantity and the rate that QuickBooks could not keep as numbers.
  private mutating func appendDescription(
    _ line: SalesDocument.Line, _ document: borrowing SalesDocument,
    _ entry: DocumentTables.Entry<LineSource>
  ) {
    guard let quantity = line.quantity, let rate = line.rate else { return }
    var text: [UInt8] = []
    text.append(document.text.span.extracting(line.description.range))
    text.append(contentsOf: " (\(quantity) @ \(rate))".utf8)
    sink.append(tables.tags, entry.open)
    QBXMLText.append(text.span, to: &sink, limit: DesktopLimits.memo)
    sink.append(tables.tags, entry.close)
  }

  private mutating func appendReference(_ reference: TextRange) {
    sink.append(fields.bytes, reference)
  }

  private mutating func append<Source>(
    _ text: TextRange, of document: borrowing SalesDocument, _ entry: DocumentTables.Entry<Source>,
    limit: Int? = nil
  ) {
    guard !text.isEmpty else { return }
    let start = sink.count
    sink.append(tables.tags, entry.open)
    QBXMLText.append(document.text.span.extracting(text.range), to: &sink, limit: limit)
    if sink.count == start + Int(entry.open.count) {
      // Nothing but blanks: QuickBooks needs no empty element.
      sink.cut(to: start)
    } else {
      sink.append(tables.tags, entry.close)
    }
  }

  private mutating func append<Source>(
    _ date: CalendarDate, _ entry: DocumentTables.Entry<Source>
  ) {
    sink.append(tables.tags, entry.open)
    sink.append(date)
    sink.append(tables.tags, entry.close)
  }
}

/// The tables of documents, cut down to what is sent, with their tags as bytes.
private struct DocumentTables {
  struct Entry<Source> {
    var open: TextRange
    var close: TextRange
    var source: Source
  }

  /// The bytes of all tags.
  private(set) var tags: [UInt8] = []
  private(set) var invoice: [Entry<DocumentSource>] = []
  private(set) var creditMemo: [Entry<DocumentSource>] = []
  private(set) var invoiceLine: [Entry<LineSource>] = []
  private(set) var creditMemoLine: [Entry<LineSource>] = []

  init() {
    invoice = entries(QBXMLElements.invoiceAdd)
    creditMemo = entries(QBXMLElements.creditMemoAdd)
    invoiceLine = entries(QBXMLElements.invoiceLineAdd)
    creditMemoLine = entries(QBXMLElements.creditMemoLineAdd)
  }

  private mutating func entries<Source>(_ table: [QBXMLElement<Source>]) -> [Entry<Source>] {
    var entries: [Entry<Source>] = []
    for element in table {
      guard let source = element.source else { continue }
      entries.append(
        Entry(open: add("<\(element.name)>"), close: add("</\(element.name)>"), source: source))
    }
    return entries
  }

  private mutating func add(_ tag: String) -> TextRange {
    let start = tags.count
    tags.append(contentsOf: tag.utf8)
    return TextRange(start..<tags.count)
  }
}

/// References to list entries, encoded once: `<ItemRef><FullName>Linehaul</FullName></ItemRef>`.
private struct EncodedReferences {
  private(set) var bytes: [UInt8] = []
  private(set) var receivableAccount = TextRange.empty
  private(set) var salesTaxCode = TextRange.empty
  private(set) var customers: [TextRange] = []
  private(set) var items: [TextRange] = []
  private(set) var terms: [TextRange] = []
  private(set) var classes: [TextRange] = []

  init(_ lists: CompanyLists, _ format: QBXMLFormat) {
    let names = DesktopNames(.qbxml)
    receivableAccount = add("ARAccountRef", names.path(format.receivableAccount))
    if !format.salesTaxCode.isEmpty { salesTaxCode = add("SalesTaxCodeRef", format.salesTaxCode) }
    customers = lists.customers.map { add("CustomerRef", names.path($0.name)) }
    items = lists.items.map { add("ItemRef", names.path($0.name)) }
    terms = lists.terms.map { add("TermsRef", names.path($0.name)) }
    classes = lists.classes.map { add("ClassRef", names.path($0)) }
  }

  private mutating func add(_ element: String, _ name: String) -> TextRange {
    let start = bytes.count
    bytes.append(contentsOf: "<\(element)><FullName>".utf8)
    QBXMLText.append(name, to: &bytes, isName: true)
    bytes.append(contentsOf: "</FullName></\(element)>".utf8)
    return TextRange(start..<bytes.count)
  }
}
