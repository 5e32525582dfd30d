public import Vocabulary

/// Writes company lists and sales documents as IIF files.
///
/// The lists go into `001-lists.iif`, the documents into `002-documents.iif` and so on: to be imported
/// in that order; without anything to declare there is no file of lists. Rows are made as bytes in one
/// buffer, and the fields that repeat (customers, items, terms, classes) are encoded once, so a million
/// documents make no text values. Every file is checked and read back from the disk as soon as it is
/// complete, so that nothing has to be remembered of its documents; all of them keep their hidden names
/// until the caller publishes them.
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
  private let fields: EncodedLists
  private var rows: IIFRows
  private var current: StagedFile?
  private var preflight: IIFPreflight
  /// The totals of the documents in the current file.
  private var totals: [Int64] = []
  /// The files that were checked and read back.
  private var output: [OutputFile] = []

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
    fields = EncodedLists(lists, format)
    rows = IIFRows(format)
    preflight = IIFPreflight(format: format)
    preflight.know(lists)
    preflight.expect(documents: expectedDocuments)
    let bytes = try IIFLists.encode(lists, format)
    guard !bytes.isEmpty else { return }
    let file = try StagedFile(folder: folder, name: IIFWriter.name(1, digits, "lists"))
    do {
      try file.write(bytes)
      try file.finish()
      stagedFiles.append(file)
      try preflight.checkLists(path: file.stagedPath, name: file.name)
      try noteOutput(file, documents: 0, amount: .zero)
    } catch {
      file.discard()
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
      try write(document)
    } catch {
      discard()
      throw error
    }
  }

  private func write(_ document: borrowing SalesDocument) throws(Failure) {
    try check(document)
    if current == nil || totals.count >= max(1, format.documentsPerFile) { try beginFile() }
    rows.append(document, fields, hasClasses: hasClasses)
    totals.append((document.kind == .invoice ? document.total : -document.total).cents)
    if rows.sink.count >= IIFWriter.block { try flush() }
  }

  /// So many bytes are handed on at once.
  private static let block = 1 << 16

  private func flush() throws(Failure) {
    try current?.write(rows.sink)
    rows.sink.empty()
  }

  /// Completes the last file; all others were checked and read back when they were complete.
  ///
  /// - Returns: all files in the order of import; they still have their hidden names.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when a file is not what it must be;
  ///   then no file is left.
  public func finish() throws(Failure) -> [OutputFile] {
    do {
      try endFile()
      // What was checked need not be remembered any longer; the numbers of a million documents are much.
      preflight = IIFPreflight(format: format)
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
    totals.removeAll(keepingCapacity: true)
  }

  /// Forces the current file to disk and checks it there.
  private func endFile() throws(Failure) {
    guard let file = current else { return }
    try flush()
    try file.finish()
    stagedFiles.append(file)
    current = nil
    let amount = try readBack(file)
    try noteOutput(file, documents: totals.count, amount: amount)
  }

  private func noteOutput(
    _ file: StagedFile, documents: Int, amount: Money
  ) throws(Failure) {
    guard let fingerprint = file.fingerprint else { return }
    output.append(
      OutputFile(
        name: file.name, fingerprint: fingerprint, documents: documents, amount: amount))
  }

  /// Checks a finished file from its bytes on the disk, and compares its documents one by one as they read back.
  private func readBack(_ file: StagedFile) throws(Failure) -> Money {
    let expected = totals
    var count = 0
    var amount = Money.zero
    let lines = try IIFLines(path: file.stagedPath, name: file.name)
    try preflight.checkDocuments(lines) { document throws(Failure) in
      guard count < expected.count, document.total.cents == expected[count],
        document.balance == .zero
      else {
        throw Failure(
          .ownBug, "a document reads back with a total of \(document.total)",
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
    return amount
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
}

/// The fields of list entries, encoded once.
struct EncodedLists {
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
