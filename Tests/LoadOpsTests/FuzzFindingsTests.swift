import LoadOps
import TestSupport
import Testing
import Vocabulary

/// Inputs that the fuzz targets found to go wrong once, each as small as it could be made.
struct FuzzFindingsTests {
  private static let header = "invoice,customer,date,category,amount\n"

  private static let inputs: [String] = [
    // A row of totals with a quote that is never closed was a record when it was read, and none again.
    header + "Total,,,,\"", header + "1,A,2026-01-01,x,5\nTotal,,,,\"6\n1,A,2026-01-01,x,5\n",
    // An object that does not say what it is was a fault when it was read, and an invoice again.
    "{\"invoice_num?ber\":\"1\"}\n{\"invoice_number\":\"2\n{\"invoice_number\":\"3\",\"t\":\"\\ud83d\"}",
  ]

  @Test(arguments: inputs)
  func `a record that is read again by its place is the same`(text: String) throws {
    let file = try ExportFile(text)
    for size in [1, 7, 512] {
      let reader = try file.reader(blockSize: size)
      var record = reader.makeRecord()
      var again = reader.makeRecord()
      while let kind = try reader.next([.invoices], into: &record) {
        try reader.read(record.place, into: &again)
        #expect(ReadRecord(kind, again) == ReadRecord(kind, record))
      }
    }
  }
}
