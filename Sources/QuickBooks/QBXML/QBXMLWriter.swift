public import Vocabulary

/// Writes company lists and sales documents as qbXML request files.
///
/// The lists go into the first files, terms, accounts, classes, items and customers in that order and
/// parents before children; the documents follow. Every file is one complete set of requests with an
/// id of its own, to be sent in the order of the names. Elements are written by going through the
/// tables of `QBXMLElements`; what repeats (references to customers, items, terms, classes) is
/// encoded once, so a million documents make no text values. Each finished file is validated against
/// our schema and read back from its bytes before the next one is begun.
public final class QBXMLWriter: DocumentWriter {
  /// The files finished so far, in the order in which QuickBooks must take them.
  public private(set) var stagedFiles: [StagedFile] = []

  private let format: QBXMLFormat
  private let folder: String
  private let messageSets: QBXMLMessageSets
  private let digits: Int
  private let fields: EncodedReferences
  private let tables: DocumentTables
  private var row: [UInt8] = []
  private var current: StagedFile?
  /// What the current file must read back as.
  private var expected = QBXMLExpectation()
  private var checker: QBXMLChecker
  private var output: [OutputFile] = []

  /// Begins with the files of lists.
  ///
  /// - Parameters:
  ///   - lists: everything the documents will refer to.
  ///   - format: the user's choices.
  ///   - run: the run's id, from which the sets get theirs.
  ///   - folder: where the files shall stand; it must exist.
  ///   - expectedDocuments: how many documents will come at most; decides how wide the numbers in
  ///     the files' names are.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when the lists contradict themselves.
  public init(
    lists: CompanyLists, format: QBXMLFormat, run: String, folder: String, expectedDocuments: Int
  ) throws(Failure) {
    self.format = format
    self.folder = folder
    messageSets = QBXMLMessageSets(run: run)
    let entries = try QBXMLLists.requests(for: lists, format)
    let perFile = max(1, format.requestsPerFile)
    let files = (entries.requests.count + perFile - 1) / perFile
    digits = max(
      3, String(files + (max(0, expectedDocuments) + perFile - 1) / perFile).utf8.count)
    fields = EncodedReferences(lists, format)
    tables = DocumentTables()
    checker = QBXMLChecker(format: format, known: entries.known)
    row.reserveCapacity(1 << 12)
    do {
      for request in entries.requests { try write(request, "lists", .continueOnError) }
      try endFile()
    } catch {
      discard()
      throw error
    }
  }

  /// Adds an invoice or a credit memo.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when the document's lines do not add
  ///   up to its total, its total is negative, or its number is not one that QuickBooks keeps;
  ///   then no file is left.
  public func append(_ document: borrowing SalesDocument) throws(Failure) {
    do {
      try check(document)
      try makeRoom("documents", format.onError)
      row.removeAll(keepingCapacity: true)
      appendDocument(document)
      try current?.write(row)
      let isInvoice = document.kind == .invoice
      expected.add(isInvoice ? document.total : -document.total)
    } catch {
      discard()
      throw error
    }
  }

  /// Completes the files; every one of them has been checked and read back when it returns.
  ///
  /// - Returns: all files in the order in which they must be sent; they have their hidden names.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when a file is not what it must be;
  ///   then no file is left.
  public func finish() throws(Failure) -> [OutputFile] {
    do {
      try endFile()
      return output
    } catch {
      discard()
      throw error
    }
  }

  /// Removes everything written and not yet published.
  public func discard() {
    current?.discard()
    for file in stagedFiles { file.discard() }
  }

  // MARK: Files

  private func write(
    _ request: [UInt8], _ what: String, _ onError: QBXMLFormat.OnError
  ) throws(Failure) {
    try makeRoom(what, onError)
    try current?.write(request)
    expected.requests += 1
  }

  /// Begins a new file when there is none or when it is full.
  private func makeRoom(_ what: String, _ onError: QBXMLFormat.OnError) throws(Failure) {
    if current != nil, expected.requests < max(1, format.requestsPerFile) { return }
    try endFile()
    let number = stagedFiles.count + 1
    let text = String(number)
    guard text.utf8.count <= digits else {
      throw Failure(
        .ownBug, "more documents came than were announced",
        remedy: "run the same command again; when it happens again, report it")
    }
    let padded = String(repeating: "0", count: digits - text.utf8.count) + text
    let file = try StagedFile(folder: folder, name: "\(padded)-\(what).xml")
    let set = messageSets.id(number)
    try file.write(
      QBXMLEnvelope.start(version: format.version, onError: onError, messageSet: set))
    current = file
    expected = QBXMLExpectation(messageSet: set)
  }

