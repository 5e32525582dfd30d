internal import Foundation
internal import Vocabulary

/// The hidden folder of a company folder, where the ledger and the lock are.
enum LedgerFolder {
  static func path(_ companyFolder: String) -> String { companyFolder + "/.loadbooks" }

  /// Makes the folder, for its owner only, unless it is there.
  static func create(_ companyFolder: String) throws(Failure) {
    let path = path(companyFolder)
    if mkdir(path, 0o700) == 0 {
      try StagedFile.syncFolder(companyFolder)
      return
    }
    let code = errno
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw Failure(
          .cannotWrite, "\(path) is a file, but has to be a folder",
          remedy: "move that file away, then run the same command again")
      }
      return
    }
    throw Failure.cannotWrite("cannot make the folder \(path)", code)
  }

  /// SQLite's address for a file that nobody changes.
  static func immutableURI(_ path: String) -> String {
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove(charactersIn: "?#%")
    let absolute = URL(fileURLWithPath: path).path
    let escaped = absolute.addingPercentEncoding(withAllowedCharacters: allowed) ?? absolute
    return "file:\(escaped)?immutable=1"
  }
}
