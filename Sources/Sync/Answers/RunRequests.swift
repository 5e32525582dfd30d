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
  /// Where a request stands: what is sent again stands in several files, the first of them first.
  private var places: [String: [(file: Int, request: Int)]] = [:]
  /// The names of files that came into the folder later, wherever they are now.
  private var laterNames: Set<String>

  /// Reads every request file of a run; what is missing or changed is left out or marked.
  init(_ run: RunRecord, in company: CompanyFolder, _ ledger: SyncLedger) throws(Failure) {
    self.run = run
    folder =
      run.state == .undone
      ? RunFolder.undonePath(of: run.id, in: company) : RunFolder.path(of: run, in: company)
    let later = try ledger.laterFiles(ofRun: run.id)
    laterNames = Set(later.keys)
    let written = Dictionary(
      run.outputs.map { ($0.name, $0.fingerprint) }, uniquingKeysWith: { first, _ in first }
    ).merging(later) { first, _ in first }
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
    laterNames.insert(name)
    var requests: [QBXMLRequest] = []
    let path = folder + "/" + name
    let set = try? QBXMLRequests.forEach(ofFile: path, validating: true) {
      (request) throws(Failure) in requests.append(request)
    }
    guard let id = set, requests.contains(where: { $0.type.hasSuffix("Add") }) else { return }
    let isIntact = sum.map { $0 == Fingerprint(ofFile: path) } ?? true
    for (index, request) in requests.enumerated() {
      places[request.id, default: []].append((files.count, index))
    }
    files.append(File(name: name, messageSet: id, requests: requests, isIntact: isIntact))
  }

  /// The number that a file's name begins with.
  static func number(of name: some StringProtocol) -> Int? {
    Int(name.prefix { $0.isNumber })
  }

  /// The request with an id.
  subscript(id: String) -> QBXMLRequest? {
    place(of: id).map { files[$0.file].requests[$0.request] }
  }

  /// Where a request stands first; nil when the run has none with this id.
  func place(of id: String) -> (file: Int, request: Int)? { places[id]?.first }

  /// Requests in the order in which they were written.
  func ordered(_ ids: [String]) -> [String] {
    let known = ids.compactMap { id in place(of: id).map { (id: id, file: $0.file, at: $0.request) }
    }
    return known.sorted { ($0.file, $0.at) < ($1.file, $1.at) }.map(\.id)
      + ids.filter { place(of: $0) == nil }
  }

  /// The file that has a set.
  func file(ofSet messageSet: String) -> Int? {
    files.firstIndex { $0.messageSet == messageSet }
  }

  /// Whether a request stands in a file: the one in which it was asked for last.
  ///
  /// One that is not among those that the ledger knows stands where it was written.
  func stands(_ id: String, in file: Int, _ known: [String: LedgerRequest]) -> Bool {
    known[id].map { $0.stands == LedgerRequest.SetMark(of: files[file].messageSet) }
      ?? (place(of: id)?.file == file)
  }

  /// The requests that stand in a set, in their order; of one whose file is not there any more, those that
  /// another file has as well.
  func requests(inSet messageSet: String, _ known: [String: LedgerRequest]) -> [QBXMLRequest] {
    if let file = file(ofSet: messageSet) {
      return files[file].requests.filter { stands($0.id, in: file, known) }
    }
    let mark = LedgerRequest.SetMark(of: messageSet)
    return ordered(known.values.filter { $0.stands == mark }.map(\.requestID)).compactMap {
      self[$0]
    }
  }

  /// Sets of the run in the order of their files' numbers; those of which no number is known come last.
  func numbered(_ marks: [LedgerRequest.SetMark]) -> [(number: Int?, mark: LedgerRequest.SetMark)] {
    let sets = QBXMLMessageSets(run: run.id)
    var left = Set(marks)
    var inOrder: [(number: Int?, mark: LedgerRequest.SetMark)] = []
    for number in 1...9_999 {
      guard !left.isEmpty else { break }
      if let mark = left.remove(LedgerRequest.SetMark(of: sets.id(number))) {
        inOrder.append((number, mark))
      }
    }
    return inOrder + left.map { (nil, $0) }
  }

  /// The ids of sets that were sent and whose files are not there, although something is open about them.
  func lostSets(_ known: [String: LedgerRequest]) -> [String] {
    let there = Set(files.map { LedgerRequest.SetMark(of: $0.messageSet) })
    let sent = Set(known.values.lazy.filter { $0.state != .intended }.map(\.stands))
    let open = known.values.filter { request in
      request.counts && !there.contains(request.stands)
        && (request.isInDoubt || (request.state == .intended && sent.contains(request.stands)))
    }
    let sets = QBXMLMessageSets(run: run.id)
    return numbered(Array(Set(open.map(\.stands)))).compactMap { $0.number.map(sets.id) }
  }

  /// The name of the file that had a set when it was written; nil when the run never sent such a set.
  func writtenName(ofSet messageSet: String) -> String? {
    guard let number = QBXMLMessageSets(run: run.id).number(of: messageSet) else { return nil }
    let resend = RunFile.name(number, "resend")
    return run.outputs.map(\.name).first {
      $0.hasSuffix(".xml") && RunRequests.number(of: $0) == number
    } ?? (laterNames.contains(resend) ? resend : nil)
  }

  /// The number of the next file of the run: also a file that was moved away keeps its number, which stands
  /// in the id of its set.
  var nextNumber: Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let numbers = (names + run.outputs.map(\.name) + laterNames).compactMap {
      RunRequests.number(of: $0.drop { $0 == "." })
    }
    return (numbers.max() ?? 0) + 1
  }

  /// The bytes of requests as they stand in the run's files; nil when one of those has changed.
  func bytes(of ids: [String]) -> [UInt8]? {
    var texts: [Int: [Substring]] = [:]
    var bytes: [UInt8] = []
    for id in ids {
      guard let place = places[id]?.first(where: { files[$0.file].isIntact }) else { return nil }
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
