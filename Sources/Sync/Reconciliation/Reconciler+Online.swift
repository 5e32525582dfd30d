internal import Ledger
internal import LoadOps
public import QuickBooks
public import QuickBooksOnline
public import Vocabulary

/// What is asked of QuickBooks Online for a comparison: the days of the export with a month before and behind,
/// and then the numbers that were not among them, because somebody may have changed the day.
extension Reconciler {
  /// How many days before and behind those that are compared are asked for.
  static let margin: Int32 = 31

  /// The days to ask for; nil where the export has none.
  public static func daysToAsk(
    _ plan: SyncPlan, _ selection: Selection
  ) -> (from: CalendarDate?, until: CalendarDate?) {
    let period = period(plan, selection)
    return (
      period.from.map { CalendarDate(daysSince1970: $0.daysSince1970 - margin) },
      period.until.map { CalendarDate(daysSince1970: $0.daysSince1970 + margin) }
    )
  }

  /// The numbers that invoices may have in QuickBooks and that no document has.
  ///
  /// - Parameters:
  ///   - plan: A plan over the whole export, without filters.
  ///   - sales: The documents of the days that were asked for.
  ///   - request: What is to be compared.
  /// - Returns: The numbers, each once, as QuickBooks would have them.
  /// - Throws: `Failure` when the export cannot be read or has changed.
  public static func numbersToAsk(
    _ plan: SyncPlan, besides sales: OnlineSales, _ request: Request
  ) throws(Failure) -> [String] {
    var known: Set<UInt64> = []
    for sale in sales.sales {
      var number = sale.number
      known.insert(number.withUTF8 { ByteHash.of($0.span) })
    }
    guard plan.invoices.contains(where: { !known.contains($0.numberHash) }) else { return [] }
    let limit = plan.assessor.destination.documentNumberLimit
    var others: [String: String] = [:]
    for other in request.otherNumbers { others[other.number] = other.document }
    var asked: Set<String> = []
    var numbers: [String] = []
    let replay = try PlanReplay(plan)
    while try replay.next() {
      let number = replay.record.string(replay.invoice.number)
      let isWanted =
        !number.isEmpty && !known.contains(plan.invoices[replay.met - 1].numberHash)
        && (request.selection.isAll
          || request.selection.contains(
            number: number, customer: replay.record.string(replay.invoice.customer),
            date: replay.assessment.date))
      guard isWanted else { continue }
      // QuickBooks may have the end of a long number only.
      let there = others[number] ?? String(number.suffix(limit))
      if asked.insert(there).inserted { numbers.append(there) }
    }
    return numbers
  }
}

extension OnlineCompany {
  /// Asks for the invoices and credit memos of some days.
  ///
  /// - Parameters:
  ///   - from: The first day; nil for no limit.
  ///   - until: The last day; nil for no limit.
  ///   - realm: The company that the memory knows; nil for any.
  ///   - day: The day of asking.
  ///   - progress: Called after each page.
  /// - Returns: The documents.
  /// - Throws: `Failure`; `notAllowed` when the folder is connected with another company than its runs went to.
  public func sales(
    from: CalendarDate?, until: CalendarDate?, ofRealm realm: String?, day: CalendarDate,
    progress: OnlinePull.Progress? = nil
  ) async throws(Failure) -> OnlineSales {
    let connection = try connection()
    if let realm, realm != connection.realm {
      throw Failure(
        .notAllowed,
        "this folder's runs went to another QuickBooks company (\(realm)) than the one that is "
          + "connected now, \(connection.companyName) (\(connection.realm))",
        remedy: "connect that company with: loadbooks connect --replace")
    }
    return try await pull(of: connection).sales(
      from: from, until: until, company: "\(connection.companyName) (\(connection.realm))",
      day: day, progress: progress)
  }

  /// Asks for the documents of some numbers, whatever their day is.
  ///
  /// - Throws: `Failure`.
  public func adding(
    numbers: [String], to sales: OnlineSales, progress: OnlinePull.Progress? = nil
  ) async throws(Failure) -> OnlineSales {
    try await pull(of: try connection()).adding(numbers: numbers, to: sales, progress: progress)
  }

  private func pull(of connection: OnlineConnection) throws(Failure) -> OnlinePull {
    OnlinePull(
      client(connection, try session(connection), limiter()), realm: connection.realm)
  }
}
