import Sync
import Testing

struct ReportFormatTests {
  @Test func `every rendering has its file name`() {
    #expect(
      ReportFormat.allCases.map(\.fileName) == [
        "sync-report.txt", "sync-report.json", "sync-report.html", "invoices.csv",
      ])
  }

  @Test(arguments: ReportFormat.allCases)
  func `the same report gives the same bytes`(format: ReportFormat) {
    #expect(format.render(SampleReport.full) == format.render(SampleReport.full))
  }

  @Test(arguments: ReportFormat.allCases)
  func `a report of nothing ends with a line end`(format: ReportFormat) {
    #expect(format.render(SampleReport.empty).hasSuffix("\n"))
  }
}
