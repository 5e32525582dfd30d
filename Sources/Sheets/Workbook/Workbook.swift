package import Vocabulary

/// A spreadsheet workbook, `.xlsx` or `.xlsm`: its sheets, and the rows of each as a stream.
///
/// A workbook is a ZIP archive of XML parts (ECMA-376, both the transitional and the strict form).
/// Opening one reads what describes it; the first row asked for reads the shared strings, which are the
/// only thing held whole; sheets are never held. Archives and XML that unpack to more than a workbook
/// plausibly would are refused (``ZIPEntryReader/Limit``), as is whatever declares XML entities.
///
/// A cell's text is what a person would type into it: numbers exact and without exponent
/// (``SpreadsheetNumber``), dates as ISO dates, `true` and `false`, errors as they show. Numbers that
/// stand for days in cells without a date format stay numbers; who knows what the column holds decides.
package final class Workbook {
  /// A sheet of the workbook.
  package struct Sheet: Sendable {
    /// Its name on the tab.
    package var name: String
    /// Whether its tab is hidden.
    package var isHidden: Bool
    fileprivate var entry: ZIPArchive.Entry
  }

  /// The file's name as the user knows it.
  package var path: String { archive.path }
  /// How many bytes it has.
  package var fileSize: UInt64 { archive.fileSize }
  /// The sheets in the order of their tabs; charts and dialogs are none.
  package private(set) var sheets: [Sheet] = []

  private let archive: ZIPArchive
  private let blockSize: Int
  private var from1904 = false
  private var stringsEntry: ZIPArchive.Entry?
  private var stylesEntry: ZIPArchive.Entry?
  private var tables: (strings: SharedStrings, styles: CellStyles)?

  /// Opens a workbook; `blockSize` is how much XML is parsed at once, tests use single bytes.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  package init(path: String, name: String, blockSize: Int = 1 << 15) throws(Failure) {
    self.blockSize = blockSize
    archive = try ZIPArchive(path: path, name: name)
    let workbook = try workbookEntry()
    let part = WorkbookPart(archive, workbook, limit: .description)
    try part.read(blockSize: blockSize)
    from1904 = part.from1904
    let links = try relationships(of: workbook.name)
    for sheet in part.sheets {
      guard let link = links[sheet.id], link.kind == "worksheet" else { continue }
      guard let entry = try archive.entry(link.target) else {
        throw archive.damaged("the part of sheet \"\(sheet.name)\" is missing")
      }
      sheets.append(Sheet(name: sheet.name, isHidden: sheet.isHidden, entry: entry))
    }
    stringsEntry = try entry(of: "sharedStrings", links)
    stylesEntry = try entry(of: "styles", links)
    guard !sheets.isEmpty else {
      throw Failure(
        .inputUnreadable, "\(name) is a workbook without a single sheet of cells",
        remedy: "give the workbook that LoadOps or QuickBooks exported")
    }
  }

  /// Gives the rows of a sheet that hold anything or are marked as rows, in order, until `body` says no.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`, or what `body` threw.
  package func forEachRow(
    of sheet: Sheet, _ body: @escaping (WorkbookRow) throws(Failure) -> Bool
  ) throws(Failure) {
    let tables = try loadTables()
    let part = SheetPart(
      archive, sheet.entry, sheet: sheet.name, strings: tables.strings, styles: tables.styles,
      from1904: from1904, body)
    try part.read(blockSize: blockSize)
  }

  /// The fingerprint of the file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  package func fingerprint() throws(Failure) -> Fingerprint {
    var hasher = FingerprintHasher()
    var offset: UInt64 = 0
    while offset < archive.fileSize {
      let bytes = try archive.bytes(at: offset, count: 1 << 18)
      hasher.update(bytes)
      offset += UInt64(bytes.count)
    }
    return hasher.finish()
  }

  private func loadTables() throws(Failure) -> (strings: SharedStrings, styles: CellStyles) {
    if let tables { return tables }
    var loaded = (strings: SharedStrings(), styles: CellStyles())
    if let stringsEntry {
      loaded.strings = try SharedStrings.read(archive, stringsEntry, blockSize: blockSize)
    }
    if let stylesEntry {
      loaded.styles = try CellStyles.read(archive, stylesEntry, blockSize: blockSize)
    }
    tables = loaded
    return loaded
  }

  // MARK: - Parts

  private func workbookEntry() throws(Failure) -> ZIPArchive.Entry {
    let links = try relationships(of: "")
    for link in links.values where link.kind == "officeDocument" {
      if link.target.lowercased().hasSuffix(".bin") { throw notOurs("a binary workbook (.xlsb)") }
      if let entry = try archive.entry(link.target) {
        guard link.target.lowercased().contains("workbook") || link.target.hasPrefix("xl/") else {
          throw notOurs("a document or a presentation")
        }
        return entry
      }
    }
    if let entry = try archive.entry("xl/workbook.xml") { return entry }
    if try archive.entry("content.xml") != nil { throw notOurs("an OpenDocument file (.ods)") }
    throw Failure(
      .inputUnreadable, "\(path) is a ZIP archive, but no spreadsheet workbook",
      remedy: "unpack it and give the export that is in it")
  }

  private func notOurs(_ kind: String) -> Failure {
    Failure(
      .inputUnreadable, "\(path) is \(kind), which LoadBooks does not read",
      remedy: "open it and save the sheet as .xlsx or as \"CSV UTF-8 (comma delimited)\"")
  }

  private func entry(
    of kind: String, _ links: [String: RelationshipsPart.Link]
  ) throws(Failure) -> ZIPArchive.Entry? {
    guard let link = links.values.first(where: { $0.kind == kind }) else { return nil }
    guard let entry = try archive.entry(link.target) else {
      throw archive.damaged("its part \(link.target) is missing")
    }
    return entry
  }

  /// What a part, or with an empty name the whole archive, refers to, by the ids it uses.
  private func relationships(
    of part: String
  ) throws(Failure) -> [String: RelationshipsPart.Link] {
    let slash = part.lastIndex(of: "/")
    let folder = slash.map { String(part[..<$0]) } ?? ""
    let file = slash.map { String(part[part.index(after: $0)...]) } ?? part
    let name = (folder.isEmpty ? "" : folder + "/") + "_rels/\(file).rels"
    guard let entry = try archive.entry(name) else { return [:] }
    let relationships = RelationshipsPart(archive, entry, folder: folder)
    try relationships.read(blockSize: blockSize)
    return relationships.links
  }
}

