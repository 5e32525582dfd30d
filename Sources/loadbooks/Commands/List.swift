internal import ArgumentParser
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks list`: LoadOps's tabs.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List invoices, customers or items by their state.",
    discussion: """
      Without an export, the list shows what the company's memory knows: what was sent, and what its \
      runs met and did not send. With an export, it shows what that holds, and what would become of it.
      """,
    subcommands: [Invoices.self, Customers.self, Items.self])

  /// The flags that all three share.
  struct Options: ParsableArguments {
    @Argument(
      help: ArgumentHelp("Export files or folders; - for standard input.", valueName: "export"))
    var exports: [String] = []

    @OptionGroup var company: CompanyOptions

    @Option(
      help: ArgumentHelp(
        "Only this state: synced, non-synced, suppressed or held.", valueName: "state"),
      transform: List.status)
    var status: ListStatus?

    @Option(
      help: ArgumentHelp("Only invoices dated on or after this day.", valueName: "yyyy-mm-dd"),
      transform: day)
    var from: CalendarDate?

    @Option(
      help: ArgumentHelp("Only invoices dated on or before this day.", valueName: "yyyy-mm-dd"),
      transform: day)
    var until: CalendarDate?

    @Option(
      help: ArgumentHelp("Only what has this in a name or number, in any case.", valueName: "text"))
    var search: String?

    @Option(help: ArgumentHelp("Only this customer, by its exact name.", valueName: "name"))
    var customer: String?

    @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
    var mapping: String?

    @Option(
      help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
    var suppressions: String?

    @OptionGroup var lists: BooksOptions

    func validate() throws {
      if let from, let until, until < from {
        throw ValidationError("--until \(until) is before --from \(from).")
      }
    }

    var query: ListQuery {
      var query = ListQuery()
      (query.status, query.from, query.until) = (status, from, until)
      (query.search, query.customer) = (search, customer)
      return query
    }

    /// What the list is made from: everything that decides, the memory, and the export's plan.
    func sources() throws -> (Planning, SyncLedger?, SyncPlan?) {
      let planning = try Planning(
        company, mapping: mapping, suppressions: suppressions, books: lists.books,
        target: nil)
      let ledger = try planning.company.flatMap { company in
        try SyncLedger.openReadOnly(folder: company.path)
      }
      guard !exports.isEmpty else {
        guard planning.company != nil || mapping != nil else {
          throw ValidationError("Name an export, or a company folder.")
        }
        return (planning, ledger, nil)
      }
      var selection = Selection()
      (selection.from, selection.until, selection.customer) = (from, until, customer)
      let plan = try planning.plan(
        exports, selection, ledger: try ledger?.snapshot() ?? .none, findings: 1)
      return (planning, ledger, plan)
    }
  }

  /// Reads a state given as a flag.
  private static func status(_ text: String) throws -> ListStatus {
    guard let status = ListStatus(rawValue: text.lowercased()) else {
      let names = ListStatus.allCases.map(\.rawValue)
      let near = Spelling.nearest(to: text, in: names)
      throw ValidationError(
        "\"\(text)\" is no state; "
          + (near.map { "did you mean \($0)?" } ?? "there are \(names.joined(separator: ", "))."))
    }
    return status
  }

  /// The command `loadbooks list invoices`.
  struct Invoices: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "invoices", abstract: "List invoices, with totals.")

    @OptionGroup var options: Options

    func run() throws {
      let (planning, ledger, plan) = try options.sources()
      let list = InvoiceList(
        options.query, suppression: planning.suppression, today: planning.today)
      let rows = RowPrinter(asJSON: options.company.json, name: "invoices")
      var totals = ListTotals()
      if !options.company.json { rows.print(ListedInvoice.heading) }
      let show = { (invoice: ListedInvoice) in
        totals.add(invoice)
        options.company.json ? rows.print(invoice.json) : rows.print(invoice.text)
      }
      if let plan {
        try list.forEach(in: plan, ledger, show)
      } else if let ledger {
        try list.forEach(in: ledger, show)
      }
      rows.end(totals.text, [("totals", totals.json)])
    }
  }

  /// The command `loadbooks list customers`.
  struct Customers: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "customers",
      abstract: "List customers, with their names in QuickBooks.")

    @OptionGroup var options: Options

    func run() throws {
      let (planning, ledger, plan) = try options.sources()
      let names = NameList(
        options.query, mapping: planning.mapping, ledger: ledger, plan: plan)
      let customers = try names.customers(
        suppression: planning.suppression, today: planning.today)
      show(customers, "customer", asJSON: options.company.json)
    }
  }

  /// The command `loadbooks list items`.
  struct Items: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "items",
      abstract: "List income categories, with their items in QuickBooks.")

    @OptionGroup var options: Options

    func run() throws {
      let (planning, ledger, plan) = try options.sources()
      let names = NameList(
        options.query, mapping: planning.mapping, ledger: ledger, plan: plan)
      show(try names.items(), "item", asJSON: options.company.json)
    }
  }

  private static func show(_ names: [ListedName], _ noun: String, asJSON: Bool) {
    let rows = RowPrinter(asJSON: asJSON, name: noun + "s")
    for name in names { asJSON ? rows.print(name.json) : rows.print(name.text) }
    let counts = ListStatus.allCases.map { status in
      (status, names.count { $0.status == status })
    }
    let words = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
    rows.end(
      (names.isEmpty ? "" : "\n") + "\(names.count) \(names.count == 1 ? noun : noun + "s")"
        + (words.isEmpty ? "" : ": " + words.joined(separator: ", ")) + "\n",
      [
        (
          "counts",
          .object(counts.map { JSONText.Member($0.0.rawValue, .integer($0.1)) })
        )
      ])
  }
}

/// Prints a list of any length in blocks, as text or as one JSON object.
final class RowPrinter {
  private let here = Surroundings.current
  private let asJSON: Bool
  private var block: String
  private var isFirst = true

  /// Begins a list; in JSON, its rows are the array of this name.
  init(asJSON: Bool, name: String) {
    self.asJSON = asJSON
    block = asJSON ? "{\n  \"\(name)\": [\n" : ""
  }

  /// Prints a row of text.
  func print(_ text: String) {
    block += text
    flush(atLeast: 1 << 16)
  }

  /// Prints a row of JSON, on one line.
  func print(_ json: JSONText) {
    block += (isFirst ? "" : ",\n") + "    " + json.compactText
    isFirst = false
    // What was printed ends with a line end, so that a comma waits for the next row.
    if block.utf8.count >= 1 << 16 {
      let last = block.lastIndex(of: "\n") ?? block.startIndex
      here.print(String(block[..<last]))
      block = String(block[block.index(after: last)...])
    }
  }

  /// Prints the foot: a text, or the members of the object behind the rows.
  func end(_ text: String, _ members: [(String, JSONText)]) {
    if asJSON {
      block += isFirst ? "  ]" : "\n  ]"
      for (name, json) in members { block += ",\n  \"\(name)\": " + json.compactText }
      block += "\n}\n"
    } else {
      block += text
    }
    flush(atLeast: 1)
  }

  private func flush(atLeast count: Int) {
    guard block.utf8.count >= count else { return }
    here.print(block)
    block = ""
  }
}
