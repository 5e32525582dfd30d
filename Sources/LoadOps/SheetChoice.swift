internal import Sheets
internal import Vocabulary

/// A sheet of a workbook, and what became of it.
public struct SheetNote: Hashable, Sendable {
  /// What a sheet is to the reader.
  public enum Role: Hashable, Sendable {
    /// Its rows are read.
    case read
    /// It would be an export as well, but another sheet is read.
    case passedOver(RecordKind)
    /// It has no header that we know.
    case other
  }

  /// Its name on the tab.
  public var name: String
  /// Whether its tab is hidden.
  public var isHidden: Bool
  /// What became of it.
  public var role: Role
}

/// Chooses the sheet of a workbook that is read: the first one with a header that we know.
///
/// Sheets that people see come before hidden ones. Whatever else looks like an export is told, so that
/// nobody believes that two sheets were read.
struct SheetChoice {
  let sheet: Workbook.Sheet
  /// All sheets in the order of their tabs.
  let notes: [SheetNote]

  /// The rows in which a header is looked for; as many as ``CSVHeader`` looks at, and one to spare.
  private static let rows = 24

  init(
    _ workbook: Workbook, meanings: [String: ColumnMeaning], options: LayoutOptions
  ) throws(Failure) {
    let sheets = workbook.sheets
    var notes = sheets.map { SheetNote(name: $0.name, isHidden: $0.isHidden, role: .other) }
    var taken: Int?
    var nearest: Failure?
    let order =
      sheets.indices.filter { !sheets[$0].isHidden } + sheets.indices.filter { sheets[$0].isHidden }
    for index in order {
      do throws(Failure) {
        let head = try TextSource.open(
          workbook, sheets[index], hashing: false, mostRows: SheetChoice.rows)
        guard head.size > 0 else { continue }
        let window = try ByteWindow(head, hashing: false)
        let kind = try CSVHeader.find(in: window, meanings: meanings, options: options).columns.kind
        notes[index].role = taken == nil ? .read : .passedOver(kind)
        if taken == nil { taken = index }
      } catch {
        // A sheet that cannot be read at all is no reason to read another one instead.
        guard error.cause == .inputUnreadable, error.location != nil else { throw error }
        if nearest == nil || SheetChoice.saysLess(nearest) { nearest = error }
      }
    }
    guard let taken else { throw SheetChoice.failure(workbook, nearest) }
    sheet = sheets[taken]
    self.notes = notes
  }

  private static func saysLess(_ failure: Failure?) -> Bool {
    failure?.message.contains(CSVHeader.unrecognised) ?? true
  }

  private static func failure(_ workbook: Workbook, _ nearest: Failure?) -> Failure {
    guard let nearest else {
      return Failure(
        .inputUnreadable, "\(workbook.path) is an empty workbook",
        remedy: "give the workbook that holds the export")
    }
    guard workbook.sheets.count > 1, saysLess(nearest) else { return nearest }
    let names = workbook.sheets.prefix(8).map { "\"\($0.name)\"" }.joined(separator: ", ")
    let rest = workbook.sheets.count > 8 ? " and others" : ""
    return Failure(
      nearest.cause,
      "\(workbook.path) \(CSVHeader.unrecognised): none of its sheets (\(names)\(rest)) has a header "
        + "with known columns in its first rows",
      remedy: nearest.remedy)
  }
}
