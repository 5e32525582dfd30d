internal import Foundation
public import Vocabulary

/// Reads what a user exported from QuickBooks, whatever kind of file it is.
///
/// What a file is, is told by its content, never by its name. A new kind is a case of `Kind`, with how
/// to recognise it and how to read it.
public enum BooksReader {
  /// A kind of file that holds lists.
  enum Kind: CaseIterable {
    /// Lists that QuickBooks Desktop exported as IIF.
    case iif
    /// Answers of QuickBooks to qbXML queries.
    case qbxml
    /// The books of QuickBooks Online, as they were pulled.
    case online
    /// Lists or reports as sheets of a workbook.
    case workbook
    /// A list or a report that QuickBooks exported as a table.
    case table

    /// The kind of a file that begins with these bytes.
    init(of head: [UInt8]) { self = Kind.allCases.first { $0.recognises(head) } ?? .table }

    private func recognises(_ head: [UInt8]) -> Bool {
      switch self {
      case .iif: IIFSnapshotReader.recognises(head)
      case .qbxml: QBXMLSnapshotReader.recognises(head)
      case .online: OnlineBooks.recognises(head)
      case .workbook: head.starts(with: [0x50, 0x4B, 3, 4])
      case .table: true
      }
    }

    /// Reads a file of this kind.
    func read(path: String, name: String) throws(Failure) -> CompanySnapshot {
      switch self {
      case .iif: try IIFSnapshotReader.read(path: path, name: name)
      case .qbxml: try QBXMLSnapshotReader.books(path)
      case .online: try OnlineBooks.read(path: path)?.snapshot(file: name) ?? CompanySnapshot()
      case .workbook: try TableSnapshotReader.read(path: path, name: name, isWorkbook: true)
      case .table: try TableSnapshotReader.read(path: path, name: name)
      }
    }
  }

  /// Names of files that systems leave in folders by themselves.
  private static let litter: Set = ["desktop.ini", "thumbs.db"]

  /// Reads files and folders of lists.
  ///
  /// The newest file counts where several hold an entry; files that do not say their day come last.
  ///
  /// - Parameter paths: Files, or folders of which every file is read that is not hidden.
  /// - Returns: What they hold together; nothing for a folder without files.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, the latter also for a file
  ///   that holds no list of QuickBooks.
  public static func read(_ paths: [String]) throws(Failure) -> CompanySnapshot {
    var parts: [CompanySnapshot] = []
    for path in try files(paths) {
      let isNamed = paths.contains(path)
      if !isNamed, try holdsDocuments(path) { continue }
      parts.append(try read(file: path))
    }
    return CompanySnapshot(merging: parts.newestFirst())
  }

  /// Whether a file holds documents and no list, as those that ``BookDocumentFiles`` reads; they may stand
  /// in a folder of lists.
  private static func holdsDocuments(_ path: String) throws(Failure) -> Bool {
    let head = try head(path)
    switch Kind(of: head) {
    case .iif: return IIFBookReader.holdsTransactions(head)
    case .qbxml: return QBXMLBookReader.holdsRequests(head)
    case .online: return false
    case .workbook: return try BookReport.areReports(workbook: path)
    case .table: return try BookReport.isReport(text: path)
    }
  }

  /// Reads one file.
  static func read(file path: String) throws(Failure) -> CompanySnapshot {
    var part = try Kind(of: try head(path)).read(path: path, name: path)
    let sum = try fingerprint(path)
    for index in part.sources.indices {
      part.sources[index].fingerprint = sum
      part.sources[index].dayIsStated = part.sources[index].day != nil
      if part.sources[index].day == nil { part.sources[index].day = lastChange(of: path) }
    }
    return part
  }

  /// The first bytes of a file, by which its kind is told.
  static func head(_ path: String) throws(Failure) -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path) else { throw unreadable(path) }
    defer { try? file.close() }
    guard let head = try? file.read(upToCount: 1 << 16) else { return [] }
    return [UInt8](head)
  }

  /// The sum of a file's bytes.
  static func fingerprint(_ path: String) throws(Failure) -> Fingerprint {
    guard let sum = Fingerprint(ofFile: path) else { throw unreadable(path) }
    return sum
  }

  private static func unreadable(_ path: String) -> Failure {
    Failure(
      .inputUnreadable, "\(path) cannot be opened", remedy: "check who may read the file")
  }

  /// The day a file was last changed, in UTC.
  private static func lastChange(of path: String) -> CalendarDate? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let date = attributes?[.modificationDate] as? Date else { return nil }
    return CalendarDate(daysSince1970: Int32(date.timeIntervalSince1970 / 86_400))
  }

  /// The files that paths name, each once; of a folder those that are not hidden, in the order of names.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  static func files(_ paths: [String]) throws(Failure) -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw Failure(
          .inputMissing, "\(path): there is no such file or folder",
          remedy: "check the path of the QuickBooks lists")
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        throw Failure(
          .inputUnreadable, "\(path) cannot be listed", remedy: "check who may read the folder")
      }
      for name in names.sorted()
      where !name.hasPrefix(".") && !name.hasPrefix("~$") && !litter.contains(name.lowercased()) {
        let file = path.hasSuffix("/") ? path + name : path + "/" + name
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue
        {
          files.append(file)
        }
      }
    }
    var seen: Set<String> = []
    return files.filter {
      seen.insert(URL(fileURLWithPath: $0).standardizedFileURL.path).inserted
    }
  }
}

extension [CompanySnapshot] {
  /// The parts in the order in which they count: a stated day before a guessed one, then the newest.
  fileprivate func newestFirst() -> [CompanySnapshot] {
    enumerated().sorted { left, right in
      let (one, other) = (left.element.sources.first, right.element.sources.first)
      let (isStated, otherIsStated) = (one?.dayIsStated ?? false, other?.dayIsStated ?? false)
      if isStated != otherIsStated { return isStated }
      guard isStated, let day = one?.day, let otherDay = other?.day, day != otherDay else {
        return left.offset < right.offset
      }
      return otherDay < day
    }.map(\.element)
  }
}
