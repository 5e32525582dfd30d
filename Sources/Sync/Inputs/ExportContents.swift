internal import LoadOps
public import Vocabulary

/// What an export file is good for.
public enum ExportContents: Sendable {
  /// It has invoices, perhaps beside other things.
  case invoices
  /// It has customers or income categories only, which are of use together with invoices.
  case lists
}

extension PlanContext {
  /// Looks at the beginning of a file for what it holds: its header, or its first invoice.
  ///
  /// - Parameter path: The file.
  /// - Returns: What it holds.
  /// - Throws: `Failure` with cause `inputUnreadable` or `inputMissing`.
  public func contents(of path: String) throws(Failure) -> ExportContents {
    let reader = try ExportReader(
      path: path, file: 0, meanings: mapping.columns, layouts: layouts)
    if reader.format == .json {
      // JSON tells only by and by what it has; after the first invoice nothing else matters.
      var record = reader.makeRecord()
      if try reader.next([.invoices], into: &record) != nil { return .invoices }
      // A plan says this of it, with its own words.
      if reader.holdsNothingKnown { return .invoices }
    }
    return reader.kinds.isDisjoint(with: [.customers, .incomeCategories])
      || reader.kinds.contains(.invoices) ? .invoices : .lists
  }
}
