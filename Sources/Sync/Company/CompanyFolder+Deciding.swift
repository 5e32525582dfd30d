internal import Foundation

extension CompanyFolder {
  /// What decides, beside an export and the memory, what becomes of invoices: settings, mapping,
  /// suppression list, the folder of the books and what is in it; those that are there and those that
  /// could be.
  public var decidingPaths: [String] {
    let books = (try? FileManager.default.subpathsOfDirectory(atPath: booksPath)) ?? []
    return [settingsPath, mappingPath, suppressionPath, booksPath]
      + books.sorted().map { booksPath + "/" + $0 }
  }
}
