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
  private var elements: QBXMLDocuments
  private var current: StagedFile?
  /// What the current file must read back as.
  private var expected = QBXMLExpectation()
  private let checker: QBXMLChecker
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
    elements = QBXMLDocuments(lists, format)
    checker = QBXMLChecker(format: format, known: entries.known)
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
      elements.append(document)
      try current?.write(elements.sink)
      elements.sink.empty()
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
    for line in document.lines {
      guard line.amount.cents.magnitude <= Money.maximum.cents.magnitude else {
        isInRange = false
        break
      }
      sum += line.amount
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
      } else if !elements.knows(document) {
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
