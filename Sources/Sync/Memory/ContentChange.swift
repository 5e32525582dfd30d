internal import Ledger
internal import Vocabulary

/// One thing about an invoice that is not as it was when it was sent.
struct ContentChange: Hashable, Sendable {
  /// What it is, in words: `total`, `line 2 amount`.
  var field: String
  /// What was sent; nil for what is new.
  var old: String?
  /// What LoadOps says now; nil for what is gone.
  var new: String?

  /// `total was 1250.00, is 1250.01`.
  var words: String {
    switch (old, new) {
    case (let old?, let new?): "\(field) was \(old), is \(new)"
    case (let old?, nil): "\(field) is gone: \(old)"
    case (nil, let new?): "\(field) is new: \(new)"
    case (nil, nil): field
    }
  }
}

/// Compares what an invoice carries now with what was sent.
struct ContentComparison {
  /// Everything that differs, in the order in which an invoice is read.
  private(set) var changes: [ContentChange] = []
  /// Whether the ledger no longer knows all that was sent.
  private(set) var isPartial = false

  init(sent: LedgerRecall.Sent, now: InvoiceContent) {
    guard let old = sent.content else {
      isPartial = true
      compare(sent.entry, now)
      return
    }
    for text in InvoiceContent.Text.allCases {
      compare(text.title, ContentComparison.quoted(old[text]), ContentComparison.quoted(now[text]))
    }
    for day in InvoiceContent.Day.allCases {
      compare(day.title, old[day]?.description ?? "(none)", now[day]?.description ?? "(none)")
    }
    compare("total", old.total.description, now.total.description)
    compareLines(old.lines, now.lines)
  }

  private mutating func compare(_ field: String, _ old: String, _ new: String) {
    // Two spellings of an accented letter are two texts.
    guard !old.utf8.elementsEqual(new.utf8) else { return }
    changes.append(ContentChange(field: field, old: old, new: new))
  }

  /// What older versions kept: customer, date, total and the number of lines.
  private mutating func compare(_ entry: LedgerEntry, _ now: InvoiceContent) {
    compare(
      "customer", ContentComparison.quoted(entry.customer),
      ContentComparison.quoted(now[.customer]))
    compare(
      "invoice date", entry.date.description, now[.invoiceDate]?.description ?? "(none)")
    compare("total", entry.amount.description, now.total.description)
    compare("number of lines", "\(entry.lines)", "\(now.lineCount)")
  }

  /// Lines are compared where they stand, unless some came or went: then what is equal is left out.
  private mutating func compareLines(
    _ old: [InvoiceContent.Line], _ new: [InvoiceContent.Line]
  ) {
    if old.count == new.count {
      for (index, (was, now)) in zip(old, new).enumerated() {
        compare("line \(index + 1)", was, now)
      }
      return
    }
    // An invoice of thousands of lines that all changed is not told line by line.
    guard old.count * new.count <= 250_000 else {
      compare("number of lines", "\(old.count)", "\(new.count)")
      return
    }
    let difference = new.difference(from: old)
    for removal in difference.removals {
      guard case .remove(let offset, let line, _) = removal else { continue }
      changes.append(ContentChange(field: "line \(offset + 1)", old: line.words, new: nil))
    }
    for insertion in difference.insertions {
      guard case .insert(let offset, let line, _) = insertion else { continue }
      changes.append(ContentChange(field: "line \(offset + 1)", old: nil, new: line.words))
    }
  }

  private mutating func compare(
    _ line: String, _ was: InvoiceContent.Line, _ now: InvoiceContent.Line
  ) {
    guard was != now else { return }
    compare("\(line) category", was.category.inQuotes, now.category.inQuotes)
    compare("\(line) description", was.description.inQuotes, now.description.inQuotes)
    compare("\(line) quantity", was.quantity.orNone, now.quantity.orNone)
    compare("\(line) rate", was.rate.orNone, now.rate.orNone)
    compare(
      "\(line) amount", was.amount?.description ?? "(none)", now.amount?.description ?? "(none)")
  }

  private static func quoted(_ text: String) -> String { text.inQuotes }
}

extension InvoiceContent {
  /// The sum of the lines that have an amount.
  var total: Money { lines.reduce(.zero) { $0 + ($1.amount ?? .zero) } }
}

extension InvoiceContent.Line {
  /// `Fuel surcharge "March", 37.50`.
  fileprivate var words: String {
    category.inQuotes + (description.isEmpty ? "" : " " + description.inQuotes)
      + ", \(amount?.description ?? "(none)")"
  }
}

extension FixedDecimal? {
  fileprivate var orNone: String { self?.description ?? "(none)" }
}

extension String {
  fileprivate var inQuotes: String { isEmpty ? "(none)" : "\"\(self)\"" }
}

extension InvoiceContent.Text {
  /// The field in words.
  var title: String {
    switch self {
    case .customer: "customer"
    case .terms: "terms"
    case .reference: "reference"
    case .purchaseOrder: "purchase order"
    case .billOfLading: "bill of lading"
    case .terminal: "terminal"
    case .origin: "origin"
    case .destination: "destination"
    case .currency: "currency"
    case .note: "note"
    }
  }
}

extension InvoiceContent.Day {
  /// The field in words.
  var title: String {
    switch self {
    case .invoiceDate: "invoice date"
    case .dueDate: "due date"
    case .pickupDate: "pickup date"
    }
  }
}
