internal import Foundation
internal import LoadOps
internal import Sheets
public import Vocabulary

/// A `suppress.csv` that is being edited: rows are added and taken out, all others stay byte for byte.
///
/// The file is what decides; commands and a spreadsheet edit the same one. A file with something wrong
/// in it is not edited. Saving replaces the whole file in one step, and refuses when somebody else has
/// changed it since it was read.
public struct SuppressionFile {
  /// What is to be suppressed.
  public struct Request: Sendable, Hashable {
    /// The invoice; nil for all invoices of the customer.
    public var invoiceNumber: String?
    /// The customer: whose invoices, or a guard of the invoice.
    public var customerName: String?
    /// Why.
    public var reason: String
    /// Who decided; may be empty.
    public var by: String
    /// The last day; nil for ever.
    public var until: CalendarDate?

    /// A request.
    public init(
      invoiceNumber: String?, customerName: String?, reason: String, by: String,
      until: CalendarDate?
    ) {
      self.invoiceNumber = invoiceNumber
      self.customerName = customerName
      self.reason = reason
      self.by = by
      self.until = until
    }

    /// `invoice 10231`, or `customer "Acme"`.
    public var words: String {
      invoiceNumber.map { "invoice \($0)" } ?? "customer \"\(customerName ?? "")\""
    }
  }

  /// What became of a request.
  public enum Answer: Sendable, Hashable {
    /// Done.
    case done
    /// It is so already; the row's line and reason.
    case already(line: Int, reason: String)
    /// It was not done, and why.
    case refused(String, remedy: String)
  }

  /// Why an invoice cannot be released that nobody suppressed.
  public static let notListed = "it is not on the suppression list"

  private let path: String
  private let original: [UInt8]?
  private let mode: mode_t
  private var list: SuppressionList
  private var removed: [Range<Int>: [UInt8]] = [:]
  private var added: [UInt8] = []
  private let lineEnd: String

  /// Reads the file; one that is not there begins with the usual columns.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when something is wrong in it.
  public init(path: String) throws(Failure) {
    // Whoever keeps the list elsewhere and links to it shall find it there.
    self.path =
      FileManager.default.fileExists(atPath: path)
      ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
    let data = FileManager.default.contents(atPath: self.path)
    if data == nil, FileManager.default.fileExists(atPath: self.path) {
      throw Failure(
        .settingsWrong, "\(path) cannot be read", remedy: "check who may read the file")
    }
    original = data.map { [UInt8]($0) }
    var status = stat()
    mode = stat(self.path, &status) == 0 ? status.st_mode & 0o777 : 0o644
    let bytes = original ?? Array(SuppressionList.template.utf8)
    lineEnd = bytes.firstRange(of: [0x0D, 0x0A]) != nil ? "\r\n" : "\n"
    let (list, problems) = SuppressionList.check(try CSVTable(path: path, bytes: bytes))
    if let failure = Failure.first(of: problems) { throw failure }
    self.list = list ?? .empty
  }

  /// Whether there is something to save.
  public var isChanged: Bool { !removed.isEmpty || !added.isEmpty }

  // MARK: - Suppressing

  /// Adds a row, unless a row in force says the same.
  ///
  /// A row that the list could not be read with again is refused: one bad row stops every command.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when the file lacks a column that is needed.
  public mutating func suppress(
    _ request: Request, today: CalendarDate
  ) throws(Failure) -> Answer {
    if let refusal = try refusal(of: request, today: today) { return refusal }
    for entry in entries(of: request) where !entry.isReleased(on: today) {
      guard entry.isInForce(on: today) else {
        // Two rows with different last days would contradict each other; this one is over.
        remove(entry)
        continue
      }
      if entry.invoiceNumber != nil, let asked = request.customerName,
        let name = entry.customerName, name != asked
      {
        return .refused(
          "line \(entry.line) suppresses it for \"\(name)\", not for \"\(asked)\"",
          remedy: "correct the customer, or release the invoice first")
      }
      if entry.until != request.until, request.until != nil || entry.until != nil {
        return .refused(
          "it is suppressed \(SuppressionFile.words(entry.until)) already (line \(entry.line): "
            + "\(entry.reason))",
          remedy: "release it first, then suppress it \(SuppressionFile.words(request.until))")
      }
      return .already(line: entry.line, reason: entry.reason)
    }
    guard
      let line = list.line(
        invoiceNumber: request.invoiceNumber ?? "", reason: request.reason, by: request.by,
        date: today, until: request.until, customerName: request.customerName ?? "")
    else {
      throw Failure(
        .settingsWrong, "\(path) lacks a column that this row needs",
        remedy: "the first row must be: \(SuppressionList.columnNames.joined(separator: ","))",
        location: SourceLocation(file: path, line: 1))
    }
    added += Array((line + lineEnd).utf8)
    list.append(
      SuppressionList.Entry(
        index: 0, line: 0, bytes: 0..<0, invoiceNumber: request.invoiceNumber,
        customerName: request.customerName, reason: request.reason, by: request.by, date: today,
        until: request.until, released: nil))
    return .done
  }

