internal import Sheets
internal import Vocabulary

extension IIFPreflight {
  /// Where the columns of documents stand, the keyword counted as 0.
  private struct Layout {
    var head: [String: Int] = [:]
    var line: [String: Int] = [:]
    var headCount = 0
    var lineCount = 0
    var hasClasses = false
    // The columns that every row is asked for, looked up once.
    var headAmount = 0
    var headClass = 0
    var lineAmount = 0
    var lineClass = 0
    var memo = 0
    var lineMemo = 0

    init(hasClasses: Bool) {
      self.hasClasses = hasClasses
      for (index, column) in IIFColumns.head(hasClasses: hasClasses).enumerated() {
        head[column] = index + 1
      }
      for (index, column) in IIFColumns.line(hasClasses: hasClasses).enumerated() {
        line[column] = index + 1
      }
      (headCount, lineCount) = (head.count + 1, line.count + 1)
      headAmount = head["AMOUNT"] ?? 0
      headClass = head["CLASS"] ?? 0
      lineAmount = line["AMOUNT"] ?? 0
      lineClass = line["CLASS"] ?? 0
      memo = head["MEMO"] ?? 0
      lineMemo = line["MEMO"] ?? 0
    }
  }

  /// The block being checked.
  private struct Block {
    var isInvoice = true
    /// `MM/DD/YYYY` in two words.
    var date: (UInt64, UInt16) = (0, 0)
    var sum: Int64 = 0
    var lines = 0
  }

  // The columns that stand at the same place in both layouts and both rows.
  private static let type = 2
  private static let date = 3
  private static let account = 4
  private static let name = 5

  /// Checks a file of documents, and hands each of them over as ``IIFTotals`` reads it back.
  mutating func checkDocuments(
    _ lines: IIFLines, readingBack: (IIFTotals.Document) throws(Failure) -> Void
  ) throws(Failure) {
    file = lines.name
    var totals = IIFTotals(name: lines.name)
    let layout = try documentHeader(lines, &totals)
    var block: Block?
    var documents = 0
    while try lines.next() {
      try takeRow(lines)
      if field(0, is: "TRNS") {
        guard block == nil else { throw fault("a TRNS row stands inside a block") }
        block = try checkHead(layout)
      } else if field(0, is: "SPL") {
        guard var open = block else { throw fault("an SPL row stands outside a block") }
        block = nil
        try checkLine(layout, &open)
        block = open
      } else if field(0, is: "ENDTRNS"), row.fields.count == 1 {
        guard let open = block, open.lines > 0 else {
          throw fault("an ENDTRNS row must close a block with lines")
        }
        guard open.sum == 0 else {
          throw fault("the block does not add up to zero but to \(Money(cents: open.sum))")
        }
        documents += 1
        block = nil
      } else {
        throw fault("the row is neither TRNS, SPL nor ENDTRNS")
      }
      if let document = try totals.take(row.bytes.buffer.span, line: number) {
        try readingBack(document)
      }
    }
    guard block == nil else { throw fault("the file ends inside a block") }
    guard documents > 0 else { throw fault("the file holds no document") }
    try totals.finish()
  }

  private mutating func documentHeader(
    _ lines: IIFLines, _ totals: inout IIFTotals
  ) throws(Failure) -> Layout {
    var names: [[String]] = []
    var rows: [[UInt8]] = []
    for _ in 0..<3 {
      guard try lines.next() else { throw fault("the header rows are missing") }
      try takeRow(lines)
      names.append(row.fields.indices.map(text))
      rows.append(Array(copying: row.bytes.buffer.span))
    }
    for hasClasses in [false, true] {
      let expected = [
        ["!TRNS"] + IIFColumns.head(hasClasses: hasClasses),
        ["!SPL"] + IIFColumns.line(hasClasses: hasClasses), ["!ENDTRNS"],
      ]
      guard names == expected else { continue }
      for (index, row) in rows.enumerated() { _ = try totals.take(row.span, line: index + 1) }
      return Layout(hasClasses: hasClasses)
    }
    throw fault("the header rows are not those of documents")
  }

  private mutating func checkHead(_ layout: Layout) throws(Failure) -> Block {
    guard row.fields.count == layout.headCount else {
      throw fault("the row has \(row.fields.count) fields, its header \(layout.headCount)")
    }
    var block = Block()
    block.isInvoice = field(IIFPreflight.type, is: "INVOICE")
    guard block.isInvoice || field(IIFPreflight.type, is: "CREDIT MEMO") else {
      throw fault("\"\(text(IIFPreflight.type))\" is not a type that we write")
    }
    guard row.isDate(IIFPreflight.date, format.dates) else { throw fault("DATE is not a date") }
    block.date = row.dateWords(IIFPreflight.date)
    guard let account = known(IIFPreflight.account, in: accounts), accountIsReceivable[account]
    else {
      throw fault("\"\(text(IIFPreflight.account))\" is not declared as a receivable account")
    }
    guard known(IIFPreflight.name, in: customers) != nil else {
      throw fault("the customer \"\(text(IIFPreflight.name))\" is not declared")
    }
    guard row.fields[1].isEmpty else { throw fault("TRNSID is not blank") }
    if layout.hasClasses { try checkClass(layout.headClass) }
    guard let amount = row.amount(layout.headAmount) else { throw fault("AMOUNT is not an amount") }
    guard block.isInvoice ? amount >= 0 : amount <= 0 else {
      throw fault("the total \(Money(cents: amount)) has the wrong sign")
    }
    block.sum = amount
    try checkNumber(layout.headAmount + 1, block)
    try checkHeadDetails(layout, block)
    return block
  }

