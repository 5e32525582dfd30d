import Foundation
import QuickBooks
import Vocabulary

/// Files written into a folder of their own, and the lists and documents of the worked examples.
enum IIFFixture {
  /// Runs `body` with a new, empty folder and removes it.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "iif-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// What was written: the files' names and texts in the order of import.
  struct Written {
    var names: [String]
    var texts: [String]
    var output: [OutputFile]
  }

  static func write(
    _ lists: CompanyLists, _ documents: [SalesDocument], format: IIFFormat = IIFFormat(),
    expected: Int? = nil
  ) throws -> Written {
    try withFolder { folder in
      let writer = try IIFWriter(
        lists: lists, format: format, folder: folder,
        expectedDocuments: expected ?? documents.count)
      for document in documents { try writer.append(document) }
      let output = try writer.finish()
      for file in writer.stagedFiles { try file.publish() }
      let texts = try output.map {
        String(decoding: try bytes(folder + "/" + $0.name), as: UTF8.self)
      }
      return Written(names: output.map(\.name), texts: texts, output: output)
    }
  }

  /// Rows with `⇥` for a tab, as they stand in a file.
  static func rows(_ text: String) -> String {
    text.split(separator: "\n").map { $0.replacing("⇥", with: "\t") + "\r\n" }.joined()
  }

  static func decimal(_ text: String) -> FixedDecimal {
    var text = text
    guard case .value(let value) = text.withUTF8({ FixedDecimal.parse($0.span, .us) }) else {
      fatalError("\(text) is not a number")
    }
    return value
  }

  static func money(_ text: String) -> Money {
    guard let money = Money(decimal(text)) else { fatalError("\(text) is not an amount") }
    return money
  }

  static func date(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(iso: text) else { fatalError("\(text) is not a date") }
    return date
  }

  static let freightLists: CompanyLists = {
    var lists = CompanyLists()
    lists.accounts = [
      Account(name: "Accounts Receivable", type: .receivable),
      Account(name: "Freight Income:Linehaul", type: .income),
      Account(name: "Freight Income:Fuel Surcharge", type: .income),
      Account(name: "Freight Income:Accessorials", type: .income),
    ]
    lists.items = [
      Item(name: "Linehaul", account: "Freight Income:Linehaul", description: "Linehaul"),
      Item(
        name: "Fuel Surcharge", account: "Freight Income:Fuel Surcharge",
        description: "Fuel surcharge"),
      Item(
        name: "Accessorial:Detention", account: "Freight Income:Accessorials",
        description: "Detention per hour"),
    ]
    lists.terms = [Terms(name: "Net 30", dueDays: 30)]
    var plant = Customer(name: "Tamarack Milling Co:Bismarck Plant")
    plant.addressLines = ["Tamarack Milling Co", "88 Yard St", "Bismarck, ND 58501"]
    plant.accountNumber = "C-1003"
    plant.terms = "Net 30"
    plant.companyName = "Tamarack Milling Co"
    lists.customers = [plant, Customer(name: "Tamarack Milling Co")]
    return lists
  }()

  struct Line {
    var item: Int
    var amount: String
    var quantity: String?
    var rate: String?
    var description: String
  }

  static func document(
    _ kind: SalesDocument.Kind, _ number: String, customer: Int = 0, _ date: String,
    due: String? = nil, terms: Int? = nil, ship: String? = nil, order: String = "",
    memo: String = "", classIndex: Int? = nil, _ lines: [Line]
  ) -> SalesDocument {
    var document = SalesDocument()
    func add(_ text: String) -> TextRange { document.append(Array(text.utf8).span) }
    document.kind = kind
    document.customer = customer
    document.date = self.date(date)
    document.dueDate = due.map(self.date)
    document.terms = terms
    document.shipDate = ship.map(self.date)
    document.classIndex = classIndex
    document.number = add(number)
    document.purchaseOrder = add(order)
    document.memo = add(memo)
    for line in lines {
      let amount = money(line.amount)
      document.total += amount
      let description = add(line.description)
      document.lines.append(
        SalesDocument.Line(
          item: line.item, amount: amount, quantity: line.quantity.map(decimal),
          rate: line.rate.map(decimal), description: description))
    }
    return document
  }

  /// Three lines with a fuel surcharge.
  static let invoice = document(
    .invoice, "48213", "2025-03-14", due: "2025-04-13", terms: 0, ship: "2025-03-12",
    order: "PO-77120", memo: "Load 48213",
    [
      Line(
        item: 0, amount: "1850", quantity: nil, rate: nil,
        description: "Linehaul Minot, ND to Bismarck, ND"),
      Line(item: 1, amount: "238.96", quantity: "412", rate: "0.58", description: "412 mi @ 0.58"),
      Line(item: 2, amount: "150", quantity: "2.5", rate: "60", description: "Detention 2.5 h"),
    ])

  /// Two lines of a credit.
  static let creditMemo = document(
    .creditMemo, "48213C", "2025-03-20", memo: "Adjust load 48213",
    [
      Line(
        item: 2, amount: "60", quantity: "1", rate: "60", description: "Detention overbilled 1 h"),
      Line(
        item: 1, amount: "12.40", quantity: nil, rate: nil,
        description: "Fuel surcharge correction"),
    ])

  /// An invoice with an allowance.
  static let allowance = document(
    .invoice, "48231", customer: 1, "2025-03-22", due: "2025-04-21", terms: 0, memo: "Load 48231",
    [
      Line(item: 0, amount: "930", quantity: nil, rate: nil, description: "Linehaul"),
      Line(
        item: 0, amount: "-25", quantity: nil, rate: nil, description: "Late delivery allowance"),
    ])
}

/// Numbers that look random and are the same for the same seed.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The names in a folder, hidden ones too.
func folderEntries(_ folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
