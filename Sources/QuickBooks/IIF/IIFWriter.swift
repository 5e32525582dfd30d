public import Vocabulary

/// Writes company lists and sales documents as IIF files.
///
/// The lists go into `001-lists.iif`, the documents into `002-documents.iif` and so on: to be imported
/// in that order; without anything to declare there is no file of lists. Rows are made as bytes in one buffer, and the fields that repeat (customers, items,
/// terms, classes) are encoded once, so a million documents make no text values. The files keep their
/// hidden names until the caller publishes them; ``finish()`` reads every one of them back first.
///
/// Signs follow Intuit's sample files for QuickBooks 2006 and later. An invoice raises the receivable
/// account: its TRNS amount is positive, its lines' amounts and quantities are negative, prices keep
/// their sign. A credit memo is the mirror image.
public final class IIFWriter: DocumentWriter {
  /// The files finished so far, in the order of import; to be published by the caller.
  public private(set) var stagedFiles: [StagedFile] = []

  private let format: IIFFormat
  private let folder: String
  private let digits: Int
  private let hasClasses: Bool
  private let lists: CompanyLists
  private var hasLists = false
  private let fields: EncodedLists
  private var row: [UInt8] = []
  private var current: StagedFile?
  private var totals: [[Int64]] = []

  /// Begins with the file of lists.
  ///
  /// - Parameters:
  ///   - lists: everything the documents will refer to.
  ///   - format: the user's choices.
  ///   - folder: where the files shall stand; it must exist.
  ///   - expectedDocuments: how many documents will come at most; decides how wide the numbers in
  ///     the files' names are.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when the lists contradict themselves.
  public init(
    lists: CompanyLists, format: IIFFormat, folder: String, expectedDocuments: Int
  ) throws(Failure) {
    self.format = format
    self.folder = folder
    let perFile = max(1, format.documentsPerFile)
    let files = 1 + (max(0, expectedDocuments) + perFile - 1) / perFile
    digits = max(3, String(files).utf8.count)
    hasClasses = !lists.classes.isEmpty
    self.lists = lists
    fields = EncodedLists(lists, format)
    row.reserveCapacity(1 << 12)
    let bytes = try IIFLists.encode(lists, format)
    guard !bytes.isEmpty else { return }
    hasLists = true
    let file = try StagedFile(folder: folder, name: IIFWriter.name(1, digits, "lists"))
    try file.write(bytes)
    try file.finish()
    stagedFiles.append(file)
  }

  /// Adds an invoice or a credit memo.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when the document's lines do not add
  ///   up to its total, its total is negative, or its number is not one that QuickBooks keeps;
  ///   then no file is left.
  public func append(_ document: borrowing SalesDocument) throws(Failure) {
    do {
      try write(document)
    } catch {
      discard()
      throw error
    }
  }

  private func write(_ document: borrowing SalesDocument) throws(Failure) {
    try check(document)
    if totals.last.map({ $0.count >= max(1, format.documentsPerFile) }) ?? true { try beginFile() }
    row.removeAll(keepingCapacity: true)
    let isInvoice = document.kind == .invoice
    appendHead(document, amount: isInvoice ? document.total : -document.total)
    for index in document.lines.indices { appendLine(index, of: document) }
    row.append(contentsOf: "ENDTRNS\r\n".utf8)
    try current?.write(row)
    totals[totals.count - 1].append((isInvoice ? document.total : -document.total).cents)
  }