  private mutating func checkNumber(_ column: Int, _ block: Block) throws(Failure) {
    let range = row.fields[column].range
    guard !range.isEmpty else { throw fault("DOCNUM is blank") }
    try checkLength(column, DesktopLimits.documentNumber, "DOCNUM")
    guard
      documentNumbers.insert(row.bytes.buffer.span.extracting(range), type: block.isInvoice ? 1 : 2)
    else {
      throw fault("DOCNUM \(text(column)) is used twice")
    }
  }

  private func checkHeadDetails(_ layout: Layout, _ block: Block) throws(Failure) {
    try checkLength(layout.memo, DesktopLimits.memo, "MEMO")
    var column = layout.memo + 1
    for _ in 0..<3 {
      guard field(column, is: "N") || field(column, is: "Y") else {
        throw fault("a flag is neither Y nor N")
      }
      column += 1
    }
    for line in 1...DesktopLimits.addressLines {
      try checkLength(column, DesktopLimits.addressLine, "ADDR\(line)")
      column += 1
    }
    let (due, terms, paid, shipped, order) = (
      column, column + 1, column + 2, column + 3, column + 4
    )
    guard row.fields[due].isEmpty || row.isDate(due, format.dates) else {
      throw fault("DUEDATE is not a date")
    }
    guard row.fields[shipped].isEmpty || row.isDate(shipped, format.dates) else {
      throw fault("SHIPDATE is not a date")
    }
    if !row.fields[terms].isEmpty {
      guard known(terms, in: self.terms) != nil else {
        throw fault("the terms \"\(text(terms))\" are not declared")
      }
    }
    if !block.isInvoice {
      guard row.fields[terms].isEmpty, row.isDate(due, format.dates),
        row.dateWords(due) == block.date
      else {
        throw fault("a credit memo is due on its date and has no terms")
      }
    }
    guard field(paid, is: "N"), field(row.fields.count - 1, is: "N") else {
      throw fault("PAID and TOSEND must be N")
    }
    try checkLength(order, DesktopLimits.purchaseOrder, "PONUM")
  }

  private func checkLine(_ layout: Layout, _ block: inout Block) throws(Failure) {
    guard row.fields.count == layout.lineCount else {
      throw fault("the row has \(row.fields.count) fields, its header \(layout.lineCount)")
    }
    guard field(IIFPreflight.type, is: block.isInvoice ? "INVOICE" : "CREDIT MEMO") else {
      throw fault("TRNSTYPE is not that of the TRNS row")
    }
    guard row.fields[IIFPreflight.date].count == 10, row.dateWords(IIFPreflight.date) == block.date
    else {
      throw fault("DATE is not that of the TRNS row")
    }
    let (clear, quantityColumn, priceColumn, item) = (
      layout.lineMemo + 1, layout.lineMemo + 2, layout.lineMemo + 3, layout.lineMemo + 4
    )
    guard let account = known(IIFPreflight.account, in: accounts), !accountIsReceivable[account]
    else {
      throw fault("\"\(text(IIFPreflight.account))\" is not declared as an income account")
    }
    guard let number = known(item, in: items) else {
      throw fault("the item \"\(text(item))\" is not declared")
    }
    guard itemAccounts[number] == account else {
      throw fault("the account is not that of the item \"\(text(item))\"")
    }
    guard row.fields[1].isEmpty, row.fields[IIFPreflight.name].isEmpty,
      row.fields[layout.lineAmount + 1].isEmpty, row.fields[item + 2].isEmpty
    else { throw fault("SPLID, NAME, DOCNUM and EXTRA must be blank") }
    guard field(clear, is: "N"), field(item + 1, is: "N"), field(row.fields.count - 1, is: "N")
    else {
      throw fault("CLEAR, TAXABLE and VALADJ must be N")
    }
    if layout.hasClasses { try checkClass(layout.lineClass) }
    try checkLength(layout.lineMemo, DesktopLimits.memo, "MEMO")
    guard let amount = row.amount(layout.lineAmount) else { throw fault("AMOUNT is not an amount") }
    guard let quantity = row.decimal(quantityColumn) else { throw fault("QNTY is not a number") }
    guard let price = row.decimal(priceColumn) else { throw fault("PRICE is not a number") }
    guard block.isInvoice ? quantity < .zero : quantity > .zero else {
      throw fault("QNTY \(quantity) has the wrong sign")
    }
    guard Money(quantity: quantity, rate: price)?.cents == amount else {
      throw fault("AMOUNT is not QNTY times PRICE")
    }
    let (sum, overflow) = block.sum.addingReportingOverflow(amount)
    guard !overflow else { throw fault("the amounts are too large to add up") }
    block.sum = sum
    block.lines += 1
  }

  private func checkClass(_ column: Int) throws(Failure) {
    guard row.fields[column].isEmpty || known(column, in: classes) != nil else {
      throw fault("the class \"\(text(column))\" is not declared")
    }
  }
}
