internal import Vocabulary

/// The line of the request file for one document: what is told of it, and the body that is sent.
///
/// Bytes are appended as they stand in the file. A value for each member would cost ten times as much as
/// the members.
struct OnlineRow: ~Copyable {
  /// The line, with its end.
  private(set) var bytes = ByteSink()

  /// Makes the line of a document.
  mutating func fill(
    _ document: borrowing SalesDocument, id: String, _ entries: borrowing OnlineEntries,
    _ format: OnlineFormat
  ) {
    let number = document.text.text(document.number)
    let customer = entries.customers[document.customer]
    bytes.empty()
    bytes.append(#"{"entity":"#)
    bytes.append(document.kind == .invoice ? #""invoice""# : #""credit_memo""#)
    bytes.append(#","name":"#)
    bytes.append(json: number)
    bytes.append(#","id":"#)
    bytes.append(json: id)
    bytes.append(#","customer":"#)
    bytes.append(decimal: UInt64(customer))
    if let index = document.classIndex {
      bytes.append(#","class":"#)
      bytes.append(decimal: UInt64(entries.classes[index]))
    }
    bytes.append(#","date":"#)
    bytes.append(json: document.date)
    bytes.append(#","total":"#)
    bytes.append(document.total)
    bytes.append(#","body":{"DocNumber":"#)
    bytes.append(json: number)
    addBody(document, number, entries, format)
    bytes.append("}}\n")
  }

  private mutating func addBody(
    _ document: borrowing SalesDocument, _ number: String, _ entries: borrowing OnlineEntries,
    _ format: OnlineFormat
  ) {
    let isInvoice = document.kind == .invoice
    bytes.append(#","TxnDate":"#)
    bytes.append(json: document.date)
    if isInvoice, let due = document.dueDate {
      bytes.append(#","DueDate":"#)
      bytes.append(json: due)
    }
    if isInvoice, let terms = document.terms {
      bytes.append(#","SalesTermRef":"#)
      bytes.append(reference: entries.terms[terms])
    }
    bytes.append(#","CustomerRef":"#)
    bytes.append(reference: entries.customers[document.customer])
    let order = OnlineRow.converted(
      document.text, document.purchaseOrder, OnlineLimits.purchaseOrder)
    var message = "Load \(number)" + (order.isEmpty ? "" : ", PO \(order)")
    if message.utf8.count > OnlineLimits.customerMemo {
      message = String(message.prefix(OnlineLimits.customerMemo))
    }
    bytes.append(#","CustomerMemo":{"value":"#)
    bytes.append(json: message)
    bytes.append("}")
    let memo = OnlineRow.converted(document.text, document.memo, OnlineLimits.memo)
    if !memo.isEmpty {
      bytes.append(#","PrivateNote":"#)
      bytes.append(json: memo)
    }
    if isInvoice { bytes.append(#","EmailStatus":"NotSet""#) }
    if !format.isUnitedStates { bytes.append(#","GlobalTaxCalculation":"NotApplicable""#) }
    bytes.append(#","Line":["#)
    var count = 0
    for line in document.lines {
      count += 1
      if count > 1 { bytes.append(",") }
      add(line, document.text, document.shipDate, count, entries, format)
    }
    bytes.append("]")
  }

  private mutating func add(
    _ line: SalesDocument.Line, _ text: [UInt8], _ service: CalendarDate?, _ number: Int,
    _ entries: borrowing OnlineEntries, _ format: OnlineFormat
  ) {
    var description = text.text(line.description)
    var (quantity, rate) = (line.quantity, line.rate)
    if let stated = quantity, let price = rate, !OnlineWriter.canState(stated, price, line.amount) {
      description += " (\(stated) @ \(price))"
      (quantity, rate) = (nil, nil)
    }
    description = DesktopText.online.converted(description, limit: OnlineLimits.memo)
    bytes.append(#"{"LineNum":"#)
    bytes.append(decimal: UInt64(number))
    if !description.isEmpty {
      bytes.append(#","Description":"#)
      bytes.append(json: description)
    }
    bytes.append(#","Amount":"#)
    bytes.append(line.amount)
    bytes.append(#","DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":"#)
    bytes.append(reference: entries.items[line.item])
    if let quantity {
      bytes.append(#","Qty":"#)
      bytes.append(quantity)
    }
    if let rate {
      bytes.append(#","UnitPrice":"#)
      bytes.append(rate)
    }
    if let service {
      bytes.append(#","ServiceDate":"#)
      bytes.append(json: service)
    }
    if format.isUnitedStates { bytes.append(#","TaxCodeRef":{"value":"NON"}"#) }
    bytes.append("}}")
  }

  private static func converted(_ text: [UInt8], _ range: TextRange, _ limit: Int) -> String {
    range.count == 0 ? "" : DesktopText.online.converted(text.text(range), limit: limit)
  }
}

extension ByteSink {
  /// Appends a text in quotation marks.
  fileprivate mutating func append(json text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    let isPlain = text.withUTF8 { text in
      guard OnlineJSON.isPlain(text) else { return false }
      append(text)
      return true
    }
    if !isPlain { OnlineJSON.escaped(text).withUnsafeBufferPointer { append($0) } }
    append(UInt8(ascii: "\""))
  }

  /// Appends a day in quotation marks.
  fileprivate mutating func append(json date: CalendarDate) {
    append(UInt8(ascii: "\""))
    append(date)
    append(UInt8(ascii: "\""))
  }

  /// Appends a reference to a line of the file.
  fileprivate mutating func append(reference line: Int) {
    append(#"{"value":"ref:"#)
    append(decimal: UInt64(line))
    append(#""}"#)
  }
}