extension Workbook {
  /// Opens a file if it is an archive, as every workbook is.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: What to call it in messages.
  /// - Returns: The workbook; nil when the file is no archive.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  package static func open(archive path: String, name: String) throws(Failure) -> Workbook? {
    let file = try OpenFile(path: path, name: name)
    let head = try file.bytes(at: 0, count: 4)
    return FileSignature(head) == .archive ? try Workbook(path: path, name: name) : nil
  }

  /// The refusal of an old or protected workbook, when a file that begins with these bytes is one.
  ///
  /// Both are compound files, as Excel up to 2003 made them; a protected `.xlsx` is a compound file whose
  /// directory names a stream `EncryptedPackage` (MS-OFFCRYPTO).
  static func refusal(ofOldWorkbook file: OpenFile, head: [UInt8]) throws(Failure) -> Failure? {
    guard head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else { return nil }
    var isProtected = false
    if head.count >= 52 {
      // The first sector of the directory; sectors have 2^9 or 2^12 bytes, the header takes one.
      let size = UInt64(1) << UInt64(min(12, head[30]))
      let sector = UInt64(head[48]) | UInt64(head[49]) << 8 | UInt64(head[50]) << 16
      var name: [UInt8] = []
      for byte in "EncryptedPackage".utf8 { name += [byte, 0] }
      let directory = try file.bytes(at: (sector + 1) * size, count: 4096)
      for index in stride(from: 0, to: directory.count, by: 128)
      where directory[index...].starts(with: name) {
        isProtected = true
      }
    }
    return isProtected
      ? Failure(
        .inputUnreadable, "\(file.name) is protected with a password",
        remedy: "open it in the spreadsheet program, remove the password (File > Info > Protect "
          + "Workbook) and save it again")
      : Failure(
        .inputUnreadable,
        "\(file.name) is a workbook of Excel 97-2003 (.xls), which LoadBooks does not read",
        remedy: "open it and save the sheet as .xlsx or as \"CSV UTF-8 (comma delimited)\"")
  }
}

/// `xl/workbook.xml`: the sheets and the date system.
private final class WorkbookPart: XMLPart {
  struct Sheet {
    var name: String
    var id: String
    var isHidden: Bool
  }

  var sheets: [Sheet] = []
  var from1904 = false

  private static let mostSheets = 10_000

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "workbookPr": from1904 = attributes.flag("date1904")
    case "sheet":
      let state = attributes.string("state") ?? "visible"
      sheets.append(
        Sheet(
          name: attributes.string("name") ?? "", id: attributes.string("id") ?? "",
          isHidden: state != "visible"))
      if sheets.count > WorkbookPart.mostSheets { fail(damaged("it has too many sheets")) }
    default: break
    }
  }
}

/// A part such as `xl/_rels/workbook.xml.rels`: which part an id stands for, and what it is.
private final class RelationshipsPart: XMLPart {
  struct Link {
    /// The end of the relationship's type, such as `worksheet`; both forms of the standard agree in it.
    var kind: String
    /// The part's name in the archive.
    var target: String
  }

  var links: [String: Link] = [:]
  private let folder: String

  override var readsAnyNamespace: Bool { true }

  init(_ archive: ZIPArchive, _ entry: ZIPArchive.Entry, folder: String) {
    self.folder = folder
    super.init(archive, entry, limit: .description)
  }

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    guard name == "Relationship", let id = attributes.string("Id"),
      let type = attributes.string("Type"), let target = attributes.string("Target"),
      attributes.string("TargetMode") != "External"
    else { return }
    let kind = type.split(separator: "/").last.map(String.init) ?? ""
    links[id] = Link(kind: kind, target: resolve(target))
  }

  /// The name in the archive of a target, which is relative to the part unless it begins with a slash.
  private func resolve(_ target: String) -> String {
    let target = target.replacing("\\", with: "/")
    var steps = target.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
    for step in target.split(separator: "/") {
      if step == ".." { _ = steps.popLast() } else if step != "." { steps.append(String(step)) }
    }
    return steps.joined(separator: "/")
  }
}
