internal import ArgumentParser
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks map`.
struct Map: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Look after the mapping file.",
    subcommands: [
      Suggest.self, Check.self, MapItem.self, MapCustomer.self, MapTerms.self, MapClass.self,
    ])

  /// The mapping file and everything that is asked about it.
  struct Files: ParsableArguments {
    @OptionGroup var options: CompanyOptions

    @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
    var mapping: String?

    @OptionGroup var lists: BooksOptions

    /// The mapping file; a failure when neither a company nor a file is named.
    func path() throws -> String {
      guard let path = try mapping ?? options.folder()?.mappingPath else {
        throw ValidationError("Name a company folder or a mapping file.")
      }
      return path
    }

    /// Adds lines to the mapping file, as the only writer of the company's folder.
    ///
    /// `check` looks at the file as it would be, and at the numbers of its new lines; what it throws leaves the
    /// file as it is.
    func add(
      _ lines: [MappingEditor.Line], command: String,
      check: (MappingFile, [Int]) throws -> Void = { _, _ in }
    ) throws -> MappingEditor.Outcome {
      let path = try path()
      let here = Surroundings.current
      let lock = try options.folder().map {
        try CompanyLock.acquire(folder: $0.path, command: command, since: here.timestamp)
      }
      defer { lock?.release() }
      var editor = try MappingEditor(path: path)
      for line in lines { try editor.add(line) }
      try check(editor.result, editor.addedLines)
      return try editor.save()
    }
  }
}

extension MappingEditor.Outcome {
  /// What became of the lines, for a terminal.
  func text(_ path: String) -> String {
    let added = added.map { "\(path):\($0.line): added \($0.text)\n" }
    let known = known.map { known in
      "\(path):\(known.number): has \(FindingText.visible(known.line.loadOps)) -> "
        + "\(FindingText.visible(known.line.quickBooks)) already\n"
    }
    return (added + known).joined()
  }

  /// The same for programs.
  func json(_ path: String) -> JSONText {
    [
      "file": .string(path),
      "added": .array(added.map { ["line": .integer($0.line), "text": .string($0.text)] }),
      "known": .array(
        known.map { known in
          [
            "line": .integer(known.number), "loadops": .string(known.line.loadOps),
            "quickbooks": .string(known.line.quickBooks),
          ]
        }),
    ]
  }
}
