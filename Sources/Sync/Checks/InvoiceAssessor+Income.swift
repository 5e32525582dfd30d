internal import LoadOps
internal import Vocabulary

/// What is said about lines that stand in another file than their invoice.
extension InvoiceAssessor {
  /// Holds an invoice because of an amount in a file of income.
  mutating func raiseUnreadableIncome(_ record: Record, _ invoice: Invoice, _ line: Int) {
    raise(.amountMissing, record, invoice.number, .amount) { me in
      let places = me.places(record, invoice)
      guard line < places.count, let files = me.income?.files else {
        return Detail(message: "an amount of income cannot be read")
      }
      let place = places[line]
      let text = place.text.isEmpty ? "is empty" : "\"\(place.text)\" cannot be read"
      return Detail(
        message: "the amount of \(place.category) for invoice \(record.string(invoice.number)) "
          + "at \(files[place.file].location(line: place.line)) \(text)",
        remedy: "put it right there, in plain digits")
    }
  }

  /// Where the amounts of an invoice stand whose lines come from files of income.
  func incomePlaces(
    _ record: Record, _ invoice: Invoice, only line: Int? = nil
  ) -> [String] {
    guard invoice.isJoined, let files = income?.files else {
      return line == nil ? placesApart(record, invoice) : []
    }
    let places = places(record, invoice).enumerated().filter { line == nil || $0.offset == line }
    return places.prefix(5).map { _, place in
      "\(place.amount.map(\.description) ?? place.text) of \(place.category) stands at "
        + "\(files[place.file].location(line: place.line))"
    }
  }

  /// Where the lines of an invoice stand that are in an array of their own, far from its total.
  private func placesApart(_ record: Record, _ invoice: Invoice) -> [String] {
    guard invoice.lines.allSatisfy({ $0.row > 0 && record.standsApart($0.row) }) else { return [] }
    return invoice.lines.prefix(5).map { line in
      "\(line.amount ?? .zero) of \(record.string(line.category)) stands at "
        + placeInWords(record, line.row, record.cell(line.row, .amount))
    }
  }

  private func places(
    _ record: Record, _ invoice: Invoice
  ) -> [(category: String, amount: Money?, text: String, file: Int, line: UInt32)] {
    income?.table.places(of: record.text.span.extracting(invoice.number.value.range)) ?? []
  }
}
