internal import ArgumentParser
internal import Foundation
internal import QuickBooks
internal import QuickBooksOnline
internal import Sync
internal import Vocabulary

/// The command `loadbooks pull`.
struct Pull: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract:
      "Fetch the books from QuickBooks Online, or write the questions for QuickBooks Desktop.",
    discussion: """
      For QuickBooks Online the lists, preferences and document numbers come into the company's folder \
      books; what is there is kept when it is new enough, unless --refresh is given. For qbXML this writes \
      a file of questions, sent the same way as other qbXML files. Save the answer into \
      the company's folder books: plan and convert then know what QuickBooks has.
      """)

  @Option(help: ArgumentHelp("Where the books are: online or qbxml.", valueName: "target"))
  var target: String?

  @Flag(help: "QuickBooks Online: fetch them again, however new those are that are there.")
  var refresh = false

  @Option(
    help: ArgumentHelp("Ask for documents dated on or after this day.", valueName: "yyyy-mm-dd"),
    transform: day)
  var from: CalendarDate?

  @Option(
    help: ArgumentHelp("Ask for documents dated on or before this day.", valueName: "yyyy-mm-dd"),
    transform: day)
  var until: CalendarDate?

  @Option(
    name: .customLong("page-size"),
    help: ArgumentHelp(
      "Ask for so many records at a time, with a tool that keeps QuickBooks' session open.",
      valueName: "n"))
  var pageSize: Int?

  @Option(
    name: .customLong("next"), parsing: .singleValue,
    help: ArgumentHelp(
      "An answer that is not complete: ask for the next records.", valueName: "answer"))
  var incomplete: [String] = []

  @Option(
    help: ArgumentHelp("The file to write; else query.xml in the outbox.", valueName: "file"))
  var output: String?

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    if let from, let until, until < from {
      throw ValidationError("--until \(until) is before --from \(from).")
    }
    if let pageSize, pageSize < 1 { throw ValidationError("--page-size must be at least 1.") }
  }

  func run() throws {
    let here = Surroundings.current
    let company = try options.folder()
    let settings = try CompanyFolder.settings(company, assignments: options.assignments)
    let word = target ?? settings.target.rawValue
    try checkFlags(word)
    if word == "online" { return try pullOnline(settings) }
    guard word == "qbxml" else {
      throw Failure(
        .usage, "books can be asked for with qbXML or online, not with \"\(word)\"",
        remedy: word == "iif"
          ? "in QuickBooks choose File > Utilities > Export > Lists to IIF Files, or use --target qbxml"
          : "use --target qbxml")
    }
    guard let path = output ?? company.map({ $0.outboxPath + "/" + QBXMLQueries.fileName }) else {
      throw Failure(
        .usage, "without a company folder there is no place for the file",
        remedy: "name one with --output FILE")
    }
    let url = URL(fileURLWithPath: path)
    var paging = pageSize.map { QBXMLQueries.Paging.start($0) } ?? .none
    if !incomplete.isEmpty {
      let reading = try QBXMLSnapshotReader.read(incomplete)
      guard reading.holdsQueries else {
        throw Failure(
          .inputUnreadable, "\(incomplete[0]) answers no question about the books",
          remedy: "name the answer to the file that loadbooks pull wrote")
      }
      guard !reading.iterators.isEmpty else {
        return here.print("the answer is complete; there is nothing more to ask")
      }
      paging = .next(pageSize ?? 500, iterators: reading.iterators)
    }
    let text = QBXMLQueries.text(
      from: from, until: until, paging: paging, version: settings.formats.qbxml.version)
    let folder = url.deletingLastPathComponent().path
    let file = try StagedFile(folder: folder, name: url.lastPathComponent)
    do throws(Failure) {
      try file.write(text)
      try file.finish()
      try QBXMLRequests.forEach(ofFile: file.stagedPath, validating: true) { _ throws(Failure) in }
      try file.publish()
      try StagedFile.syncFolder(folder)
    } catch {
      file.discard()
      throw error
    }
    if options.json {
      let answer: JSONText = ["file": .string(path)]
      return here.print(answer.text)
    }
    here.print(
      """
      questions: \(FindingText.visible(path))
      Send the file to QuickBooks as you send others (see the README: Sending qbXML), and save the answer
      as \(FindingText.visible(company.map(answerPath) ?? "an .xml file")).
      """)
  }

  /// Flags that mean nothing for what is pulled are slips.
  private func checkFlags(_ target: String) throws {
    if target == "online" {
      let given: [(String, Bool)] = [
        ("--from", from != nil), ("--until", until != nil), ("--page-size", pageSize != nil),
        ("--next", !incomplete.isEmpty), ("--output", output != nil),
      ]
      if let flag = given.first(where: \.1)?.0 {
        throw ValidationError(
          "\(flag) is for the questions to QuickBooks Desktop; QuickBooks Online gives all its books."
        )
      }
    } else if refresh {
      throw ValidationError("--refresh goes with --target online.")
    }
  }

  /// Where the answer belongs: a further piece stands beside those that were answered before.
  private func answerPath(_ company: CompanyFolder) -> String {
    let first = company.booksPath + "/answer.xml"
    guard !incomplete.isEmpty else { return first }
    let others = (2...).lazy.map { company.booksPath + "/answer-\($0).xml" }
    return others.first { !FileManager.default.fileExists(atPath: $0) } ?? first
  }
}