  private func endFile() throws(Failure) {
    guard let file = current else { return }
    try file.write(QBXMLEnvelope.end)
    try file.finish()
    stagedFiles.append(file)
    current = nil
    guard let fingerprint = file.fingerprint else { return }
    let amount = try checker.check(path: file.stagedPath, name: file.name, expected)
    output.append(
      OutputFile(
        name: file.name, fingerprint: fingerprint, documents: expected.totals.count,
        amount: amount, messageSet: expected.messageSet))
  }

  // MARK: Documents

  private func check(_ document: borrowing SalesDocument) throws(Failure) {
    var sum = Money.zero
    var isInRange = true
    var isKnown = fields.customers.indices.contains(document.customer)
    for line in document.lines {
      guard line.amount.cents.magnitude <= Money.maximum.cents.magnitude else {
        isInRange = false
        break
      }
      sum += line.amount
      isKnown = isKnown && fields.items.indices.contains(line.item)
    }
    if let terms = document.terms { isKnown = isKnown && fields.terms.indices.contains(terms) }
    if let index = document.classIndex {
      isKnown = isKnown && fields.classes.indices.contains(index)
    }
    let number = document.text.span.extracting(document.number.range)
    let changes = DesktopText.iifASCII.changes(number, limit: DesktopLimits.documentNumber)
    let reason: String? =
      if number.isEmpty {
        "it has no number"
      } else if !changes.isEmpty {
        "QuickBooks would not keep its number as it is"
      } else if document.lines.isEmpty {
        "it has no lines"
      } else if !isInRange {
        "an amount is larger than QuickBooks takes"
      } else if sum != document.total {
        "its lines add up to \(sum), its total is \(document.total)"
      } else if document.total < .zero {
        "its total \(document.total) is negative"
      } else if !isKnown {
        "it refers to a list entry that does not exist"
      } else {
        nil
      }
    guard let reason else { return }
    throw Failure(
      .ownBug, "document \(document.text.text(document.number)) cannot be written: \(reason)",
      remedy: "report this; nothing was written for QuickBooks")
  }

  private func appendDocument(_ document: borrowing SalesDocument) {
    let isInvoice = document.kind == .invoice
    let number = document.text.span.extracting(document.number.range)
    row.append(
      contentsOf: isInvoice
        ? "<InvoiceAddRq requestID=\"inv-".utf8 : "<CreditMemoAddRq requestID=\"cm-".utf8)
    QBXMLText.append(number, to: &row)
    row.append(contentsOf: isInvoice ? "\">\n<InvoiceAdd>".utf8 : "\">\n<CreditMemoAdd>".utf8)
    for entry in isInvoice ? tables.invoice : tables.creditMemo {
      appendHead(entry, document)
    }
    row.append(
      contentsOf: isInvoice
        ? "\n</InvoiceAdd></InvoiceAddRq>\n".utf8 : "\n</CreditMemoAdd></CreditMemoAddRq>\n".utf8)
  }

  private func appendHead(
    _ entry: DocumentTables.Entry<DocumentSource>, _ document: borrowing SalesDocument
  ) {
    switch entry.source {
    case .customer: appendFragment(fields.customers[document.customer])
    case .classPath:
      if let index = document.classIndex { appendFragment(fields.classes[index]) }
    case .receivableAccount: appendFragment(fields.receivableAccount)
    case .date: append(document.date, entry)
    case .number: append(document.number, of: document, entry)
    case .purchaseOrder:
      append(document.purchaseOrder, of: document, entry, limit: DesktopLimits.purchaseOrder)
    case .terms:
      if let index = document.terms { appendFragment(fields.terms[index]) }
    case .dueDate: if let date = document.dueDate { append(date, entry) }
    case .shipDate: if let date = document.shipDate { append(date, entry) }
    case .memo: append(document.memo, of: document, entry, limit: DesktopLimits.memo)
    case .no:
      row.append(contentsOf: entry.open)
      row.append(contentsOf: "false".utf8)
      row.append(contentsOf: entry.close)
    case .lines:
      let table =
        document.kind == .invoice ? tables.invoiceLine : tables.creditMemoLine
      for index in document.lines.indices {
        row.append(UInt8(ascii: "\n"))
        row.append(contentsOf: entry.open)
        appendLine(index, of: document, table)
        row.append(contentsOf: entry.close)
      }
    }
  }

