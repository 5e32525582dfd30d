internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// The request files of a run, as they are on disk.
struct RunRequests {
  /// One file.
  struct File {
    /// Its name.
    var name: String
    /// The id of its message set.
    var messageSet: String
    /// Its requests, in its order.
    var requests: [QBXMLRequest]
    /// Whether it has the bytes that were written.
    var isIntact: Bool
  }

  let run: RunRecord
  let folder: String
  private(set) var files: [File] = []
  /// Where a request stands first.
  private(set) var byID: [String: (file: Int, request: Int)] = [:]
  /// The file in which a request stands last: what is sent again stands in several.
  private(set) var lastFile: [String: Int] = [:]

  /// Reads every request file of a run; what is missing or changed is left out or marked.
  init(_ run: RunRecord, in company: CompanyFolder, _ ledger: SyncLedger) throws(Failure) {
    self.run = run
    folder =
      run.state == .undone
      ? RunFolder.undonePath(of: run.id, in: company) : RunFolder.path(of: run, in: company)
    let written = Dictionary(
      run.outputs.map { ($0.name, $0.fingerprint) }, uniquingKeysWith: { first, _ in first }
    ).merging(try ledger.laterFiles(ofRun: run.id)) { first, _ in first }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".xml") && !$0.hasPrefix(".") }
      .map { (number: RunRequests.number(of: $0) ?? 0, name: $0) }
    // In the order of their numbers, of which the thousandth has a digit more.
    for file in files.sorted(by: <) { read(file.name, written[file.name]) }
  }

  /// Reads a file of the run's folder, unless it has no requests that make anything.
  ///
  /// - Parameters:
  ///   - name: Its name; it comes behind all that were read before.
  ///   - sum: The sum of the bytes that were written; nil when nobody knows it.
  mutating func read(_ name: String, _ sum: Fingerprint?) {
    var requests: [QBXMLRequest] = []
    let path = folder + "/" + name
    let set = try? QBXMLRequests.forEach(ofFile: path, validating: true) {
      (request) throws(Failure) in requests.append(request)
    }
    guard let id = set, requests.contains(where: { $0.type.hasSuffix("Add") }) else { return }
    let isIntact = sum.map { $0 == Fingerprint(ofFile: path) } ?? true
    for (index, request) in requests.enumerated() {
      if byID[request.id] == nil { byID[request.id] = (files.count, index) }
      lastFile[request.id] = files.count
    }
    files.append(File(name: name, messageSet: id, requests: requests, isIntact: isIntact))
  }

  /// The number that a file's name begins with.
  private static func number(of name: some StringProtocol) -> Int? {
    Int(name.prefix { $0.isNumber })
  }

  /// The request with an id.
  subscript(id: String) -> QBXMLRequest? { byID[id].map { files[$0.file].requests[$0.request] } }

  /// The name of the file that had a set when it was written; nil when the set is none of the run's.
  func writtenName(ofSet messageSet: String) -> String? {
    guard let number = QBXMLMessageSets(run: run.id).number(of: messageSet) else { return nil }
    return run.outputs.map(\.name).first {
      $0.hasSuffix(".xml") && RunRequests.number(of: $0) == number
    } ?? RunFile.name(number, "resend")
  }

  /// The number of the next file of the run.
  var nextNumber: Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let numbers = (names + run.outputs.map(\.name)).compactMap {
      RunRequests.number(of: $0.drop { $0 == "." })
    }
    return (numbers.max() ?? 0) + 1
  }

  /// The bytes of requests as they stand in the run's files; nil when one of those has changed.
  func bytes(of ids: [String]) -> [UInt8]? {
    var texts: [Int: [Substring]] = [:]
    var bytes: [UInt8] = []
    for id in ids {
      guard let place = byID[id], files[place.file].isIntact else { return nil }
      let file = files[place.file]
      if texts[place.file] == nil {
        guard let data = FileManager.default.contents(atPath: folder + "/" + file.name) else {
          return nil
        }
        texts[place.file] = String(decoding: data, as: UTF8.self)
          .split(separator: "\n", omittingEmptySubsequences: false)
      }
      let request = file.requests[place.request]
      guard let lines = texts[place.file], lines.indices.contains(request.line - 1) else {
        return nil
      }
      for line in lines[(request.line - 1)...] {
        bytes.append(contentsOf: line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        if line.hasSuffix("</\(request.type)Rq>") { break }
      }
    }
    return bytes
  }
}
