/// `sync-report.html`.
public enum HTMLReport {
  /// The report as HTML.
  public static func render(_ report: SyncReport) -> String { "" }
}