  /// Why a request would make a row that the list must not have; nil for a good one.
  private func refusal(of request: Request, today: CalendarDate) throws(Failure) -> Answer? {
    if request.invoiceNumber?.allSatisfy(\.isWhitespace) == true {
      return .refused(
        "its number is empty",
        remedy: "write the invoice number, or leave it out to suppress all of a customer's invoices"
      )
    }
    if let until = request.until, until < today {
      return .refused(
        "its last day, \(until), is over", remedy: "give a day from \(today) on, or none")
    }
    let row = SuppressionList.line(
      invoiceNumber: request.invoiceNumber ?? "", reason: request.reason, by: request.by,
      date: today, until: request.until, customerName: request.customerName ?? "")
    let table = try CSVTable(path: path, bytes: Array((SuppressionList.template + row).utf8))
    return SuppressionList.check(table).1.first.map { .refused($0.message, remedy: $0.remedy) }
  }

  // MARK: - Releasing

  /// Takes the rows of an invoice or of a customer out; a file with a column `released` keeps them,
  /// marked.
  ///
  /// - Parameters:
  ///   - invoiceNumber: The invoice; nil for a customer's own row.
  ///   - customerName: The customer, or a guard of the invoice.
  ///   - knownCustomer: Whose the invoice is known to be, to find a row that stands for the customer,
  ///     and for the guard where the invoice's own row names nobody.
  ///   - today: The day.
  /// - Returns: What became of it.
  public mutating func release(
    invoiceNumber: String?, customerName: String?, knownCustomer: String? = nil,
    today: CalendarDate
  ) -> Answer {
    let request = Request(
      invoiceNumber: invoiceNumber, customerName: customerName, reason: "", by: "", until: nil)
    let standing = entries(of: request).filter { !$0.isReleased(on: today) }
    if invoiceNumber != nil, let asked = customerName,
      let other = standing.first(where: { $0.customerName.map { $0 != asked } ?? false })
    {
      return .refused(
        "line \(other.line) suppresses it for \"\(other.customerName ?? "")\"",
        remedy: "correct the customer, or leave it out")
    }
    if invoiceNumber != nil, !standing.isEmpty, let asked = customerName, let known = knownCustomer,
      !known.isEmpty, known != asked, standing.allSatisfy({ $0.customerName == nil })
    {
      return .refused(
        "it is an invoice of \"\(known)\", not of \"\(asked)\"",
        remedy: "correct the customer, or leave it out")
    }
    let whole = (knownCustomer ?? customerName).flatMap { name in
      invoiceNumber == nil
        ? nil
        : list.entries.first {
          $0.invoiceNumber == nil && $0.customerName == name && $0.isInForce(on: today)
        }
    }
    // Taking its own row out would not set the invoice free.
    if let whole {
      return .refused(
        "it is suppressed with all of \"\(whole.customerName ?? "")\" (line \(whole.line): "
          + "\(whole.reason))",
        remedy: "release the customer first with: loadbooks release --customer "
          + ShellText.word(whole.customerName ?? ""))
    }
    guard !standing.isEmpty else {
      return .refused(
        SuppressionFile.notListed,
        remedy: "see what is in \(path)")
    }
    for entry in standing {
      if list.notesReleases, entry.isInForce(on: today),
        let line = list.line(releasing: entry, on: today)
      {
        removed[entry.bytes] = Array((line + lineEnd).utf8)
      } else {
        remove(entry)
      }
    }
    return .done
  }

  private func entries(of request: Request) -> [SuppressionList.Entry] {
    list.entries.filter { entry in
      guard removed[entry.bytes] == nil || entry.bytes.isEmpty else { return false }
      return request.invoiceNumber.map { entry.invoiceNumber == $0 }
        ?? (entry.invoiceNumber == nil && entry.customerName == request.customerName)
    }
  }

  private mutating func remove(_ entry: SuppressionList.Entry) {
    if !entry.bytes.isEmpty { removed[entry.bytes] = [] }
  }

  private static func words(_ until: CalendarDate?) -> String {
    until.map { "until \($0)" } ?? "for ever"
  }

  // MARK: - Saving

  /// The file as it will be.
  var bytes: [UInt8] {
    let before = original ?? Array(SuppressionList.template.utf8)
    var after: [UInt8] = []
    var position = 0
    for (range, replacement) in removed.sorted(by: { $0.key.lowerBound < $1.key.lowerBound }) {
      after += before[position..<range.lowerBound]
      after += replacement
      position = range.upperBound
    }
    after += before[position...]
    if !added.isEmpty, let last = after.last, last != 0x0A, last != 0x0D {
      after += Array(lineEnd.utf8)
    }
    return after + added
  }

