internal import LoadOps
internal import Vocabulary

/// Figures in which a file ends without a line end.
extension InvoiceAssessor {
  /// Holds an invoice whose last figure may have been cut off, unless another figure shows that it is whole.
  mutating func checkEnd(_ record: Record, _ invoice: Invoice) {
    guard let field = record.openEnd, !isProved(field, record, invoice) else { return }
    let last = record.rows.count - 1
    let own = record.cell(last, field)
    let cell = own.isEmpty ? record.wholeRow(last) : own
    raise(.mayBeCutOff, record, cell, field) {
      let text = own.isEmpty ? "" : " \"\(record.string(own))\""
      return Detail(
        message:
          "the file ends in \(field.name)\(text) without a line end, and nothing shows that this is all of "
          + "it")
    }
  }

  private func isProved(_ field: Field, _ record: Record, _ invoice: Invoice) -> Bool {
    switch field {
    case .invoiceNumber: return record.rows.count > 1
    case .quantity, .rate, .amount, .invoiceTotal:
      // Where the total is all there is, the line was made of it.
      if !invoice.isLumped, let total = invoice.declaredTotal, total == invoice.lineSum {
        return true
      }
      guard field != .invoiceTotal, let line = invoice.lines.last,
        line.row == record.rows.count - 1, !record.cell(line.row, .amount).isEmpty,
        let quantity = line.quantity, let rate = line.rate, let amount = line.amount
      else { return false }
      return Money(quantity: quantity, rate: rate) == amount
    default: return false
    }
  }
}
