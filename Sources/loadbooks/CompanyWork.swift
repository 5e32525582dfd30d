internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

extension CompanyFolder {
  /// Does something with the company's memory as its only writer, after what was cut off is settled.
  func writing<Value>(_ command: String, _ body: (SyncLedger) throws -> Value) throws -> Value {
    try writing(command) { ledger, _ in try body(ledger) }
  }

  /// Does something with the company's memory, and its lock, as its only writer, after what was cut off
  /// is settled.
  func writing<Value>(
    _ command: String, _ body: (SyncLedger, CompanyLock) throws -> Value
  ) throws -> Value {
    let here = Surroundings.current
    // What the body throws may be an exit code, which is no failure.
    let result = try writing(
      command, clock: { here.timestamp }, tell: { here.tell("note: \($0)") }
    ) { (ledger, lock) throws(Failure) in
      Result { try body(ledger, lock) }
    }
    return try result.get()
  }
}

/// A file that a flag names.
enum InputFile {
  /// Its bytes; `-` is standard input.
  static func bytes(_ path: String) throws(Failure) -> [UInt8] {
    guard path != "-" else {
      return [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .inputMissing, "\(path): there is no such file, or it cannot be read",
        remedy: "check the path of the file")
    }
    return [UInt8](data)
  }
}

extension LedgerEntry {
  /// `sent by run 20261123-083015-3f9a`, or `entered by hand`.
  var howItWasSent: String { run.map { "sent by run \($0)" } ?? "entered by hand" }
}
