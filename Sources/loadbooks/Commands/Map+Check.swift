internal import ArgumentParser
internal import Ledger
internal import Sync
internal import Vocabulary

extension Map {
  /// The command `loadbooks map check`.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract:
        "Check mapping.csv, suppress.csv and loadbooks.yaml; with exports, what is unmapped.")

    @Argument(help: ArgumentHelp("Export files or folders.", valueName: "export"))
    var exports: [String] = []

    @OptionGroup var options: CompanyOptions

    @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
    var mapping: String?

    @Option(
      help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
    var suppressions: String?

    @OptionGroup var lists: BooksOptions

    func run() throws {
      let here = Surroundings.current
      let folder = try options.folder()
      guard let mappingPath = mapping ?? folder?.mappingPath else {
        throw ValidationError("Name a company folder or a mapping file.")
      }
      var problems: [Failure] = []
      if let folder { problems += Settings.check(path: folder.settingsPath).1 }
      let (file, wrong) = MappingFile.check(path: mappingPath)
      problems += wrong
      if let path = suppressions ?? folder?.suppressionPath {
        problems += SuppressionList.check(path: path).1
      }
      if problems.isEmpty, let file {
        do throws(Failure) {
          try PlanContext(
            settings: try CompanyFolder.settings(folder, assignments: options.assignments),
            mapping: file, suppression: .empty, ledger: .none, selection: .all,
            today: CalendarDate(daysSince1970: 0)
          ).check()
        } catch {
          problems.append(error)
        }
      }
      for problem in problems { here.tell(problem.description) }
      guard problems.isEmpty else {
        if options.json { here.print(answer(file, problems, nil).text) }
        throw ExitCode.settingsWrong
      }
      let planning = try Planning(
        options, mapping: mappingPath, suppressions: suppressions, books: lists.books, target: nil)
      let remarks = planning.mapping.remarks(planning.books, settings: planning.settings)
      for remark in remarks { here.tell(remark.text(mappingPath)) }
      let plan =
        exports.isEmpty ? nil : try planning.plan(exports, .all, ledger: try planning.memory())
      here.print(
        options.json ? answer(file, [], plan, remarks).text : text(file, plan, mappingPath, remarks)
      )
      if remarks.contains(where: { $0.severity == .error }) { throw ExitCode.settingsWrong }
      if let plan, plan.report.itemsUnmapped > 0 { throw ExitCode.held }
    }

    private func unmapped(_ plan: SyncPlan?) -> [SyncReport.Share] {
      plan?.report.byIncomeCategory.filter { $0.quickBooksName == nil } ?? []
    }

    private func text(
      _ file: MappingFile?, _ plan: SyncPlan?, _ path: String, _ remarks: [MappingFile.Remark]
    ) -> String {
      let errors = remarks.count { $0.severity == .error }
      let state = errors == 0 ? "no problem" : errors == 1 ? "1 problem" : "\(errors) problems"
      var text = "\(path): \(file?.rows.count ?? 0) rows, \(state)\n"
      guard let plan else { return text }
      for share in plan.report.byIncomeCategory {
        let totals = share.totals.read
        let target = share.quickBooksName ?? "(unmapped)"
        text += "  \(FindingText.visible(share.name)) -> \(FindingText.visible(target))"
        text +=
          ": \(totals.lines) \(totals.lines == 1 ? "line" : "lines"), \(totals.amount.grouped)\n"
      }
      for share in unmapped(plan) {
        text += "add to mapping.csv: \(suggestion(share))\n"
      }
      return text
    }

    private var defaultAccount: String? {
      let settings = try? CompanyFolder.settings(
        try options.folder(), assignments: options.assignments)
      return settings?.quickBooks.defaultIncomeAccount
    }

    private func suggestion(_ share: SyncReport.Share) -> String {
      MappingFile.line(
        kind: .item, loadops: share.name, quickbooks: share.name, account: defaultAccount)
    }

    private func answer(
      _ file: MappingFile?, _ problems: [Failure], _ plan: SyncPlan?,
      _ remarks: [MappingFile.Remark] = []
    ) -> JSONText {
      [
        "rows": .integer(file?.rows.count ?? 0),
        "problems": .array(
          problems.map { problem in
            [
              "file": .string(orNull: problem.location?.file),
              "line": .integer(orNull: problem.location?.line),
              "message": .string(problem.message), "remedy": .string(problem.remedy),
            ]
          }),
        "remarks": .array(
          remarks.map { remark in
            [
              "severity": .string(remark.severity.rawValue), "line": .integer(remark.line),
              "message": .string(remark.message), "remedy": .string(remark.remedy),
            ]
          }),
        "unmapped": .array(
          unmapped(plan).map { share in
            [
              "category": .string(share.name), "totals": JSONReport.tally(share.totals.read),
              "suggestion": .string(suggestion(share)),
            ]
          }),
      ]
    }
  }
}
