public import Vocabulary

/// Reads the lists that a user exported with File > Utilities > Export > Lists to IIF Files.
///
/// One file may hold any set of lists, and several files may be given. Windows and Mac editions name
/// some columns differently; sections that say nothing about names are passed over.
public enum IIFSnapshotReader {
  /// Reads files of lists.
  ///
  /// - Parameter paths: the files; of an entry that several hold, the first counts.
  /// - Returns: what the lists hold.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, the latter also for a file
  ///   that holds no list at all.
  public static func read(_ paths: [String]) throws(Failure) -> CompanySnapshot {
    var parts: [CompanySnapshot] = []
    for path in paths { parts.append(try read(path: path, name: path)) }
    return CompanySnapshot(merging: parts)
  }

  static func read(path: String, name: String) throws(Failure) -> CompanySnapshot {
    var reading = Reading()
    try reading.read(IIFReader(path: path, name: name))
    return reading.snapshot
  }

  static func read(bytes: [UInt8], name: String) throws(Failure) -> CompanySnapshot {
    var reading = Reading()
    try reading.read(IIFReader(bytes: bytes, name: name))
    return reading.snapshot
  }

  /// Whether a file that begins with these bytes declares columns as IIF does.
  static func recognises(_ head: [UInt8]) -> Bool {
    var bytes = head[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    let mark = UInt8(ascii: "!")
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(200) {
      let text = line.drop { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }
      guard text.first == mark else { continue }
      let keyword = text.dropFirst().prefix { $0 >= 0x41 && $0 <= 0x5A }
      if keyword.count > 1 { return true }
    }
    return false
  }
}

/// A snapshot in the making.
private struct Reading {
  var snapshot = CompanySnapshot()
  private var source = CompanySnapshot.Source(file: "")
  private var known: [CompanySnapshot.List: Set<String>] = [:]

  mutating func read(_ reader: IIFReader) throws(Failure) {
    source = CompanySnapshot.Source(file: reader.name)
    source.kind = "IIF lists"
    var hasHeader = false
    var sections: Set<String> = []
    while let row = try reader.next() {
      switch row {
      case .header(let keyword):
        hasHeader = true
        sections.insert(keyword)
        if let list = Reading.lists[keyword] { source.lists[list, default: 0] += 0 }
      case .orphan: source.rowsWithoutHeader += 1
      case .end: break
      case .data(let keyword): take(keyword, reader)
      }
    }
    guard hasHeader else {
      throw Failure(
        .inputUnreadable, "\(reader.name) is not a list export of QuickBooks: no row begins with !",
        remedy: "in QuickBooks choose File > Utilities > Export > Lists to IIF Files",
        location: SourceLocation(file: reader.name, line: 1))
    }
    for (list, names) in known { source.lists[list] = names.count }
    guard sections.contains("HDR") || source.lists.isEmpty else {
      throw Failure(
        .inputUnreadable,
        "\(reader.name) is not a list that QuickBooks exported: it has no row !HDR, so that nobody knows "
          + "whether its lists are whole",
        remedy:
          "in QuickBooks choose File > Utilities > Export > Lists to IIF Files; files that LoadBooks "
          + "wrote are for the import and tell nothing of what is in QuickBooks",
        location: SourceLocation(file: reader.name, line: 1))
    }
    guard !source.lists.isEmpty else {
      throw Failure(
        .inputUnreadable,
        "\(reader.name) holds none of the lists that invoices need: \(Reading.found(sections))",
        remedy:
          "in QuickBooks choose File > Utilities > Export > Lists to IIF Files and tick at least the "
          + "customer, item, terms and class lists and the chart of accounts",
        location: SourceLocation(file: reader.name, line: 1))
    }
    snapshot.sources.append(source)
  }

  private static func found(_ sections: Set<String>) -> String {
    if sections.contains("TRNS") { return "it holds transactions, which QuickBooks imports" }
    return "its sections are \(sections.sorted().prefix(8).joined(separator: ", "))"
  }

  /// The sections that are read, by their keyword.
  private static let lists: [String: CompanySnapshot.List] = [
    "ACCNT": .accounts, "INVITEM": .items, "CUST": .customers, "TERMS": .terms,
    "CLASS": .classes, "VEND": .vendors, "EMP": .employees, "OTHERNAME": .otherNames,
  ]

