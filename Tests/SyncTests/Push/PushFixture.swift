import Foundation
import Ledger
import QuickBooks
import QuickBooksOnline
import Synchronization
import TestSupport
import Vocabulary

@testable import Sync

/// A company folder whose run is written and recorded, and a QuickBooks to send it to.
final class PushFixture {
  static let realm = "9341450000000017"
  let folder: TemporaryFolder
  let time = SimulatedTime()
  let quickBooks: SimulatedQuickBooks
  let company: CompanyFolder
  let stop = PushStop()
  private(set) var books = OnlineBooks()
  var settings: Settings

  init(seed: UInt64 = 1) throws {
    let made = try TemporaryFolder()
    let company = try CompanyFolder.create(made.path + "/acme", company: "Acme Carriers")
    folder = made
    quickBooks = SimulatedQuickBooks(clock: time, seed: seed)
    self.company = company
    settings = try CompanyFolder.settings(company, assignments: ["target=online"])
    settings.online.api = "http://127.0.0.1:9"
    settings.online.unknownWait = 5
    try connect()
    try addBooks()
  }

  var online: OnlineCompany {
    OnlineCompany(
      company, settings: settings,
      environment: [
        "LOADBOOKS_CLIENT_ID": "planted-id", "LOADBOOKS_CLIENT_SECRET": "planted-secret",
      ],
      transport: quickBooks, clock: time)
  }

  private func connect() throws {
    let connection = OnlineConnection(
      realm: PushFixture.realm, companyName: "Acme Books", displayName: "acme",
      connectedAt: "2026-11-23T08:00:00Z",
      endpoints: OnlineEndpoints(
        api: "http://127.0.0.1:9", authorization: "http://127.0.0.1:9/authorize",
        token: "http://127.0.0.1:9/token", revocation: "http://127.0.0.1:9/revoke"),
      tokens: OnlineTokens(
        access: Secret("planted-access"), refresh: Secret("planted-refresh"),
        accessEnds: time.epoch + 1e9, refreshEnds: time.epoch + 1e9, grantEnds: nil))
    try online.store.save(connection)
  }

  /// Books with one account, item, terms and customer each, the same in QuickBooks.
  private func addBooks() throws {
    books.realm = PushFixture.realm
    books.company = "Acme Books"
    books.pulledAt = "2026-11-23T08:00:00Z"
    books.preferences.customNumbers = true
    let name = { (text: String) in OnlineJSON.string(text) }
    for (list, text) in [
      (OnlineBooks.List.accounts, "Freight Income"), (.items, "Linehaul"), (.terms, "Net 30"),
      (.customers, "Prairie Grain"),
    ] {
      let field = list == .customers ? "DisplayName" : "Name"
      let id = quickBooks.add(list.rawValue, (field, name(text)))
      var entry = OnlineBooks.Entry(list, id: id, name: text)
      if list == .accounts { entry.type = "Income" }
      if list == .items { (entry.type, entry.account) = ("Service", "Freight Income") }
      if list == .terms { entry.dueDays = 30 }
      books.entries.append(entry)
    }
    try online.save(books)
  }

  /// Takes a document into the books, as if it had been there when they were pulled.
  func addToBooks(_ document: OnlineBooks.Document) throws {
    books.documents.append(document)
    try online.save(books)
  }

  func customerID(_ name: String) -> String {
    books.entries.first { $0.list == .customers && $0.name == name }?.id ?? ""
  }

  /// An export of invoices numbered from 1, over as many dollars as their number.
  func export(_ count: Int, customer: (Int) -> String = { _ in "Prairie Grain" }) throws -> String {
    var text = "invoice_number,invoice_date,customer_name,category,amount\n"
    for number in 1...count {
      text += "LD-\(number),2026-11-20,\(customer(number)),Line Haul,\(number).00\n"
    }
    let path = folder.path + "/invoices.csv"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try Data("kind,loadops,quickbooks,account,note\nitem,Line Haul,Linehaul,,\n".utf8)
      .write(to: URL(fileURLWithPath: company.mappingPath))
    return path
  }

  /// Plans, writes and records; returns the run's id.
  func write(_ export: String, id: String = "20261123-080000-abcd") throws -> String {
    let ledger = try SyncLedger.open(folder: company.path)
    var context = PlanContext(
      settings: settings, mapping: try MappingFile.load(path: company.mappingPath),
      suppression: .empty, ledger: try ledger.snapshot(),
      books: try BooksReader.read([company.booksPath]), selection: .all,
      today: CalendarDate(daysSince1970: 20_780))
    context.lastRun = nil
    let plan = try Planner.plan(
      ExportInputs(arguments: [export], spoolFolder: folder.path), context)
    let run = SyncReport.Run(
      id: id, command: "push", target: "online", company: "Acme", started: "2026-11-23T08:00:00Z",
      finished: nil, plan: plan.fingerprint)
    _ = try Conversion.convert(
      plan, run: run, output: company.outboxPath + "/" + id, ledger: ledger,
      clock: { "2026-11-23T08:00:01Z" })
    return id
  }

  /// Sends a run, in simulated time.
  func send(_ run: String) throws -> PushReport {
    let ledger = try SyncLedger.open(folder: company.path)
    let (online, stop) = (online, stop)
    let path = company.outboxPath + "/\(run)/" + OnlineRequests.fileName
    let result = time.run { () async -> Result<PushReport, Failure> in
      do throws(Failure) {
        return .success(
          try await online.send(
            run: run, file: path, ledger: ledger, stop: stop,
            timestamp: { "2026-11-23T08:00:02Z" }))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  func undo(_ run: String, mode: OnlineUndo.Mode = .delete) throws -> OnlineUndo.Report {
    let ledger = try SyncLedger.open(folder: company.path)
    let (online, stop) = (online, PushStop())
    let path = company.outboxPath + "/\(run)/" + OnlineRequests.fileName
    let result = time.run { () async -> Result<OnlineUndo.Report, Failure> in
      do throws(Failure) {
        return .success(
          try await online.undo(
            run: run, file: path, ledger: ledger, mode: mode, stop: stop,
            timestamp: { "2026-11-23T09:00:00Z" }))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