// MARK: - QuickBooks Online

extension Pull {
  /// Fetches a company's books, and tells how far it is.
  static func fetch(
    _ online: OnlineCompany, at timestamp: String
  ) async throws(Failure) -> OnlineBooks {
    let shown = ProgressBox(ProgressLine("fetching"))
    return try await online.pull(at: timestamp) { _, done, total in shown.update(done, total) }
  }

  private func pullOnline(_ settings: Settings) throws {
    let here = Surroundings.current
    let folder = try options.neededFolder()
    let (now, timestamp, refresh) = (here.now, here.timestamp, self.refresh)
    let (books, isNew) = try OnlineWork.with(folder, settings) {
      (online) async throws(Failure) -> (OnlineBooks, Bool) in
      let connection = try online.connection()
      if !refresh, let books = try online.books(of: connection.realm),
        let pulled = ISO8601DateFormatter().date(from: books.pulledAt),
        now.timeIntervalSince(pulled) <= Double(settings.online.booksDays) * 86_400
      {
        return (books, false)
      }
      return (try await Pull.fetch(online, at: timestamp), true)
    }
    let path = folder.booksPath + "/" + OnlineBooks.fileName
    if options.json {
      let answer: JSONText = [
        "file": .string(path), "company": .string(books.company), "realm": .string(books.realm),
        "pulled": .string(books.pulledAt), "fetched_now": .bool(isNew),
        "custom_numbers": .bool(books.preferences.customNumbers),
        "closed_through": .string(orNull: books.preferences.closedThrough?.description),
        "documents": .integer(books.documents.count),
        "lists": .array(
          Pull.lists.map { list, words in
            [
              "name": .string(words),
              "entries": .integer(books.entries.count { $0.list == list }),
            ]
          }),
      ]
      return here.print(answer.text)
    }
    here.print(Pull.text(books, path, isNew: isNew, now))
  }

  private static let lists: [(OnlineBooks.List, String)] = [
    (.customers, "customers"), (.items, "products and services"), (.accounts, "accounts"),
    (.terms, "terms"), (.classes, "classes"), (.departments, "departments"),
    (.taxCodes, "tax codes"), (.vendors, "vendors"), (.employees, "employees"),
  ]

  private static func text(
    _ books: OnlineBooks, _ path: String, isNew: Bool, _ now: Date
  ) -> String {
    var text = "books of \(FindingText.visible(books.company)) (\(books.realm)): "
    text += "\(FindingText.visible(path))\n"
    text +=
      "  fetched               \(books.pulledAt)\(isNew ? "" : ", \(age(books, now)); kept")\n"
    for (list, words) in lists {
      let own = books.entries.filter { $0.list == list }
      guard !own.isEmpty else { continue }
      let hidden = own.count { !$0.isActive }
      text += "  \(words)\(String(repeating: " ", count: max(1, 22 - words.count)))\(own.count)"
      text += hidden == 0 ? "\n" : ", of these \(hidden) inactive\n"
    }
    text += "  documents             \(books.documents.count)\n"
    let preferences = books.preferences
    text += "  own numbers           \(preferences.customNumbers ? "yes" : "no")\n"
    if let day = preferences.closedThrough { text += "  closed through        \(day)\n" }
    if preferences.multiCurrency {
      text += "  currencies            several, its own is \(preferences.homeCurrency)\n"
    }
    if !isNew { text += "Fetch them again with: loadbooks pull --refresh\n" }
    if !preferences.customNumbers {
      text +=
        "QuickBooks gives its own numbers to invoices. Before a push choose Account and settings > Sales > "
        + "Custom transaction numbers.\n"
    }
    return text
  }

  private static func age(_ books: OnlineBooks, _ now: Date) -> String {
    guard let pulled = ISO8601DateFormatter().date(from: books.pulledAt) else {
      return "some time ago"
    }
    let hours = Int(now.timeIntervalSince(pulled) / 3600)
    return hours < 1 ? "less than an hour ago" : hours == 1 ? "an hour ago" : "\(hours) hours ago"
  }
}
