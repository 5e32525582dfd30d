internal import Vocabulary

/// Reads the documents of qbXML files: answers to queries for invoices and credit memos, or the requests
/// that were written to be sent.
enum QBXMLBookReader {
  /// Adds what a file holds; one that holds no documents adds nothing.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func read(_ path: String, into table: inout BookTable) throws(Failure) {
    if holdsRequests(try BooksReader.head(path)) {
      return try readRequests(path, into: &table)
    }
    let file = BookFile(name: path, form: .qbxml, fingerprint: try BooksReader.fingerprint(path))
    let visitor = BookVisitor(table, file)
    // The visitor is the only owner while it fills the table.
    table = BookTable()
    let stream = XMLStream(
      path: path, name: path, names: BookVisitor.names, maximumBytes: QBXMLAnswers.maximumBytes,
      visitor: visitor)
    var thrown: Failure?
    do throws(Failure) { try stream.read() } catch { thrown = error }
    table = visitor.giveBack()
    if let thrown { throw thrown }
  }

  /// Whether a file that begins with these bytes holds requests and not their answers.
  static func holdsRequests(_ head: [UInt8]) -> Bool {
    let text = String(decoding: head.prefix(4096), as: UTF8.self)
    return text.contains("<QBXMLMsgsRq") && !text.contains("<QBXMLMsgsRs")
  }

  private static func readRequests(_ path: String, into table: inout BookTable) throws(Failure) {
    let file = BookFile(name: path, form: .requests, fingerprint: try BooksReader.fingerprint(path))
    var collected = table
    table = BookTable()
    var hasBegun = false
    defer { table = collected }
    try QBXMLRequests.forEach(ofFile: path, validating: false) { request throws(Failure) in
      guard let written = request.document else { return }
      if !hasBegun { collected.begin(file) }
      hasBegun = true
      var document = BookTable.Document()
      document.kind = written.type == "CREDIT MEMO" ? .creditMemo : .invoice
      document.total = written.total
      document.date = CalendarDate(iso: written.date)
      document.line = written.line
      let (number, customer) = (Array(written.number.utf8), Array(written.customer.utf8))
      collected.add(document, number: number.span, customer: customer.span)
    }
  }
}

/// Puts documents together from the elements of an answer.
private final class BookVisitor: XMLVisitor {
  /// What an element is, by the number of its name.
  private enum Element: Int, CaseIterable {
    case qbxml, answers, invoiceQuery, creditMemoQuery, invoice, creditMemo, customer
    case fullName, id, number, date, dueDate, subtotal, tax, total, balance, credit, memo
    case pending

    var name: String {
      switch self {
      case .qbxml: "QBXML"
      case .answers: "QBXMLMsgsRs"
      case .invoiceQuery: "InvoiceQueryRs"
      case .creditMemoQuery: "CreditMemoQueryRs"
      case .invoice: "InvoiceRet"
      case .creditMemo: "CreditMemoRet"
      case .customer: "CustomerRef"
      case .fullName: "FullName"
      case .id: "TxnID"
      case .number: "RefNumber"
      case .date: "TxnDate"
      case .dueDate: "DueDate"
      case .subtotal: "Subtotal"
      case .tax: "SalesTaxTotal"
      case .total: "TotalAmount"
      case .balance: "BalanceRemaining"
      case .credit: "CreditRemaining"
      case .memo: "Memo"
      case .pending: "IsPending"
      }
    }

    var isText: Bool { rawValue >= Element.fullName.rawValue }
  }

  static let names = Element.allCases.map(\.name)

  private var table: BookTable
  private var file: BookFile
  private var hasBegun = false
  /// How much is left to ask for, by the kind of the query, as its last answer says.
  private var remaining: [Element: Int] = [:]
  /// Whether QuickBooks did not answer a query.
  private var hasFailed = false
  /// The queries that were answered.
  private var answered: Set<Element> = []
  private var saysVoid = false
  private var depth = 0
  private var document = BookTable.Document()
  private var isInside = false
  private var isInCustomer = false
  private var number: [UInt8] = []
  private var customer: [UInt8] = []
  private var id: [UInt8] = []
  private var subtotal: Money?
  private var tax: Money?
  private var collecting: Element?
  private var bytes: [UInt8] = []

  init(_ table: BookTable, _ file: BookFile) {
    self.table = table
    self.file = file
  }

  func giveBack() -> BookTable { table }