  private func appendLine(
    _ index: Int, of document: borrowing SalesDocument,
    _ table: [DocumentTables.Entry<LineSource>]
  ) {
    let line = document.lines[index]
    var quantity = line.quantity
    var rate = line.rate
    var isStated = true
    if let stated = quantity, let price = rate {
      isStated = DesktopLimits.canState(quantity: stated, rate: price)
      // A quantity is never negative: that line's rate is.
      if stated < .zero { (quantity, rate) = (-stated, -price) }
    }
    for entry in table {
      switch entry.source {
      case .item: appendFragment(fields.items[line.item])
      case .description:
        if isStated {
          append(line.description, of: document, entry, limit: DesktopLimits.memo)
        } else {
          appendDescription(line, document, entry)
        }
      case .quantity:
        guard isStated, let quantity else { continue }
        row.append(contentsOf: entry.open)
        quantity.append(to: &row)
        row.append(contentsOf: entry.close)
      case .rate:
        guard isStated, let rate else { continue }
        row.append(contentsOf: entry.open)
        rate.append(to: &row, atLeast: 2)
        row.append(contentsOf: entry.close)
      case .classPath:
        if let index = document.classIndex { appendFragment(fields.classes[index]) }
      case .amount:
        row.append(contentsOf: entry.open)
        line.amount.append(to: &row)
        row.append(contentsOf: entry.close)
      case .salesTaxCode: appendFragment(fields.salesTaxCode)
      }
    }
  }

  /// A description with the quantity and the rate that QuickBooks could not keep as numbers.
  private func appendDescription(
    _ line: SalesDocument.Line, _ document: borrowing SalesDocument,
    _ entry: DocumentTables.Entry<LineSource>
  ) {
    guard let quantity = line.quantity, let rate = line.rate else { return }
    var text: [UInt8] = []
    text.append(document.text.span.extracting(line.description.range))
    text.append(contentsOf: " (\(quantity) @ \(rate))".utf8)
    row.append(contentsOf: entry.open)
    QBXMLText.append(text.span, to: &row, limit: DesktopLimits.memo)
    row.append(contentsOf: entry.close)
  }

  private func appendFragment(_ fragment: TextRange) {
    row.append(contentsOf: fields.bytes[fragment.range])
  }

  private func append<Source>(
    _ text: TextRange, of document: borrowing SalesDocument, _ entry: DocumentTables.Entry<Source>,
    limit: Int? = nil
  ) {
    guard !text.isEmpty else { return }
    row.append(contentsOf: entry.open)
    let start = row.count
    QBXMLText.append(
      document.text.span.extracting(text.range), to: &row, limit: limit)
    if row.count == start {
      // Nothing but blanks: QuickBooks needs no empty element.
      row.removeLast(entry.open.count)
    } else {
      row.append(contentsOf: entry.close)
    }
  }

  private func append<Source>(_ date: CalendarDate, _ entry: DocumentTables.Entry<Source>) {
    row.append(contentsOf: entry.open)
    IIFColumns.append(date, .yearMonthDay, to: &row)
    row.append(contentsOf: entry.close)
  }
}

/// The tables of documents, cut down to what is sent, with their tags as bytes.
private struct DocumentTables {
  struct Entry<Source> {
    var open: [UInt8]
    var close: [UInt8]
    var source: Source
  }

  let invoice = DocumentTables.entries(QBXMLElements.invoiceAdd)
  let creditMemo = DocumentTables.entries(QBXMLElements.creditMemoAdd)
  let invoiceLine = DocumentTables.entries(QBXMLElements.invoiceLineAdd)
  let creditMemoLine = DocumentTables.entries(QBXMLElements.creditMemoLineAdd)

  private static func entries<Source>(_ table: [QBXMLElement<Source>]) -> [Entry<Source>] {
    table.compactMap { element in
      element.source.map {
        Entry(
          open: Array("<\(element.name)>".utf8), close: Array("</\(element.name)>".utf8),
          source: $0)
      }
    }
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
