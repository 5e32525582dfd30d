internal import Foundation
public import LoadOps
public import Vocabulary

/// The export files of one run, in the order in which they count.
public struct ExportInputs: Sendable {
  /// The files.
  public let paths: [String]
  /// The file that keeps standard input, when that is read; to be removed when the run is over.
  public let spooled: String?
  /// Files in a folder that were passed over, because no export has such a name.
  public let ignored: [String]

  private static let extensions: Set = [
    "csv", "json", "ndjson", "jsonl", "txt", "tsv", "xlsx", "xlsm", "xls",
  ]

  /// Finds the files that the arguments name: files as they are, folders by what they hold.
  ///
  /// Of a folder's entries those are taken that could be exports, in the order of their names; hidden
  /// ones and a spreadsheet's lock files never are. `-` stands for standard input, which is copied to
  /// `spoolFolder` first because an export is read twice.
  ///
  /// - Throws: `Failure` with cause `inputMissing` when there is nothing to read.
  public init(arguments: [String], spoolFolder: String) throws(Failure) {
    var paths: [String] = []
    var ignored: [String] = []
    var spooled: String?
    for argument in arguments {
      if argument == "-" {
        if spooled == nil { spooled = try ExportInputs.spool(into: spoolFolder) }
        paths.append(spooled ?? argument)
        continue
      }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
        throw Failure(
          .inputMissing, "\(argument): there is no such file or folder",
          remedy: "check the path, or drop the export again")
      }
      guard isFolder.boolValue else {
        paths.append(argument)
        continue
      }
      let entries = try ExportInputs.entries(of: argument)
      paths += entries.exports
      ignored += entries.ignored
    }
    // Byte by byte: two Unicode forms of one text are equal to Swift, but name two files.
    var seen: Set<[UInt8]> = []
    self.paths = paths.filter {
      seen.insert(Array(URL(fileURLWithPath: $0).standardizedFileURL.path.utf8)).inserted
    }
    self.ignored = ignored
    self.spooled = spooled
  }

  /// What to call a file in messages and reports: its path, or "standard input".
  public func name(of path: String) -> String { path == spooled ? "standard input" : path }

  private static func entries(
    of folder: String
  ) throws(Failure) -> (exports: [String], ignored: [String]) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw Failure(
        .inputUnreadable, "\(folder) cannot be listed", remedy: "check who may read the folder")
    }
    var exports: [String] = []
    var ignored: [String] = []
    for name in names where !name.hasPrefix(".") && !name.hasPrefix("~$") {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if isFolder.boolValue { continue }
      let suffix = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
      if extensions.contains(suffix) { exports.append(path) } else { ignored.append(path) }
    }
    guard !exports.isEmpty else {
      throw Failure(
        .inputMissing, "\(folder) holds no export: no .csv, .xlsx, .json, .ndjson or .txt file",
        remedy: "put the files that LoadOps exported into the folder, or name them one by one")
    }
    return (exports, ignored)
  }

  /// Copies standard input into a new file that only its owner may read.
  private static func spool(into folder: String) throws(Failure) -> String {
    var template = Array((folder + "/loadbooks-input-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw Failure.cannotWrite("cannot keep standard input in \(folder)", errno)
    }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    do throws(Failure) {
      try copyStandardInput(to: descriptor, folder)
    } catch {
      close(descriptor)
      unlink(path)
      throw error
    }
    guard close(descriptor) == 0 else {
      let code = errno
      unlink(path)
      throw Failure.cannotWrite("cannot keep standard input in \(folder)", code)
    }
    return path
  }

  private static func copyStandardInput(to descriptor: Int32, _ folder: String) throws(Failure) {
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(STDIN_FILENO, &block, block.count)
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(
          .inputUnreadable, "cannot read standard input: \(String(cString: strerror(errno)))",
          remedy: "give the export as a file")
      }
      var done = 0
      while done < count {
        let written = block[done..<count].withUnsafeBytes {
          write(descriptor, $0.baseAddress, $0.count)
        }
        if written > 0 {
          done += written
        } else if written == 0 || errno != EINTR {
          throw Failure.cannotWrite(
            "cannot keep standard input in \(folder)", written == 0 ? EIO : errno)
        }
      }
    }
  }
}

/// What an export says beside its invoices: customers and income categories, held whole.
public struct MasterData: Sendable {
  /// The customers, in the order of the export.
  public private(set) var customers: [LoadOps.Customer] = []
  /// Whether any file listed customers.
  public private(set) var listsCustomers = false
  /// The income categories, in the order of the export.
  public private(set) var categories: [IncomeCategory] = []
  /// Whether any file listed income categories.
  public private(set) var listsCategories = false
  private var customerByName: [String: Int] = [:]
  private var customerByID: [String: Int] = [:]
  private var categoryNames: Set<String> = []
  /// Names that stand more than once with different motor carrier numbers or ids.
  public private(set) var contradictory: Set<String> = []

  /// Nothing.
  public init() {}

  /// Notes that a file lists records of a kind, even if it lists none.
  public mutating func note(_ kind: RecordKind) {
    if kind == .customers { listsCustomers = true }
    if kind == .incomeCategories { listsCategories = true }
  }

  /// Adds a customer; the first of equal names counts.
  public mutating func add(_ customer: LoadOps.Customer) {
    listsCustomers = true
    if let known = customerByName[customer.name] {
      let other = customers[known]
      if differ(other.motorCarrierNumber, customer.motorCarrierNumber)
        || differ(other.id, customer.id)
      {
        contradictory.insert(customer.name)
      }
      if !customer.id.isEmpty, customerByID[customer.id] == nil {
        customerByID[customer.id] = known
      }
      return
    }
    customerByName[customer.name] = customers.count
    if !customer.id.isEmpty, customerByID[customer.id] == nil {
      customerByID[customer.id] = customers.count
    }
    customers.append(customer)
  }

  /// Adds an income category.
  public mutating func add(_ category: IncomeCategory) {
    listsCategories = true
    if categoryNames.insert(category.name.lowercased()).inserted { categories.append(category) }
  }

  /// The customer of that very name.
  public func customer(named name: String) -> LoadOps.Customer? {
    customerByName[name].map { customers[$0] }
  }

  /// The customer that has an id.
  public func customer(withID id: String) -> LoadOps.Customer? {
    customerByID[id].map { customers[$0] }
  }

  /// Whether an income category was listed, without regard to case.
  public func declares(category: String) -> Bool { categoryNames.contains(category.lowercased()) }

  /// The description of an income category; empty when there is none.
  public func description(ofCategory name: String) -> String {
    categories.first { $0.name.lowercased() == name.lowercased() }?.description ?? ""
  }

  private func differ(_ left: String, _ right: String) -> Bool {
    !left.isEmpty && !right.isEmpty && left != right
  }
}
