internal import Foundation
internal import LoadOps
package import Vocabulary

/// One file in memory that takes the bytes of each input in turn, because the readers open paths.
package final class FuzzFile: Sendable {
  /// The path to open.
  package let path: String
  private let descriptor: Int32

  /// The file of this process.
  package static let shared = FuzzFile()

  private init() {
    #if os(Linux)
      let folder = "/dev/shm"
    #else
      let folder = NSTemporaryDirectory()
    #endif
    // Copies that the readers make go where they cost nothing, too.
    setenv("TMPDIR", folder, 1)
    let name = "\(folder)/loadbooks-fuzz-\(getpid())"
    descriptor = open(name, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "\(name) cannot be made")
    unlink(name)
    path = "/dev/fd/\(descriptor)"
  }

  /// Puts other bytes into the file.
  package func replace(_ bytes: UnsafeRawBufferPointer) {
    precondition(ftruncate(descriptor, 0) == 0)
    precondition(pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count)
  }

  /// Puts other bytes into the file.
  package func replace(_ bytes: [UInt8]) { bytes.withUnsafeBytes { replace($0) } }
}

/// Reads the file as an export, every record twice, decodes it and shows it.
package func exercise(_ path: String, blockSize: Int, numbers: NumberConvention) {
  do throws(Failure) {
    let reader = try ExportReader(path: path, file: 0, hashing: true, blockSize: blockSize)
    var record = reader.makeRecord()
    var other = reader.makeRecord()
    var invoice = Invoice()
    var survey = DateSurvey()
    var count = 0
    while let kind = try reader.next(Set(RecordKind.allCases), into: &record) {
      count += 1
      survey.look(at: record)
      switch kind {
      case .customers: _ = Customer(record)
      case .incomeCategories: _ = IncomeCategory(record)
      case .invoices:
        InvoiceDecoder(
          layout: record.layout, dates: survey.columns(preferring: .mdy),
          numbers: NumberStyle(numbers)
        ).decode(record, into: &invoice)
        _ = invoice.lineSum
        try reader.read(record.place, into: &other)
        precondition(
          other.rows == record.rows && other.faults.count == record.faults.count,
          "read again, the record is another one")
        _ = other.period
        other.append(rowsOf: record)
        _ = other.period
      }
      // Showing is slow, so a few cells must do.
      if count < 3, let row = record.rows.indices.last {
        for field in [Field.invoiceNumber, .customerName, .category, .amount] {
          _ = FindingText.visible("\(reader.excerpt(record, row, record.cell(row, field)))")
        }
      }
    }
    _ = reader.notes
    _ = try reader.fingerprint()
  } catch {
    precondition(!error.message.isEmpty && !error.remedy.isEmpty, "a failure says what to do")
    precondition(error.cause != .ownBug, "\(error)")
  }
}

/// What the first byte of an input decides; the rest is the file.
package func settings(_ byte: UInt8) -> (blockSize: Int, numbers: NumberConvention) {
  ([1, 2, 3, 7, 16, 64, 512, 4096][Int(byte & 7)], byte & 8 == 0 ? .us : .eu)
}
