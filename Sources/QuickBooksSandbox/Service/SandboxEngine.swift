import Foundation

/// Everything the sandbox knows, one request at a time.
///
/// Advice for whoever changes this: nothing that changes a company may be answered before its line
/// is in the journal. `commit` is the only door to that, and it appends first.
actor SandboxEngine {
  /// An answer kept for the replays of its request id.
  struct KeptAnswer: Sendable {
    var status = 200
    var body: JSONObject
    var time: String?
    var digest: String
  }

  let clock: SandboxClock
  let seed: UInt64
  private let journal: JournalFile
  var knobs: Knobs { didSet { for realm in companies.keys { companies[realm]?.knobs = knobs } } }
  var companies: [String: Company] = [:]
  var authority = Authority()
  var statistics = Statistics()
  var records: [RequestRecord] = []
  var effects: [Effect] = []
  var script: [ScriptedFault] = []
  var windows: [String: RateWindow] = [:]
  var kept: [String: KeptAnswer] = [:]
  var underWay: Set<String> = []
  var refreshing: Set<String> = []
  var raced: Set<String> = []
  var chance: SeededChance
  let credentials: (identifier: String, secret: String)
  let redirects: [String]
  private var lastTID = 0

  init(_ options: SandboxOptions, seed: UInt64) throws(SandboxFailure) {
    journal = try JournalFile(folder: options.folder)
    var start = options.startingAt ?? Date().timeIntervalSince1970
    var knobs = Knobs()
    for line in journal.lines {
      if let at = line["at"]?.seconds { start = max(start, at) }
      if line["event"]?.string == "knob", let name = line["name"]?.string,
        let value = line["value"]?.string
      {
        try? knobs.set(name, to: value)
      }
    }
    for (name, value) in options.knobs.changed { try? knobs.set(name, to: value) }
    clock = SandboxClock(startingAt: start, factor: options.clockFactor)
    self.knobs = knobs
    self.seed = seed
    chance = SeededChance(seed: seed)
    credentials = (options.clientIdentifier, options.clientSecret)
    redirects = options.redirects
    for (realm, name) in CompanySeed.realms {
      companies[realm] = Company(realm: realm, name: name)
      companies[realm]?.knobs = knobs
    }
  }

  /// Brings back what the journal tells, or plants the seeded companies in a new one.
  func restore() throws(SandboxFailure) {
    for (index, line) in journal.lines.enumerated() where !restore(line) {
      throw .journal("journal.jsonl", line: index + 1)
    }
    for (realm, _) in CompanySeed.realms where companies[realm]?.tables.isEmpty == true {
      do throws(ServiceFault) {
        for change in try CompanySeed.changes(for: realm, now: clock.now) {
          try commit(Commit(change: change, realm: realm, at: clock.now))
        }
      } catch {
        throw .folder("journal.jsonl", reason: error.detail.english)
      }
    }
  }

  private func restore(_ line: JSONValue) -> Bool {
    switch line["event"]?.string {
    case "commit":
      guard let commit = Commit(line) else { return false }
      apply(commit)
    case "lineage":
      guard let lineage = Lineage(line) else { return false }
      authority.put(lineage)
    case "code":
      guard let code = ConsentCode(line) else { return false }
      authority.codes[code.value] = code
    case "batch":
      guard let key = line["key"]?.string, let time = line["time"]?.string else { return false }
      kept[key] = KeptAnswer(body: JSONObject(), time: time, digest: "")
    case "refusal":
      guard let key = line["key"]?.string, let body = line["body"]?.members,
        let status = line["status"]?.integer
      else { return false }
      kept[key] = KeptAnswer(
        status: status, body: body, time: line["time"]?.string,
        digest: line["digest"]?.string ?? "")
    case "knob", "clock": break
    default: return false
    }
    return true
  }

  /// Gives the folder free.
  func shut() { journal.shut() }

  /// Writes a change to the journal and only then does it.
  @discardableResult
  func commit(_ commit: Commit) throws(ServiceFault) -> JSONObject {
    try journal.append(commit.json)
    return apply(commit)
  }

  @discardableResult
  private func apply(_ commit: Commit) -> JSONObject {
    companies[commit.realm]?.apply(commit.change)
    if commit.change.operation != "seed" {
      effects.append(commit.effect(sequence: effects.count + 1))
    }
    let shown = commit.change.after.map { companies[commit.realm]?.shown($0) ?? $0.members }
    let answer = commit.answer(shown: shown)
    if let requestID = commit.requestID {
      kept[Self.key(commit.realm, requestID, commit.batchItem)] = KeptAnswer(
        body: answer, time: ServiceTime.text(commit.at), digest: commit.digest)
    }
    return answer
  }

  /// Remembers when a batch was answered, so that its replay says the same time.
  func keepBatch(_ key: String, time: String) throws(ServiceFault) {
    try journal.append(
      .members(["event": .text("batch"), "key": .text(key), "time": .text(time)]))
    kept[key] = KeptAnswer(body: JSONObject(), time: time, digest: "")
  }

  /// Remembers a refusal, when refusals are replayed too.
  func keepRefusal(_ key: String, _ answer: KeptAnswer) throws(ServiceFault) {
    var line = JSONObject()
    line["event"] = .text("refusal")
    line["key"] = .text(key)
    line["status"] = .number("\(answer.status)")
    line["body"] = .object(answer.body)
    line["time"] = answer.time.map { .text($0) }
    line["digest"] = .text(answer.digest)
    try journal.append(.object(line))
    kept[key] = answer
  }

  /// Remembers a lineage, in the journal first.
  func keep(_ lineage: Lineage) throws(ServiceFault) {
    try journal.append(lineage.json)
    authority.put(lineage)
  }

  /// Remembers a code, in the journal first.
  func keep(_ code: ConsentCode) throws(ServiceFault) {
    try journal.append(code.json)
    authority.codes[code.value] = code
  }

  /// Sets knobs, in the journal first, so that they survive a restart.
  func set(_ settings: [(name: String, value: String)]) throws {
    var changed = knobs
    for (name, value) in settings { try changed.set(name, to: value) }
    for (name, value) in settings {
      try journal.append(
        .members(["event": .text("knob"), "name": .text(name), "value": .text(value)]))
    }
    knobs = changed
  }

  /// Moves the clock forward, in the journal too, so that it does not fall back after a restart.
  func advance(by seconds: Double) throws(ServiceFault) {
    clock.advance(by: seconds)
    try journal.append(.members(["event": .text("clock"), "at": .number("\(clock.now)")]))
  }

  static func key(_ realm: String, _ requestID: String, _ item: String? = nil) -> String {
    realm + "\n" + requestID + (item.map { "\n" + $0 } ?? "")
  }

  /// A correlation id that no other answer has.
  func nextTID() -> String {
    lastTID += 1
    let head = String(Int(clock.now), radix: 16)
    return "1-\(head)-\(String(seed, radix: 16))\(String(lastTID, radix: 16))"
  }

  func record(_ call: APICall, tid: String) {
    records.append(
      RequestRecord(
        time: ServiceTime.text(clock.now), method: call.method, target: call.target, intuitTID: tid,
        headers: call.headers, body: call.text))
    if records.count > 2000 { records.removeFirst(1000) }
  }

  /// The fault that strikes the next request to a target: by script first, then by chance.
  func strike(_ targets: Set<FaultTarget>) -> InjectedFault? {
    for index in script.indices where targets.contains(script[index].target) {
      if script[index].skip > 0 {
        script[index].skip -= 1
        continue
      }
      let fault = script[index].fault
      script[index].times -= 1
      if script[index].times <= 0 { script.remove(at: index) }
      statistics.faults[fault, default: 0] += 1
      return fault
    }
    guard targets.contains(.api), knobs[.faultsStrike] == "all" || targets.contains(.writes),
      let fault = knobs.draw(with: &chance)
    else { return nil }
    statistics.faults[fault, default: 0] += 1
    return fault
  }
}
