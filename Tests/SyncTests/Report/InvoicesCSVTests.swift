import Foundation
import Sync
import Testing
import Vocabulary

struct InvoicesCSVTests {
  @Test func `a row has all nine cells`() {
    let rows = [
      SyncReport.InvoiceRow(
        number: "00123", customer: "=Acme, \"Ltd\"", date: CalendarDate(iso: "2026-03-04"),
        total: Money(cents: -7500), outcome: .held, reasons: ["customer-unknown", "amount-bad"],
        document: "", location: SourceLocation(file: "in/a.csv", line: 14)),
      SyncReport.InvoiceRow(
        number: "", customer: "", date: nil, total: .zero, outcome: .alreadySynced, reasons: [],
        document: "INVOICE 1", location: SourceLocation(file: "in/a.csv", line: 0)),
    ]
    #expect(
      InvoicesCSV.render(rows) == """
        number,customer,date,total,decision,reasons,document,file,line
        00123,"'=Acme, ""Ltd""\",2026-03-04,-75.00,held,customer-unknown amount-bad,,in/a.csv,14
        ,,,0.00,already_synced,,INVOICE 1,in/a.csv,

        """)
  }

  @Test func `rows streamed into a file are the rows rendered at once`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/invoices-csv-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rows = Array(repeatElement(SampleReport.full.invoiceRows, count: 20).joined())
    let file = try StagedFile(folder: folder, name: ReportFormat.csv.fileName)
    var writer = InvoicesCSV(file: file)
    for row in rows { try writer.write(row) }
    try writer.finish()
    try file.finish()
    try file.publish()
    let written = try Data(contentsOf: URL(fileURLWithPath: folder + "/invoices.csv"))
    #expect(Array(written) == Array(InvoicesCSV.render(rows).utf8))
  }
}
