internal import Sheets
public import Vocabulary

/// Where the documents of a company's books come from: files, or QuickBooks itself.
///
/// A source fills a table: for each file, or each answer, it begins a ``BookFile`` and adds what that holds.
/// It may be asked once. What it cannot read ends the reading with a failure; what makes a file doubtful is
/// told as a fault of the file.
public protocol BookDocumentSource {
  /// Adds every document to the table.
  ///
  /// - Throws: `Failure`.
  func fill(_ table: inout BookTable) throws(Failure)
}

/// How what people exported is to be understood, where it does not say itself.
public struct BookConventions: Sendable {
  /// Which of day and month comes first where a whole column fits both ways.
  public var dateOrder: DateOrder
  /// The same for the files that we write ourselves.
  public var writtenOrder: DateOrder
  /// How amounts are written.
  public var numbers: NumberStyle

  /// Conventions.
  public init(
    dateOrder: DateOrder = .mdy, writtenOrder: DateOrder = .mdy,
    numbers: NumberStyle = NumberStyle()
  ) {
    self.dateOrder = dateOrder
    self.writtenOrder = writtenOrder
    self.numbers = numbers
  }
}

/// Reads invoices and credit memos out of what was exported from QuickBooks, or written for it.
///
/// What a file is, is told by its content, never by its name: answers to qbXML queries, IIF files with
/// transactions, reports as text or as workbooks. Files of lists, which may stand in the same folder,
/// are passed over, and told in ``BookTable/passedOver``. What `pull` has fetched from QuickBooks Online counts
/// where it is named, or where nothing else in the folders lists documents: a report says more of them.
public struct BookDocumentFiles: BookDocumentSource {
  private let paths: [String]
  private let conventions: BookConventions

  /// Files, or folders of which every file is read that is not hidden.
  public init(_ paths: [String], _ conventions: BookConventions = BookConventions()) {
    self.paths = paths
    self.conventions = conventions
  }

  /// Reads all files.
  ///
  /// - Throws: `Failure` with cause `inputMissing`; with `inputUnreadable`, also when a file that is named
  ///   holds no documents, or no file of the folders does.
  public func fill(_ table: inout BookTable) throws(Failure) {
    let files = try BooksReader.files(paths)
    var pulled: [String] = []
    for path in files {
      let isNamed = paths.contains(path)
      let before = table.files.count
      var isOfLoadOps = false
      if isNamed || !BookDocumentFiles.isForPeople(path) {
        let kind = BooksReader.Kind(of: try BooksReader.head(path))
        if kind == .online, !isNamed {
          pulled.append(path)
          continue
        }
        isOfLoadOps = try read(path, kind, into: &table)
      }
      guard table.files.count == before else { continue }
      guard !isNamed else { throw BookDocumentFiles.notUnderstood(path, isOfLoadOps) }
      table.passedOver.append(path)
    }
    if table.files.isEmpty {
      for path in pulled { try BookDocumentFiles.readPulled(path, into: &table) }
    }
    guard !table.files.isEmpty else {
      let places = paths.joined(separator: ", ")
      throw Failure(
        .inputUnreadable,
        files.isEmpty
          ? "there is no file in \(places)" : "no file in \(places) lists invoices of QuickBooks",
        remedy: BookDocumentFiles.remedy)
    }
    guard table.files.count > 1 else { return }
    let index = BookIndex(table)
    table.join(index)
  }

  private static let remedy =
    "export one of the reports Invoice List, Transaction List by Customer, Open Invoices or "
    + "A/R Aging Detail from QuickBooks, or save its answer to an invoice query, and name the file "
    + "with --books; QuickBooks Online is asked with --online"

  /// What somebody names is read, or refused: a file left out may be the one with the difference.
  private static func notUnderstood(_ path: String, _ isOfLoadOps: Bool) -> Failure {
    Failure(
      .inputUnreadable,
      isOfLoadOps
        ? "this file comes from LoadOps or from LoadBooks, so it does not show what QuickBooks has"
        : "this file lists no invoices: no row above them names a date, a number and an amount",
      remedy: remedy, location: SourceLocation(file: path, line: 1))
  }

  /// Whether a file of a folder is one that nobody but people reads, such as our own report.
  private static func isForPeople(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".html", ".htm", ".pdf", ".json", ".yaml", ".log", ".md"].contains {
      name.hasSuffix($0)
    }
  }

  /// Adds what a file holds; true for one of LoadOps, or our own, which holds nothing of QuickBooks.
  private func read(
    _ path: String, _ kind: BooksReader.Kind, into table: inout BookTable
  ) throws(Failure) -> Bool {
    switch kind {
    case .iif: try IIFBookReader.read(path, conventions, into: &table)
    case .qbxml: try QBXMLBookReader.read(path, into: &table)
    case .workbook: return try BookReport.read(workbook: path, conventions, into: &table)
    case .table: return try BookReport.read(text: path, conventions, into: &table)
    case .online: try BookDocumentFiles.readPulled(path, into: &table)
    }
    return false
  }

  /// Adds the documents of the books that were pulled from QuickBooks Online.
  private static func readPulled(
    _ path: String, into table: inout BookTable
  ) throws(Failure) {
    guard let books = try OnlineBooks.read(path: path) else { return }
    try OnlineSales(books, file: path, fingerprint: try BooksReader.fingerprint(path))
      .fill(&table)
  }
}
