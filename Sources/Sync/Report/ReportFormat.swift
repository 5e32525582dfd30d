/// The renderings of a ``SyncReport``; a new one is a case here, and the compiler names the rest.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// For people: the terminal and a text file.
  case text
  /// For programs.
  case json
  /// For a browser or a mail.
  case html
  /// For a spreadsheet: one row for each invoice.
  case csv

  /// The file's name in the output folder.
  public var fileName: String {
    switch self {
    case .text: "sync-report.txt"
    case .json: "sync-report.json"
    case .html: "sync-report.html"
    case .csv: "invoices.csv"
    }
  }

  /// The rendering as one text.
  ///
  /// For ``csv`` these are the rows that the report itself holds, which are capped; a run that has
  /// them all writes them with ``InvoicesCSV``.
  public func render(_ report: SyncReport) -> String {
    switch self {
    case .text: TextReport.render(report)
    case .json: JSONReport.render(report)
    case .html: HTMLReport.render(report)
    case .csv: InvoicesCSV.render(report.invoiceRows)
    }
  }
}