  /// Replaces the file, if anything has changed.
  ///
  /// - Throws: `Failure`: `tryAgain` when somebody else has changed it since; `cannotWrite`.
  public func save() throws(Failure) {
    guard isChanged else { return }
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let file = try StagedFile(folder: folder, name: url.lastPathComponent)
    do throws(Failure) {
      try file.write(bytes)
      try file.finish()
      chmod(file.stagedPath, mode)
      guard FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) == original else {
        throw Failure(
          .tryAgain, "\(path) was changed by somebody else just now",
          remedy: "close it in the spreadsheet, then run the same command again")
      }
      try file.publish()
      try StagedFile.syncFolder(folder)
    } catch {
      file.discard()
      throw error
    }
  }
}

// MARK: - Many at once

extension SuppressionFile.Request {
  /// The requests of a file: invoice numbers, one a line, or a CSV file with a column `invoice_number`.
  ///
  /// Of a CSV file, the columns `reason`, `by`, `until` and `customer_name` count where they are there,
  /// whatever other columns there are; so a held.csv will do. A number that stands there several times
  /// counts once.
  ///
  /// - Parameters:
  ///   - path: The file, as the user named it.
  ///   - bytes: What it holds.
  ///   - reason: The reason of rows that have none of their own.
  ///   - by: Who decided, where a row does not say.
  ///   - until: The last day of rows that have none of their own.
  /// - Returns: The requests, in the file's order.
  /// - Throws: `Failure` with cause `inputUnreadable`.
  public static func read(
    _ path: String, bytes: [UInt8], reason: String?, by: String, until: CalendarDate?
  ) throws(Failure) -> [SuppressionFile.Request] {
    let table: CSVTable
    do throws(Failure) { table = try CSVTable(path: path, bytes: bytes) } catch {
      throw Failure(
        .inputUnreadable, error.message, remedy: error.remedy, location: error.location,
        excerpt: error.excerpt)
    }
    let names = table.header.cells.map(HeaderName.normalised)
    let position = { (name: String) in names.firstIndex(of: HeaderName.normalised(name)) }
    guard let number = position("invoice_number") else {
      return try plainNumbers(table, reason: reason, by: by, until: until)
    }
    let cell = { (row: CSVTable.Row, column: Int?) -> String in
      column.flatMap { $0 < row.cells.count ? row.cells[$0] : nil } ?? ""
    }
    let places = (
      reason: position("reason"), by: position("by"), until: position("until"),
      customer: names.contains("heldbecause") ? nil : position("customer_name")
    )
    var requests: [SuppressionFile.Request] = []
    var known: Set<String> = []
    for row in table.rows {
      let invoice = cell(row, number)
      guard !invoice.isEmpty, known.insert(invoice).inserted else { continue }
      var last = until
      let day = cell(row, places.until)
      if !day.isEmpty {
        guard let date = CalendarDate(iso: day) else {
          throw fault(
            table, row, places.until ?? 0, "\"\(day)\" is not a date",
            "write year, month and day like 2026-03-31")
        }
        last = date
      }
      let own = cell(row, places.reason)
      guard let why = own.isEmpty ? reason : own else {
        throw fault(
          table, row, places.reason ?? 0, "there is no reason for invoice \(invoice)",
          "give one with --reason, or fill in the column reason")
      }
      let decider = cell(row, places.by)
      let customer = cell(row, places.customer)
      requests.append(
        SuppressionFile.Request(
          invoiceNumber: invoice, customerName: customer.isEmpty ? nil : customer, reason: why,
          by: decider.isEmpty ? by : decider, until: last))
    }
    return requests
  }

  private static func plainNumbers(
    _ table: CSVTable, reason: String?, by: String, until: CalendarDate?
  ) throws(Failure) -> [SuppressionFile.Request] {
    var requests: [SuppressionFile.Request] = []
    var known: Set<String> = []
    for row in [table.header] + table.rows {
      let number = row.cells[0]
      guard !number.isEmpty, !number.hasPrefix("#") else { continue }
      guard row.cells.dropFirst().allSatisfy(\.isEmpty) else {
        throw fault(
          table, row, 1, "this line has more than an invoice number",
          "write one number a line, or give the file a first row with invoice_number")
      }
      guard known.insert(number).inserted else { continue }
      guard let reason else {
        throw fault(
          table, row, 0, "there is no reason for invoice \(number)", "give one with --reason")
      }
      requests.append(
        SuppressionFile.Request(
          invoiceNumber: number, customerName: nil, reason: reason, by: by, until: until))
    }
    return requests
  }

  private static func fault(
    _ table: CSVTable, _ row: CSVTable.Row, _ column: Int, _ message: String, _ remedy: String
  ) -> Failure {
    var failure = table.failure(row, column, message, remedy: remedy)
    failure.cause = .inputUnreadable
    return failure
  }
}
