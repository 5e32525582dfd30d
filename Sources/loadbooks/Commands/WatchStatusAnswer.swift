internal import DropFolder
internal import Foundation
internal import Sync
internal import Vocabulary

/// What `loadbooks watch --status` says.
struct StatusAnswer {
  private let isJSON: Bool
  private let companies: [CompanyFolder]

  init(_ isJSON: Bool, _ companies: [CompanyFolder]) {
    self.isJSON = isJSON
    self.companies = companies
  }

  func give() throws {
    let here = Surroundings.current
    let statuses = companies.map { ($0, WatchStatus.read($0)) }
    if isJSON {
      here.print(JSONText.array(statuses.map { json($0, $1, here.now) }).text)
    } else {
      for (company, status) in statuses { here.print(text(company, status, here.now)) }
    }
    guard statuses.allSatisfy({ $1?.isWell(at: here.now) ?? false }) else {
      throw ExitCode.notClean
    }
  }

  private func text(_ company: CompanyFolder, _ status: WatchStatus?, _ now: Date) -> String {
    guard let status else {
      return FindingText.visible("\(company.path): \(absence(company))") + "\n"
    }
    var lines = ["\(company.path): \(words(status, now))"]
    lines.append(
      "  process    \(status.pid) on \(status.host), since \(status.started), seen \(status.seen)")
    if status.arriving + status.ready > 0 {
      lines.append("  inbox      \(status.arriving) arriving, \(status.ready) complete")
    }
    for (name, why) in status.passedOver.sorted(by: { $0.key < $1.key }) {
      lines.append("  not taken  \(name): \(why)")
    }
    if let trouble = status.trouble {
      let place = trouble.place.map { $0 + ": " } ?? ""
      lines.append("  trouble    since \(trouble.since): \(place)\(trouble.message)")
      lines.append("  remedy     \(trouble.remedy)")
    }
    if let hook = status.hook {
      lines.append("  hook       failed at \(hook.at) for batch \(hook.batch): \(hook.what)")
      lines.append("             what it printed is in \(company.path)/.loadbooks/watch-hook.txt")
    }
    if let last = status.last {
      lines.append("  last       \(last.id), \(last.outcome), \(last.at)")
      lines.append("             \(last.headline)")
    }
    let counts = status.counts
    let parts = [
      count(counts.batches, "batch", "batches"), count(counts.files, "file", "files"),
      count(counts.heldFiles, "file", "files") + " held",
      count(counts.delivered, "invoice", "invoices") + " delivered",
      count(counts.held, "invoice", "invoices") + " held",
    ]
    lines.append("  so far     " + parts.joined(separator: ", "))
    return lines.map(FindingText.visible).joined(separator: "\n") + "\n"
  }

  /// Why there is no status.
  private func absence(_ company: CompanyFolder) -> String {
    if let obstacle = WatchStatus.obstacle(company) {
      return "its status cannot be read (\(obstacle)): ask as the user that watch runs as"
    }
    guard access(company.settingsPath, F_OK) == 0 else {
      return "there is no company folder: is its drive mounted, and the name right?"
    }
    return "no watcher was ever started here"
  }

  private func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }

  private func words(_ status: WatchStatus, _ now: Date) -> String {
    switch status.life(at: now) {
    case .dead: return "its process has ended without a word; start it again"
    case .stopped: return "stopped"
    case .late: return "it has not said a word since \(status.seen)"
    case .running: break
    }
    switch status.state {
    case .idle: return "waiting for files" + (status.usesNotices ? "" : ", by looking for them")
    case .arriving:
      return status.waitsForInvoices == true
        ? "lists are there, and wait for invoices" : "files are arriving"
    case .working:
      let sent = status.sending.map { ", \($0.done) of \($0.total) documents sent" }
      return "working on batch \(status.batch ?? "")" + (sent ?? "")
    case .waiting: return "waiting until the company folder is free"
    case .offline: return "waiting for QuickBooks Online"
    case .trouble: return "something has to be mended"
    case .unreachable: return "the folder cannot be reached"
    case .stopped: return "stopped"
    }
  }

  private func json(_ company: CompanyFolder, _ status: WatchStatus?, _ now: Date) -> JSONText {
    guard let status else {
      let isUnknown = WatchStatus.obstacle(company) != nil
      return [
        "folder": .string(company.path), "life": isUnknown ? "unreadable" : "never", "well": false,
        "why": .string(absence(company)),
      ]
    }
    return [
      "folder": .string(company.path), "life": .string(status.life(at: now).rawValue),
      "well": .bool(status.isWell(at: now)), "state": .string(status.state.rawValue),
      "pid": .integer(Int(status.pid)), "host": .string(status.host),
      "started": .string(status.started), "seen": .string(status.seen),
      "batch": .string(orNull: status.batch),
      "sending": status.sending.map {
        ["done": .integer($0.done), "total": .integer($0.total)]
      } ?? .null,
      "arriving": .integer(status.arriving),
      "ready": .integer(status.ready),
      "not_taken": .array(
        status.passedOver.sorted { $0.key < $1.key }.map {
          ["name": .string($0.key), "why": .string($0.value)]
        }),
      "trouble": status.trouble.map {
        [
          "cause": .string($0.cause), "message": .string($0.message),
          "remedy": .string($0.remedy), "since": .string($0.since),
          "place": .string(orNull: $0.place),
        ]
      } ?? .null,
      "hook_failed": status.hook.map {
        ["batch": .string($0.batch), "what": .string($0.what), "at": .string($0.at)]
      } ?? .null,
      "last": status.last.map {
        [
          "batch": .string($0.id), "outcome": .string($0.outcome), "at": .string($0.at),
          "headline": .string($0.headline),
        ]
      } ?? .null,
      "batches": .integer(status.counts.batches), "files": .integer(status.counts.files),
      "held_files": .integer(status.counts.heldFiles),
      "delivered": .integer(status.counts.delivered), "held": .integer(status.counts.held),
    ]
  }
}