  func begin(_ element: Int, _ attributes: XMLAttributes, in stream: XMLStream) {
    depth += 1
    let element = Element(rawValue: element)
    switch (depth, element) {
    case (1, let element?) where element == .qbxml: break
    case (1, _):
      stream.fail(
        Failure(
          .inputUnreadable,
          "\(stream.name) is not an answer of QuickBooks: it does not begin with a "
            + "QBXML element", remedy: "save what QuickBooks answered into a file of its own",
          location: stream.location))
    case (3, let element?) where element == .invoiceQuery || element == .creditMemoQuery:
      beginAnswer(element, attributes, stream)
    case (4, .invoice?) where hasBegun: beginDocument(.invoice, stream)
    case (4, .creditMemo?) where hasBegun: beginDocument(.creditMemo, stream)
    case (5, .customer?): isInCustomer = isInside
    case (5, let element?) where isInside && element.isText && element != .fullName:
      collect(element)
    case (6, .fullName?) where isInCustomer: collect(.fullName)
    default: break
    }
  }

  private func beginAnswer(
    _ element: Element, _ attributes: XMLAttributes, _ stream: XMLStream
  ) {
    let status = attributes["statusCode"].flatMap { Int($0) } ?? 0
    begin()
    // Status 1 says that there is none.
    if status >= 1000 || attributes["statusSeverity"] == "Error" {
      hasFailed = true
      table.files[table.files.count - 1].faults.append(
        BookFile.Fault(
          "QuickBooks did not answer a query: \(attributes["statusMessage"] ?? "status \(status)")",
          remedy: "ask again, and save the new answer", location: stream.location))
    }
    if let left = attributes["iteratorRemainingCount"].flatMap({ Int($0) }) {
      remaining[element] = left
    }
    answered.insert(element)
    table.files[table.files.count - 1].listsInvoices = answered.contains(.invoiceQuery)
    table.files[table.files.count - 1].listsCreditMemos = answered.contains(.creditMemoQuery)
    table.files[table.files.count - 1].isPartial =
      hasFailed || remaining.values.contains { $0 > 0 }
  }

  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    table.begin(file)
  }

  private func beginDocument(_ kind: SalesDocument.Kind, _ stream: XMLStream) {
    document = BookTable.Document()
    document.kind = kind
    document.line = stream.line
    isInside = true
    (subtotal, tax, saysVoid) = (nil, nil, false)
    number.removeAll(keepingCapacity: true)
    customer.removeAll(keepingCapacity: true)
    id.removeAll(keepingCapacity: true)
  }

  private func collect(_ element: Element) {
    collecting = element
    bytes.removeAll(keepingCapacity: true)
  }

  func text(_ piece: UnsafeBufferPointer<UInt8>) {
    if collecting != nil { bytes.append(contentsOf: piece) }
  }

  func end(_ element: Int, in stream: XMLStream) {
    if let collecting, element == collecting.rawValue {
      take(collecting)
      self.collecting = nil
    } else if depth == 5, isInCustomer {
      isInCustomer = false
    } else if depth == 4, isInside {
      finish()
    }
    depth -= 1
  }

  private func take(_ element: Element) {
    switch element {
    case .fullName: if customer.isEmpty { customer = bytes }
    case .id: id = bytes
    case .number: number = bytes
    case .date: document.date = day()
    case .dueDate: document.dueDate = day()
    case .subtotal: subtotal = amount()
    case .tax: tax = amount()
    case .total: document.total = amount()
    case .balance, .credit: document.balance = amount()
    case .memo: saysVoid = BookReport.isVoid(memo: bytes.span)
    case .pending: document.isPending = bytes.elementsEqual("true".utf8)
    default: break
    }
  }

  private func day() -> CalendarDate? {
    if let day = WrittenDate(bytes.span).day(nil) { return day }
    if !bytes.isEmpty { document.marks.insert(.dateUnreadable) }
    return nil
  }

  private func amount() -> Money? {
    if case .value(let value) = FixedDecimal.parse(bytes.span, .us), let money = Money(value) {
      return money
    }
    if !bytes.isEmpty { document.marks.insert(.amountUnreadable) }
    return nil
  }

  private func finish() {
    isInside = false
    let (id, number, customer) = (id, number, customer)
    // An invoice has no element for its total: it is the lines and the sales tax on top.
    if document.total == nil, let subtotal { document.total = subtotal + (tax ?? .zero) }
    if document.kind == .creditMemo {
      document.total = document.total.map { -$0 }
      document.balance = document.balance.map { -$0 }
    }
    document.isVoid = saysVoid && (document.total ?? .zero) == .zero
    // A saved answer may hold a document again that an earlier one held.
    if let earlier = table.document(withID: id.span) {
      return table.meetAgain(earlier, document)
    }
    table.add(document, number: number.span, customer: customer.span)
  }
}
