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
    var reading = Reading()
    for path in paths { try reading.read(IIFReader(path: path, name: path)) }
    return reading.snapshot
  }

  static func read(bytes: [UInt8], name: String) throws(Failure) -> CompanySnapshot {
    var reading = Reading()
    try reading.read(IIFReader(bytes: bytes, name: name))
    return reading.snapshot
  }
}

/// A snapshot in the making.
private struct Reading {
  var snapshot = CompanySnapshot()
  private var source = CompanySnapshot.Source(file: "")
  private var known: [String: Set<String>] = [:]

  mutating func read(_ reader: IIFReader) throws(Failure) {
    source = CompanySnapshot.Source(file: reader.name)
    var hasHeader = false
    while let row = try reader.next() {
      switch row {
      case .header: hasHeader = true
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
    snapshot.sources.append(source)
  }

  private mutating func take(_ keyword: String, _ row: IIFReader) {
    switch keyword {
    case "HDR":
      source.product = row.text(row.column("PROD"))
      source.version = row.text(row.column("VER"))
      source.release = row.text(row.column("REL"))
      source.date = row.text(row.column("DATE"))
    case "ACCNT": takeAccount(row)
    case "INVITEM": takeItem(row)
    case "CUST": takeCustomer(row)
    case "TERMS": takeTerms(row)
    case "CLASS": if let name = name(row, keyword) { snapshot.classes.append(name) }
    case "VEND": if let name = name(row, keyword) { snapshot.vendors.append(name) }
    case "EMP": if let name = name(row, keyword) { snapshot.employees.append(name) }
    case "OTHERNAME": if let name = name(row, keyword) { snapshot.otherNames.append(name) }
    default: break
    }
  }

  /// The name of a row that is not known yet.
  private mutating func newName(_ row: IIFReader, _ keyword: String) -> String? {
    let name = row.text(row.column("NAME"))
    guard !name.isEmpty, known[keyword, default: []].insert(name).inserted else { return nil }
    return name
  }

  private mutating func name(_ row: IIFReader, _ keyword: String) -> CompanySnapshot.Name? {
    newName(row, keyword).map {
      CompanySnapshot.Name(name: $0, isInactive: isInactive(row), location: row.location)
    }
  }

  private mutating func takeAccount(_ row: IIFReader) {
    guard let name = newName(row, "ACCNT") else { return }
    let code = row.text(row.column("ACCNTTYPE")).uppercased()
    let type: CompanySnapshot.AccountType =
      switch code {
      case "AR": .receivable
      case "INC": .income
      case "EXINC": .otherIncome
      default: .other(code)
      }
    snapshot.accounts.append(
      CompanySnapshot.Account(
        name: name, type: type, number: row.text(row.column("ACCNUM")),
        isInactive: isInactive(row), location: row.location))
  }

  /// A group's members stand under a second, shorter header without an account: they are not items of
  /// their own but repeat those above.
  private mutating func takeItem(_ row: IIFReader) {
    guard let account = row.column("ACCNT"), let name = newName(row, "INVITEM") else { return }
    snapshot.items.append(
      CompanySnapshot.Item(
        name: name, type: row.text(row.column("INVITEMTYPE")).uppercased(),
        account: row.text(account), isTaxable: isYes(row.text(row.column("TAXABLE"))),
        isInactive: isInactive(row), location: row.location))
  }

  private mutating func takeCustomer(_ row: IIFReader) {
    guard let name = newName(row, "CUST") else { return }
    var lines: [String] = []
    for index in 1...DesktopLimits.addressLines {
      let line = row.displayText(row.column("BADDR\(index)"))
      if !line.isEmpty { lines.append(line) }
    }
    snapshot.customers.append(
      CompanySnapshot.Customer(
        name: name, companyName: row.displayText(row.column("COMPANYNAME")), addressLines: lines,
        email: row.displayText(row.column("EMAIL")),
        accountNumber: row.displayText(row.column("NOTE")), terms: row.text(row.column("TERMS")),
        isInactive: isInactive(row), location: row.location))
  }

  private mutating func takeTerms(_ row: IIFReader) {
    guard let name = newName(row, "TERMS") else { return }
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
