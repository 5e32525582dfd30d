internal import ArgumentParser
internal import Foundation
internal import Sync

/// The command `loadbooks init`.
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a company folder that works at once.")

  @Argument(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var folder: String

  @Option(
    help: ArgumentHelp("The company's display name; else the folder's name.", valueName: "name"))
  var name: String?

  @Flag(help: "Answer in JSON on standard output.")
  var json = false

  func run() throws {
    let company = name ?? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    guard !company.allSatisfy(\.isWhitespace) else {
      throw ValidationError("A company needs a name: --name NAME.")
    }
    guard !company.contains(where: { $0.isNewline || $0 == "\0" || $0 == "\t" }) else {
      throw ValidationError("A company's name is one line: --name NAME.")
    }
    let made = try CompanyFolder.create(folder, company: company)
    let here = Surroundings.current
    if json {
      let answer: JSONText = [
        "company": .string(company), "folder": .string(made.path),
        "settings": .string(made.settingsPath), "mapping": .string(made.mappingPath),
        "suppressions": .string(made.suppressionPath),
      ]
      return here.print(answer.text)
    }
    here.print(
      """
      \(made.path) is ready for \(company).
        loadbooks.yaml   settings, each explained: look at accounts_receivable and default_income_account
        mapping.csv      income categories and their QuickBooks items: check the names
        suppress.csv     invoices that may not be sent
      Next: loadbooks plan EXPORT… --company \(made.path)
      """)
  }
}
