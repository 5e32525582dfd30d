internal import Foundation
public import QuickBooks
public import Vocabulary

/// Writes the renderings of a reconciliation into a folder.
public enum ReconciliationFiles {
  /// The names of the files, the report first.
  public static let names = [
    "reconciliation.txt", "reconciliation.html", "reconciliation.json", "reconciliation.csv",
    "statement.html", "statement.txt",
  ]

  /// Refuses a folder into which the files cannot go; one that is not there yet is right.
  ///
  /// - Parameter folder: The folder.
  /// - Throws: `Failure` with cause `cannotWrite` when it is a file, or holds one of the files already.
  public static func check(_ folder: String) throws(Failure) {
    let folder = bare(folder)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw Failure(.cannotWrite, "\(folder) is a file, not a folder", remedy: "name a folder")
    }
    for name in names where FileManager.default.fileExists(atPath: folder + "/" + name) {
      throw Failure(
        .cannotWrite, "\(folder) already holds \(name)",
        remedy: "choose an empty folder; what was reconciled before is never written over")
    }
  }

  /// The path without a slash at its end.
  private static func bare(_ folder: String) -> String {
    folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
  }

  /// Writes all of them, under hidden names until all are complete.
  ///
  /// - Parameters:
  ///   - report: What to write.
  ///   - folder: The folder, made when it is not there.
  /// - Throws: `Failure` with cause `cannotWrite`, also when one of the files is there already.
  public static func write(_ report: ReconciliationReport, into folder: String) throws(Failure) {
    let folder = bare(folder)
    try check(folder)
    if !FileManager.default.fileExists(atPath: folder) { try OutputFolder.make(folder) }
    var staged: [StagedFile] = []
    do throws(Failure) {
      for name in names { staged.append(try write(name, report, folder)) }
      for file in staged { try file.publish() }
      try StagedFile.syncFolder(folder)
    } catch {
      for file in staged { file.discard() }
      throw error
    }
  }

  private static func write(
    _ name: String, _ report: ReconciliationReport, _ folder: String
  ) throws(Failure) -> StagedFile {
    let file = try StagedFile(folder: folder, name: name)
    do throws(Failure) {
      switch name {
      case "reconciliation.txt": try file.write(report.text(listing: 1000))
      case "reconciliation.html": try file.write(report.html)
      case "reconciliation.json": try report.writeJSON(to: file)
      case "reconciliation.csv": try ReconciliationCSV.write(report, to: file)
      case "statement.html": try file.write(MigrationStatement(report).html)
      default: try file.write(MigrationStatement(report).text)
      }
      try file.finish()
    } catch {
      file.discard()
      throw error
    }
    return file
  }
}

extension Settings {
  /// How the books' files are to be understood where they do not say themselves.
  public var bookConventions: BookConventions {
    BookConventions(
      dateOrder: formats.dates.order,
      writtenOrder: formats.iif.dates == .dayFirst ? .dmy : .mdy, numbers: numberStyle)
  }
}
