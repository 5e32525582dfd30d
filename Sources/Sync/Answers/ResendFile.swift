internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// A file of requests that QuickBooks did not get to, as they stood in the run's other files.
///
/// It is staged, then the ledger notes that its requests are asked again in its set, then it gets its name.
/// A program that is killed in between leaves the hidden file, which ``settle(_:in:)`` names or removes.
struct ResendFile {
  /// The id of its set.
  let messageSet: String
  private let file: StagedFile
  private let run: String

  /// Where it will be.
  var path: String { file.finalPath }
  /// Its name, and the sum of its bytes.
  var record: (name: String, fingerprint: Fingerprint)? {
    file.fingerprint.map { (file.name, $0) }
  }

  /// Copies requests into a file that has no name yet; nil when their bytes are not to be had any more.
  ///
  /// It has the number of a file that was written before, or the next one of the run.
  init?(
    _ ids: [String], of run: RunRequests, format: QBXMLFormat, number: Int? = nil
  ) throws(Failure) {
    guard let bytes = run.bytes(of: ids) else { return nil }
    let number = number ?? run.nextNumber
    messageSet = QBXMLMessageSets(run: run.run.id).id(number)
    self.run = run.run.id
    file = try StagedFile(folder: run.folder, name: RunFile.name(number, "resend"))
    do throws(Failure) {
      try file.write(
        QBXMLEnvelope.start(
          version: format.version, onError: format.onError, messageSet: messageSet))
      try file.write(bytes)
      try file.write(QBXMLEnvelope.end)
      try file.finish()
      var found: [String] = []
      try QBXMLRequests.forEach(ofFile: file.stagedPath, validating: true) {
        (request) throws(Failure) in found.append(request.id)
      }
      guard found == ids else {
        throw Failure(
          .ownBug, "the file to be sent again does not hold what it must",
          remedy: "nothing was recorded; please report this")
      }
      // The ledger counts on it next.
      try StagedFile.syncFolder(run.folder)
    } catch {
      file.discard()
      throw error
    }
  }

  /// Gives it its name.
  func publish() throws(Failure) {
    try file.publish()
    try StagedFile.syncFolder(file.folder)
  }

  /// Removes it.
  func discard() { file.discard() }

  /// Removes it, unless the ledger counts on it already.
  func discardUnlessRecorded(_ ledger: SyncLedger) {
    if (try? ledger.hasRequests(inSet: messageSet, ofRun: run)) == false { file.discard() }
  }

  /// Names what an interrupted acceptance has recorded, and removes what it has not.
  static func settle(_ ledger: SyncLedger, in company: CompanyFolder) throws(Failure) {
    for run in try ledger.runs() where run.target == "qbxml" && run.state == .finished {
      let folder = RunFolder.path(of: run, in: company)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for hidden in names where hidden.hasPrefix(".") && hidden.hasSuffix("-resend.xml.partial") {
        let name = String(hidden.dropFirst().dropLast(".partial".count))
        guard let number = Int(name.prefix { $0.isNumber }) else { continue }
        let set = QBXMLMessageSets(run: run.id).id(number)
        if try ledger.hasRequests(inSet: set, ofRun: run.id) {
          guard rename(folder + "/" + hidden, folder + "/" + name) == 0 else {
            throw Failure.cannotWrite("cannot give \(folder)/\(name) its name", errno)
          }
          try StagedFile.syncFolder(folder)
        } else {
          unlink(folder + "/" + hidden)
        }
      }
    }
  }
}
