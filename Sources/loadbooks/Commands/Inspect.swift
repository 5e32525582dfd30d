internal import ArgumentParser
internal import Foundation
internal import Sync
internal import Vocabulary

/// The command `loadbooks inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show how export files are read: columns, dates, numbers, sums, first findings.",
    discussion: """
      Works without a company folder; with one, its mapping file and settings count. Nothing is decided
      about QuickBooks and nothing is written.
      """)

  @OptionGroup var export: ExportOptions
  @OptionGroup var options: CompanyOptions

  func run() throws {
    let planning = try Planning(
      options, mapping: export.mapping, suppressions: export.suppressions, books: [], target: nil)
    let inputs = try ExportInputs(arguments: export.exports, spoolFolder: NSTemporaryDirectory())
    if let spooled = inputs.spooled { Surroundings.current.removeAtEnd(spooled) }
    let here = Surroundings.current
    var files: [FileInspection] = []
    var failure: Failure?
    for path in inputs.paths {
      do throws(Failure) {
        let file = try FileInspection(
          path: path, name: inputs.name(of: path), settings: planning.settings,
          mapping: planning.mapping, today: planning.today,
          findingsPerKind: options.json ? Planner.findingsPerKind : 3)
        if !options.json {
          if !files.isEmpty { here.print("") }
          here.print(InspectionText.render(file, color: here.colorsOutput))
        }
        files.append(file)
      } catch {
        // The other files are worth a look all the same.
        here.tell(error.description)
        failure = failure ?? error
      }
    }
    for path in inputs.ignored { here.tell("\(path) is passed over: no export has such a name") }
    if options.json { here.print(InspectionJSON.value(files).text) }
    if let failure { throw ExitCode(failure.cause) }
    if files.contains(where: \.hasErrors) { throw ExitCode.held }
  }
}