  private mutating func take(_ keyword: String, _ row: IIFReader) {
    switch keyword {
    case "HDR":
      source.product = row.text(row.column("PROD"))
      source.version = row.text(row.column("VER"))
      source.release = row.text(row.column("REL"))
      source.date = row.text(row.column("DATE"))
      source.day = CompanySnapshot.day(ofHeader: source.date)
    case "ACCNT": takeAccount(row)
    case "INVITEM": takeItem(row)
    case "CUST": takeCustomer(row)
    case "TERMS": takeTerms(row)
    case "CLASS": if let name = name(row, .classes) { snapshot.classes.append(name) }
    case "VEND": if let name = name(row, .vendors) { snapshot.vendors.append(name) }
    case "EMP": if let name = name(row, .employees) { snapshot.employees.append(name) }
    case "OTHERNAME": if let name = name(row, .otherNames) { snapshot.otherNames.append(name) }
    default: break
    }
  }

  /// The name of a row that is not known yet.
  private mutating func newName(_ row: IIFReader, _ list: CompanySnapshot.List) -> String? {
    let name = row.text(row.column("NAME"))
    guard !name.isEmpty, known[list, default: []].insert(name).inserted else { return nil }
    return name
  }

  private mutating func name(
    _ row: IIFReader, _ list: CompanySnapshot.List
  ) -> CompanySnapshot.Name? {
    newName(row, list).map {
      CompanySnapshot.Name(name: $0, isInactive: isInactive(row), location: row.location)
    }
  }

  private mutating func takeAccount(_ row: IIFReader) {
    guard let name = newName(row, .accounts) else { return }
    let code = row.text(row.column("ACCNTTYPE")).uppercased()
    snapshot.accounts.append(
      CompanySnapshot.Account(
        name: name, type: CompanySnapshot.AccountType(code: code),
        number: row.text(row.column("ACCNUM")),
        isInactive: isInactive(row), location: row.location))
  }

  /// A group's members stand under a second, shorter header without an account: they are not items of
  /// their own but repeat those above.
  private mutating func takeItem(_ row: IIFReader) {
    guard let account = row.column("ACCNT"), let name = newName(row, .items) else { return }
    snapshot.items.append(
      CompanySnapshot.Item(
        name: name, type: row.text(row.column("INVITEMTYPE")).uppercased(),
        account: row.text(account), isTaxable: isYes(row.text(row.column("TAXABLE"))),
        isInactive: isInactive(row), location: row.location))
  }

  private mutating func takeCustomer(_ row: IIFReader) {
    guard let name = newName(row, .customers) else { return }
    var lines: [String] = []
    for index in 1...DesktopLimits.addressLines {
      let line = row.displayText(row.column("BADDR\(index)"))
      if !line.isEmpty { lines.append(line) }
    }
    snapshot.customers.append(
      CompanySnapshot.Customer(
        name: name, companyName: row.displayText(row.column("COMPANYNAME")), addressLines: lines,
        email: row.displayText(row.column("EMAIL")),
        phone: row.displayText(row.column("PHONE1")),
        accountNumber: row.displayText(row.column("NOTE")), terms: row.text(row.column("TERMS")),
        isInactive: isInactive(row), location: row.location))
  }

  private mutating func takeTerms(_ row: IIFReader) {
    guard let name = newName(row, .terms) else { return }
    let isDateDriven = row.text(row.column("TERMSTYPE")) == "1"
    let days = row.text(row.column("STDDUEDAYS") ?? row.column("DUEDAYS"))
    snapshot.terms.append(
      CompanySnapshot.Terms(
        name: name, dueDays: isDateDriven ? nil : Int(days), isInactive: isInactive(row),
        location: row.location))
  }

  private func isInactive(_ row: IIFReader) -> Bool { isYes(row.text(row.column("HIDDEN"))) }

  private func isYes(_ flag: String) -> Bool { flag.uppercased() == "Y" }
}

extension CompanySnapshot {
  /// The day that an export's header states: `2026-01-02`, or with slashes in the American order.
  ///
  /// Nil when it states none, as Mac editions do (`0/0/0`).
  static func day(ofHeader text: String) -> CalendarDate? {
    if let day = CalendarDate(iso: text) { return day }
    let parts = text.split(separator: "/").compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    let year = parts[2] < 100 ? 2000 + parts[2] : parts[2]
    return CalendarDate(year: year, month: parts[0], day: parts[1])
  }
}
