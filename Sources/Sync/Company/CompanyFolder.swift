internal import Foundation
public import Ledger
public import Vocabulary

/// A company's folder: settings, mapping, suppression list, memory, and what goes in and out.
public struct CompanyFolder: Sendable {
  /// The folder.
  public let path: String

  /// The settings file, whose presence makes a folder a company's.
  public var settingsPath: String { path + "/loadbooks.yaml" }
  /// The mapping file.
  public var mappingPath: String { path + "/mapping.csv" }
  /// The suppression list.
  public var suppressionPath: String { path + "/suppress.csv" }
  /// Where runs leave their files.
  public var outboxPath: String { path + "/outbox" }

  /// Where the user keeps the lists that QuickBooks exported.
  public var booksPath: String { path + "/books" }

  /// The folder at a path, whether it is a company's or not: one on a drive that may be mounted later.
  public init(at path: String) { self.init(path: CompanyFolder.trimmed(path)) }

  private init(path: String) { self.path = path }

  private static let folders = ["inbox", "outbox", "archive", "held", "books"]

  /// The folder named, or the nearest one at or above the current folder; nil when there is none.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when the folder named has no `loadbooks.yaml`.
  public static func find(_ named: String?) throws(Failure) -> CompanyFolder? {
    if let named {
      let folder = CompanyFolder(path: trimmed(named))
      guard FileManager.default.fileExists(atPath: folder.settingsPath) else {
        throw Failure(
          .settingsWrong, "\(named) is not a company folder: it has no loadbooks.yaml",
          remedy:
            "if it is on a drive that is not mounted now, mount that; a new one is made with: "
            + "loadbooks init \(named)")
      }
      return folder
    }
    return nearest(to: FileManager.default.currentDirectoryPath)
  }

  /// The nearest company folder at or above a folder; nil when there is none, or no such folder.
  ///
  /// A current folder that somebody has deleted has the empty path, above which there is no end.
  static func nearest(to path: String) -> CompanyFolder? {
    guard path.hasPrefix("/") else { return nil }
    var url = URL(fileURLWithPath: path)
    while true {
      let folder = CompanyFolder(path: url.path)
      if FileManager.default.fileExists(atPath: folder.settingsPath) { return folder }
      let parent = url.deletingLastPathComponent()
      guard parent.path.utf8.count < url.path.utf8.count else { return nil }
      url = parent
    }
  }

  /// Makes a company folder that works at once with the usual income categories.
  ///
  /// What is there already is left as it is.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`; `usage` when the folder is a company's already.
  public static func create(_ path: String, company: String) throws(Failure) -> CompanyFolder {
    let folder = CompanyFolder(path: trimmed(path))
    guard !FileManager.default.fileExists(atPath: folder.settingsPath) else {
      throw Failure(
        .cannotWrite, "\(path) is a company folder already",
        remedy: "choose another folder, or "
          + "edit its loadbooks.yaml")
    }
    try OutputFolder.make(folder.path)
    for name in folders { try OutputFolder.make(folder.path + "/" + name) }
    let files = [
      ("mapping.csv", MappingFile.template), ("suppress.csv", SuppressionList.template),
      ("loadbooks.yaml", Settings.template(company: company)),
    ]
    for (name, text) in files
    where !FileManager.default.fileExists(atPath: folder.path + "/" + name) {
      let file = try StagedFile(folder: folder.path, name: name)
      try file.write(text)
      try file.finish()
      try file.publish()
    }
    try StagedFile.syncFolder(folder.path)
    return folder
  }

  /// The settings, with the assignments of `--set` applied.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` or `usage`.
  public static func settings(
    _ folder: CompanyFolder?, assignments: [String]
  ) throws(Failure) -> Settings {
    var settings = Settings.defaults
    if let folder { settings = try Settings.load(path: folder.settingsPath) }
    for assignment in assignments { try settings.set(assignment) }
    return settings
  }

  /// The runs whose files are in the outbox while the ledger does not know them, oldest first.
  ///
  /// That is what a lost ledger looks like, or an older copy of it that was put back.
  ///
  /// - Parameter ledger: The company's ledger; nil when there is none.
  /// - Returns: The runs' ids.
  /// - Throws: `Failure` when the ledger cannot be read.
  public func unknownRuns(_ ledger: SyncLedger?) throws(Failure) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: outboxPath)) ?? []
    var unknown: [String] = []
    for name in names.sorted() where RunID.isOne(name) {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: outboxPath + "/" + name))
      guard files?.contains(ReportFormat.json.fileName) == true else { continue }
      if try ledger?.run(name) == nil { unknown.append(name) }
    }
    return unknown
  }

  /// Refuses to go on with a memory that has lost runs: their invoices would be sent a second time.
  ///
  /// - Parameter ledger: The company's ledger; nil when there is none.
  /// - Throws: `Failure` with cause `settingsWrong`.
  public func refuseUnknownRuns(_ ledger: SyncLedger?) throws(Failure) {
    let runs = try unknownRuns(ledger)
    guard let newest = runs.last else { return }
    let count = runs.count == 1 ? "run \(newest)" : "\(runs.count) runs, the newest \(newest),"
    throw Failure(
      .settingsWrong,
      "the outbox has \(count) of which the ledger knows nothing: what went out with it would be "
        + "sent again",
      remedy: "put back the newest copy of .loadbooks/ledger.sqlite, or rebuild it with loadbooks "
        + "ledger import; if that run really never counted, move its folder out of "
        + "\(outboxPath)")
  }

  private static func trimmed(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
