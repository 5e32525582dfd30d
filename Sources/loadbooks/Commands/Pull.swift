internal import ArgumentParser
internal import Foundation
internal import QuickBooks
internal import Sync
internal import Vocabulary

/// The command `loadbooks pull`.
struct Pull: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the questions whose answers serve as books.",
    discussion: """
      For qbXML that is a file of questions, sent the same way as other qbXML files. Save the answer into \
      the company's folder books: plan and convert then know what QuickBooks has.
      """)

  @Option(help: ArgumentHelp("Where the books are: qbxml.", valueName: "target"))
  var target: String?

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
    guard word == "qbxml" else {
      throw Failure(
        .usage, "books can be asked for with qbXML only, not with \"\(word)\"",
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
      as \(FindingText.visible(company.map { $0.booksPath + "/answer.xml" } ?? "an .xml file")).
      """)
  }
}
