public import QuickBooks
public import Vocabulary

/// Fetches what QuickBooks Online has of invoices and credit memos now; only asks, never writes.
extension OnlinePull {
  /// Asks for the documents of some days, and for the customers, by whose ids documents name them.
  ///
  /// - Parameters:
  ///   - from: The first day; nil for no limit.
  ///   - until: The last day; nil for no limit.
  ///   - company: The company's name.
  ///   - day: The day of asking.
  ///   - progress: Called after each page.
  /// - Returns: The documents.
  /// - Throws: `Failure`; `tryAgain` when a list changes faster than it can be read.
  public func sales(
    from: CalendarDate?, until: CalendarDate?, company: String, day: CalendarDate?,
    progress: Progress? = nil
  ) async throws(Failure) -> OnlineSales {
    var found = OnlineSales(name: company, fingerprint: Fingerprint(of: ""))
    (found.from, found.until, found.day) = (from, until, day)
    var maker = EntryMaker()
    let customers = try await sweep(
      OnlineBooks.List.customers.rawValue, filter: OnlineBooks.List.customers.filter, progress)
    for json in customers {
      let entry = try maker.entry(json, .customers)
      found.customers[entry.id] = entry.name
    }
    let days = [from.map { "TxnDate >= '\($0)'" }, until.map { "TxnDate <= '\($0)'" }]
      .compactMap(\.self)
    let filter = days.isEmpty ? "" : " where " + days.joined(separator: " and ")
    for kind in SalesDocument.Kind.allCases {
      for json in try await sweep(kind.entity, filter: filter, progress) {
        found.sales.append(try OnlinePull.sale(json, kind, found.customers))
      }
    }
    found.fingerprint = Fingerprint(of: found.text)
    return found
  }

  /// Adds the documents of some numbers, on whatever day, that are not there yet.
  ///
  /// - Parameters:
  ///   - numbers: The numbers.
  ///   - sales: What is there.
  ///   - progress: Called after each question.
  /// - Returns: All of it.
  /// - Throws: `Failure`.
  public func adding(
    numbers: [String], to sales: OnlineSales, progress: Progress? = nil
  ) async throws(Failure) -> OnlineSales {
    var found = sales
    var known = Set(sales.sales.map { "\($0.kind.entity) \($0.id)" })
    let size = OnlineQuery.numbersPerQuestion
    for start in stride(from: 0, to: numbers.count, by: size) {
      let part = Array(numbers[start..<min(start + size, numbers.count)])
      for kind in SalesDocument.Kind.allCases {
        let answer = try await client.query(OnlineQuery.documents(kind.entity, numbers: part))
        for json in answer[kind.entity]?.elements ?? [] {
          let sale = try OnlinePull.sale(json, kind, found.customers)
          if known.insert("\(kind.entity) \(sale.id)").inserted { found.sales.append(sale) }
        }
      }
      progress?("numbers", start + part.count, numbers.count)
    }
    found.fingerprint = Fingerprint(of: found.text)
    return found
  }

  private static func sale(
    _ json: OnlineJSON, _ kind: SalesDocument.Kind, _ customers: [String: String]
  ) throws(Failure) -> OnlineSales.Sale {
    guard let id = json["Id"]?.text, let total = json["TotalAmt"]?.money else {
      throw unreadable(kind.entity)
    }
    let date = { (name: String) in json[name]?.text.flatMap { CalendarDate(iso: $0) } }
    var sale = OnlineSales.Sale(
      kind: kind, id: id, number: json["DocNumber"]?.text ?? "", date: date("TxnDate"),
      total: total)
    let customer = json["CustomerRef"]
    sale.customer =
      customer?.reference.flatMap { customers[$0] } ?? customer?["name"]?.text ?? ""
    sale.dueDate = kind == .invoice ? date("DueDate") : nil
    sale.balance =
      kind == .invoice
      ? json["Balance"]?.money : (json["RemainingCredit"] ?? json["Balance"])?.money
    sale.isVoid = OnlineSales.isVoid(memo: json["PrivateNote"]?.text ?? "", total: total)
    return sale
  }
}
