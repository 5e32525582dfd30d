internal import ArgumentParser
internal import Ledger
internal import Sync
internal import Vocabulary

/// The two names of a line, and what goes with them.
struct MapNames: ParsableArguments {
  @Argument(help: ArgumentHelp("The name in LoadOps, as the export has it.", valueName: "loadops"))
  var loadOps: String

  @Argument(
    help: ArgumentHelp(
      "The name in QuickBooks; a colon begins a lower level.", valueName: "quickbooks"))
  var quickBooks: String

  @Option(help: ArgumentHelp("What to remember about it.", valueName: "text"))
  var note: String?

  @OptionGroup var files: Map.Files

  func validate() throws {
    if loadOps.isEmpty || quickBooks.isEmpty {
      throw ValidationError("Neither of the two names may be empty.")
    }
  }

  /// Writes the line and says what QuickBooks' lists have against it.
  func write(_ kind: MappingFile.Kind, account: String? = nil) throws {
    let here = Surroundings.current
    let path = try files.path()
    let line = MappingEditor.Line(
      kind: kind, loadOps: loadOps, quickBooks: quickBooks, account: account, note: note ?? "")
    let planning = try Planning(
      files.options, mapping: path, suppressions: nil, books: files.lists.books, target: nil)
    let outcome = try files.add([line], command: "loadbooks map \(kind.rawValue)") {
      mapping, added in
      let remarks = mapping.remarks(planning.books, settings: planning.settings)
        .filter { added.contains($0.line) }
      if let problem = remarks.first(where: { $0.severity == .error }) {
        throw Failure(
          .settingsWrong, "nothing was written: \(problem.message)", remedy: problem.remedy)
      }
      for remark in remarks { here.tell(remark.text(path)) }
    }
    here.print(files.options.json ? outcome.json(path).text : outcome.text(path))
  }
}

extension MappingFile.Remark {
  /// The remark with its place, as printed on standard error.
  func text(_ path: String) -> String {
    FindingText.visible("\(path):\(line)") + ": \(severity.rawValue): "
      + FindingText.visible(message) + "\n  remedy: " + FindingText.visible(remedy)
  }
}

/// The command `loadbooks map item`.
struct MapItem: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "item", abstract: "Write which QuickBooks item an income category is.")

  @OptionGroup var names: MapNames

  @Option(
    help: ArgumentHelp("The income account; else the default one.", valueName: "account"))
  var account: String?

  func run() throws { try names.write(.item, account: account) }
}

/// The command `loadbooks map customer`.
struct MapCustomer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer", abstract: "Write which QuickBooks customer a LoadOps customer is.")

  @OptionGroup var names: MapNames

  func run() throws { try names.write(.customer) }
}

/// The command `loadbooks map terms`.
struct MapTerms: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terms", abstract: "Write which QuickBooks terms the terms of LoadOps are.")

  @OptionGroup var names: MapNames

  func run() throws { try names.write(.terms) }
}

/// The command `loadbooks map class`.
struct MapClass: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "class", abstract: "Write which QuickBooks class a terminal is.")

  @OptionGroup var names: MapNames

  func run() throws { try names.write(.className) }
}