  /// Completes the files, checks their bytes on disk and reads the documents back.
  ///
  /// - Returns: all files in the order of import; they still have their hidden names.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when a file is not what it must be;
  ///   then no file is left.
  public func finish() throws(Failure) -> [OutputFile] {
    do {
      try endFile()
      return try verify()
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

  private static func name(_ number: Int, _ digits: Int, _ what: String) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text + "-\(what).iif"
  }

  private func beginFile() throws(Failure) {
    try endFile()
    let number = stagedFiles.count + 1
    guard String(number).utf8.count <= digits else {
      throw Failure(
        .ownBug, "more documents came than were announced",
        remedy: "run the same command again; when it happens again, report it")
    }
    let file = try StagedFile(
      folder: folder, name: IIFWriter.name(number, digits, "documents"))
    try file.write(IIFColumns.header(hasClasses: hasClasses))
    current = file
    totals.append([])
  }

  private func endFile() throws(Failure) {
    guard let file = current else { return }
    try file.finish()
    stagedFiles.append(file)
    current = nil
  }

  /// Checks every file from its bytes, then reads its documents back and compares them one by one.
  private func verify() throws(Failure) -> [OutputFile] {
    var output: [OutputFile] = []
    var preflight = IIFPreflight(format: format)
    preflight.know(lists)
    for (index, file) in stagedFiles.enumerated() {
      guard let fingerprint = file.fingerprint else { continue }
      var (documents, amount) = (0, Money.zero)
      if index == 0, hasLists {
        try preflight.checkLists(path: file.stagedPath, name: file.name)
      } else {
        try preflight.checkDocuments(path: file.stagedPath, name: file.name)
        (documents, amount) = try readBack(file, expecting: totals[index - (hasLists ? 1 : 0)])
      }
      output.append(
        OutputFile(
          name: file.name, fingerprint: fingerprint, documents: documents, amount: amount))
    }
    return output
  }

  private func readBack(
    _ file: StagedFile, expecting expected: [Int64]
  ) throws(Failure) -> (Int, Money) {
    let reader = try IIFReader(
      path: file.stagedPath, name: file.name, isASCII: format.encoding == .ascii)
    var count = 0
    var amount = Money.zero
    try IIFDocuments.forEach(of: reader) { document throws(Failure) in
      guard count < expected.count, document.total.cents == expected[count],
        document.balance == .zero
      else {
        throw Failure(
          .ownBug, "document \(document.number) reads back with a total of \(document.total)",
          remedy: "do not import the file, and report this",
          location: SourceLocation(file: file.name, line: document.line))
      }
      count += 1
      amount += document.total
    }
    guard count == expected.count else {
      throw Failure(
        .ownBug, "\(file.name) holds \(count) documents, \(expected.count) were written",
        remedy: "do not import the file, and report this")
    }
    return (count, amount)
  }

  // MARK: Rows

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
    let changes = format.encoding.text.changes(number, limit: DesktopLimits.documentNumber)
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

  private func appendHead(_ document: borrowing SalesDocument, amount: Money) {
    let isInvoice = document.kind == .invoice
    appendStart("TRNS", document)
    tab(fields.receivableAccount)
    tab(fields.customers[document.customer].name)
    if hasClasses { tabClass(document.classIndex) }
    row.append(UInt8(ascii: "\t"))
    amount.append(to: &row)
    tab(document.text.span.extracting(document.number.range))
    tab(document.text.span.extracting(document.memo.range), limit: DesktopLimits.memo)
    row.append(contentsOf: "\tN\tN\tN".utf8)
    row.append(contentsOf: fields.bytes[fields.customers[document.customer].address.range])
    tab(isInvoice ? document.dueDate : document.date)
    if isInvoice, let terms = document.terms {
      tab(fields.terms[terms])
    } else {
      row.append(UInt8(ascii: "\t"))
    }
    row.append(contentsOf: "\tN".utf8)
    tab(document.shipDate)
    tab(
      document.text.span.extracting(document.purchaseOrder.range),
      limit: DesktopLimits.purchaseOrder)
    row.append(contentsOf: "\tN\r\n".utf8)
  }

  private func appendLine(_ index: Int, of document: borrowing SalesDocument) {
    let line = document.lines[index]
    let isInvoice = document.kind == .invoice
    appendStart("SPL", document)
    tab(fields.items[line.item].account)
    row.append(UInt8(ascii: "\t"))
    if hasClasses { tabClass(document.classIndex) }
    row.append(UInt8(ascii: "\t"))
    (isInvoice ? -line.amount : line.amount).append(to: &row)
    row.append(UInt8(ascii: "\t"))
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
    row.append(contentsOf: "\tN\t".utf8)
    (isInvoice ? -quantity : quantity).append(to: &row)
    row.append(UInt8(ascii: "\t"))
    price.append(to: &row, atLeast: 2)
    tab(fields.items[line.item].name)
    row.append(contentsOf: "\tN\t\tN\r\n".utf8)
  }

  private func appendStart(_ keyword: StaticString, _ document: borrowing SalesDocument) {
    keyword.withUTF8Buffer { row.append(contentsOf: $0) }
    row.append(
      contentsOf: document.kind == .invoice ? "\t\tINVOICE".utf8 : "\t\tCREDIT MEMO".utf8)
    tab(document.date)
  }

  private func tabClass(_ index: Int?) {
    if let index { tab(fields.classes[index]) } else { row.append(UInt8(ascii: "\t")) }
  }

  private func tab(_ field: TextRange) {
    row.append(UInt8(ascii: "\t"))
    row.append(contentsOf: fields.bytes[field.range])
  }

  private func tab(_ text: Span<UInt8>, limit: Int? = nil) {
    row.append(UInt8(ascii: "\t"))
    IIFText.append(text, to: &row, encoding: format.encoding, limit: limit)
  }

  private func tab(_ date: CalendarDate?) {
    row.append(UInt8(ascii: "\t"))
    if let date { IIFColumns.append(date, format.dates, to: &row) }
  }
}

/// The fields of list entries, encoded once.
private struct EncodedLists {
  private(set) var bytes: [UInt8] = []
  private(set) var receivableAccount = TextRange.empty
  /// Names, and the five address fields with a tab before each.
  private(set) var customers: [(name: TextRange, address: TextRange)] = []
  private(set) var items: [(name: TextRange, account: TextRange)] = []
  private(set) var terms: [TextRange] = []
  private(set) var classes: [TextRange] = []

  init(_ lists: CompanyLists, _ format: IIFFormat) {
    let names = DesktopNames(format.encoding.text)
    receivableAccount = add(names.path(format.receivableAccount), format, isName: true)
    for item in lists.items {
      items.append(
        (
          add(names.path(item.name), format, isName: true),
          add(names.path(item.account), format, isName: true)
        ))
    }
    for entry in lists.terms { terms.append(add(names.path(entry.name), format, isName: true)) }
    for entry in lists.classes { classes.append(add(names.path(entry), format, isName: true)) }
    for customer in lists.customers {
      let name = add(names.path(customer.name), format, isName: true)
      let lines = DesktopAddress.lines(of: customer, as: format.encoding.text)
      let start = bytes.count
      for index in 0..<DesktopLimits.addressLines {
        bytes.append(UInt8(ascii: "\t"))
        if index < lines.count { _ = add(lines[index], format) }
      }
      customers.append((name, TextRange(start..<bytes.count)))
    }
  }

  private mutating func add(
    _ text: String, _ format: IIFFormat, isName: Bool = false
  ) -> TextRange {
    let start = bytes.count
    IIFText.append(text, to: &bytes, encoding: format.encoding, isName: isName)
    return TextRange(start..<bytes.count)
  }
}
