internal import Sheets
internal import Vocabulary

/// Takes the values out of one JSON object whose keys and values are marked.
///
/// The marks stand in the bytes they were made of, of which the record is a stretch; `base` is where it begins in them.
struct JSONRecordParser {
  var keys: JSONKeys
  private var escaped: [Int] = []
  /// Cells of the first row that were given beside the lines and not in one.
  private var outerSlots: [Int] = []
  private var keyCheck = JSONKeyCheck()
  private var hasLines = false
  /// Whether there is an array of lines, be it empty.
  private var hasLinesKey = false
  /// Whether a key that stands twice was told already.
  private var hasRepeatedKey = false
  /// The mark of the stops.
  private var stopsMark: Int?
  /// Where the record begins in the bytes that are marked.
  private var base = 0
  /// The last row and its line, from which those behind it are counted.
  private var lastRow: (start: Int, line: UInt32) = (0, 0)
  private let scratch = Scratch()

  /// Whether all the text is known to be UTF-8.
  private let isTrusted: Bool

  init(meanings: [String: ColumnMeaning], isTrusted: Bool) {
    keys = JSONKeys(meanings: meanings)
    self.isTrusted = isTrusted
  }

  /// What kind of record a marked object is, by its keys; nil when they say nothing.
  mutating func kind(of bytes: Span<UInt8>, _ marks: borrowing JSONMarks) -> RecordKind? {
    guard marks.count > 0, marks[0].kind == .object else { return nil }
    var (hasCustomer, hasCategory) = (false, false)
    var at = 1
    while at < marks.count {
      let key = marks[at]
      switch keys.kindHint(bytes.extracting(key.inside), key.hash) {
      case .invoices?: return .invoices
      case .incomeCategories?: hasCategory = true
      case .customers?: hasCustomer = true
      case nil: break
      }
      at = Int(marks[at + 1].next)
    }
    return hasCategory ? .incomeCategories : hasCustomer ? .customers : nil
  }

  /// Fills the record's rows and cells from the bytes that are marked.
  mutating func parse(
    _ record: inout Record, _ kind: RecordKind, _ bytes: Span<UInt8>, _ marks: borrowing JSONMarks
  ) {
    let context: JSONContext =
      switch kind {
      case .invoices: .invoice
      case .customers: .customer
      case .incomeCategories: .category
      }
    parse(&record, context, bytes, marks)
  }

  /// Fills the record's rows and cells from the bytes that are marked, which stand in this context.
  mutating func parse(
    _ record: inout Record, _ context: JSONContext, _ bytes: Span<UInt8>,
    _ marks: borrowing JSONMarks
  ) {
    escaped.removeAll(keepingCapacity: true)
    outerSlots.removeAll(keepingCapacity: true)
    (hasLines, hasLinesKey, stopsMark) = (false, false, nil)
    let whole = marks[0].range
    base = whole.lowerBound
    if !isTrusted, (try? UTF8Span(validating: bytes.extracting(whole))) == nil {
      record.faults.append((0, .notUTF8))
    }
    lastRow = (0, record.place.line)
    startRow(&record, at: 0)
    let repeated = marks.mayRepeatKeys ? keyCheck.repeated(in: bytes, whole) : nil
    hasRepeatedKey = repeated != nil
    if let key = repeated {
      let name = JSONRecordParser.text(bytes, key)
      record.fault(
        0, "the key \"\(name)\" stands twice in one object",
        key.lowerBound - 1 - base..<key.upperBound + 1 - base)
    }
    object(bytes, marks, 0, context, row: 0, &record)
    if let stopsMark { stops(bytes, marks, stopsMark, &record) }
    record.isLoneObject = !hasLinesKey && context != .lineApart
    finish(&record, bytes)
    // LoadOps uses one value for both, so a load id alone is the invoice number.
    let (number, load) = (Field.invoiceNumber.index, Field.loadID.index)
    if context == .invoice || context == .lineApart, record.cells[number].source.isEmpty {
      record.cells.swapAt(number, load)
    }
  }

  /// Whether a marked object says by an invoice number whose line it is.
  func saysWhose(_ bytes: Span<UInt8>, _ marks: borrowing JSONMarks) -> Bool {
    guard marks.count > 0, marks[0].kind == .object else { return false }
    var at = 1
    while at < marks.count {
      let raw = Array(copying: bytes.extracting(marks[at].inside))
      switch keys.meaningUnnoted(raw, .lineApart) {
      case .field(.invoiceNumber), .field(.loadID): return true
      default: at = Int(marks[at + 1].next)
      }
    }
    return false
  }

  /// Takes from an invoice what is its lines' when those stand apart from it.
  ///
  /// A single amount is the invoice's total, as in a CSV file without lines.
  mutating func leaveLinesOut(_ record: inout Record) {
    let (amount, total) = (Field.amount.index, Field.invoiceTotal.index)
    if record.cells[total].source.isEmpty { record.cells.swapAt(amount, total) }
    for field in JSONKeys.lineFields where !record.cells[field.index].source.isEmpty {
      keys.noteUnknown(field.name)
      record.cells[field.index] = .absent
    }
  }

  /// Makes a record of bytes that no values can be taken from.
  func refuse(_ record: inout Record, _ fault: RecordFault) {
    record.fillRow()
    record.rows.append(
      Record.Row(
        start: 0, ordinal: record.place.ordinal, line: record.place.line,
        offset: record.place.offset))
    record.faults.append((0, fault))
  }

  /// Begins a row where its object begins in the record.
  private mutating func startRow(_ record: inout Record, at start: Int) {
    record.fillRow()
    let line = lastRow.line + UInt32(LineEnds.count(record.text, lastRow.start..<start))
    lastRow = (start, line)
    record.rows.append(
      Record.Row(
        start: Int32(start), ordinal: record.place.ordinal, line: line,
        offset: record.place.offset + UInt64(start)))
  }

  /// Memory for texts with escapes, used again for each.
  private final class Scratch {
    @exclusivity(unchecked) var text = ByteSink()
  }

  private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: Array(copying: bytes.extracting(range)), as: UTF8.self)
  }

  /// Where a value stands in the record.
  private func place(_ mark: JSONMark) -> Range<Int> {
    Int(mark.start) - base..<Int(mark.end) - base
  }

  /// Goes through the members of a marked object.
  private mutating func object(
    _ bytes: Span<UInt8>, _ marks: borrowing JSONMarks, _ position: Int, _ context: JSONContext,
    row: Int, _ record: inout Record
  ) {
    var at = position + 1
    let end = Int(marks[position].next)
    while at < end {
      let (key, value) = (marks[at], marks[at + 1])
      let place = place(value)
      switch keys.meaning(bytes.extracting(key.inside), key.hash, context) {
      case .field(let field) where value.kind == .object:
        if let inner = JSONKeys.object(for: field, context) {
          object(bytes, marks, at + 1, inner, row: row, &record)
        } else {
          set(field, bytes, value, row: row, &record)
        }
      case .field(let field) where context == .invoice && field.isOfLine:
        if hasLines {
          keys.noteUnknown(field.name)
        } else {
          outerSlots.append(field.index)
          set(field, bytes, value, row: row, &record)
        }
      case .field(let field):
        set(field, bytes, value, row: row, &record)
      case .lines where value.kind == .array:
        if hasLines {
          record.fault(
            row, "the lines are given twice",
            key.inside.lowerBound - base..<key.inside.upperBound - base)
        }
        lines(bytes, marks, at + 1, &record)
      case .stops where value.kind == .array:
        if stopsMark != nil {
          record.fault(
            row, "the stops are given twice",
            key.inside.lowerBound - base..<key.inside.upperBound - base)
        }
        stopsMark = at + 1
      case .object(let inner) where value.kind == .object:
        object(bytes, marks, at + 1, inner, row: row, &record)
      case .lines, .stops, .object:
        if bytes[Int(value.start)] != UInt8(ascii: "n") {
          let name = JSONRecordParser.text(bytes, key.inside)
          record.fault(row, "\(name) holds the wrong kind of value", place)
        }
      case .ignored, .unknown: break
      }
      at = Int(value.next)
    }
  }

  private mutating func lines(
    _ bytes: Span<UInt8>, _ marks: borrowing JSONMarks, _ position: Int, _ record: inout Record
  ) {
    var at = position + 1
    let end = Int(marks[position].next)
    var row = 0
    hasLinesKey = true
    if at < end, !hasLines {
      // What stands beside the lines is no part of the first one.
      hasLines = true
      for slot in outerSlots where !record.cells[slot].source.isEmpty {
        keys.noteUnknown(Field.allCases[slot].name)
        record.cells[slot] = .absent
        escaped.removeAll { $0 == slot }
      }
    }
    while at < end {
      let line = marks[at]
      if row > 0 { startRow(&record, at: place(line).lowerBound) }
      if line.kind == .object {
        object(bytes, marks, at, .line, row: row, &record)
      } else {
        record.fault(row, "a line is not an object", place(line))
      }
      row += 1
      at = Int(line.next)
    }
  }

  /// The first pickup and the last drop give origin, destination and their days.
  private mutating func stops(
    _ bytes: Span<UInt8>, _ marks: borrowing JSONMarks, _ position: Int, _ record: inout Record
  ) {
    var at = position + 1
    var pickup: Int?
    var drop: Int?
    while at < Int(marks[position].next) {
      if marks[at].kind == .object {
        let type = stopText(bytes, marks, at, "type").lowercased()
        if type.hasPrefix("pick"), pickup == nil { pickup = at }
        if type.hasPrefix("drop") || type.hasPrefix("deliver") { drop = at }
      }
      at = Int(marks[at].next)
    }
    if let pickup { stop(bytes, marks, pickup, .originName, .origin, .pickupDate, &record) }
    if let drop { stop(bytes, marks, drop, .destinationName, .destination, .deliveryDate, &record) }
  }

  private mutating func stop(
    _ bytes: Span<UInt8>, _ marks: borrowing JSONMarks, _ position: Int, _ name: Field,
    _ place: Field, _ date: Field, _ record: inout Record
  ) {
    let start = self.place(marks[position]).lowerBound
    let city = stopText(bytes, marks, position, "city")
    let state = stopText(bytes, marks, position, "state")
    let text = city.isEmpty || state.isEmpty ? city + state : "\(city), \(state)"
    for (field, value) in [
      (name, stopText(bytes, marks, position, "name")), (place, text),
      (date, stopText(bytes, marks, position, "date")),
    ]
    where !value.isEmpty && record.cells[field.index].isEmpty {
      let begin = record.text.count
      record.text.append(contentsOf: value.utf8)
      record.cells[field.index] = Cell(
        value: TextRange(begin..<record.text.count), source: TextRange(start..<start + 1))
    }
  }

  private func stopText(
    _ bytes: Span<UInt8>, _ marks: borrowing JSONMarks, _ position: Int, _ wanted: String
  ) -> String {
    var at = position + 1
    while at < Int(marks[position].next) {
      let (key, value) = (marks[at], marks[at + 1])
      if value.isString, Array(copying: bytes.extracting(key.inside)).elementsEqual(wanted.utf8) {
        var text: [UInt8] = []
        JSONStringDecoder.decode(bytes, value.inside, into: &text)
        return String(decoding: text, as: UTF8.self)
      }
      at = Int(value.next)
    }
    return ""
  }

  private mutating func set(
    _ field: Field, _ bytes: Span<UInt8>, _ value: JSONMark, row: Int, _ record: inout Record
  ) {
    let slot = row * record.layout.width + field.index
    guard bytes[Int(value.start)] != UInt8(ascii: "n") else { return }
    let range = place(value)
    guard record.cells[slot].source.isEmpty else {
      if !hasRepeatedKey { record.fault(row, "\(field.name) is given twice", range) }
      return
    }
    let source = TextRange(range)
    switch value.kind {
    case .object, .array, .key:
      record.fault(row, "\(field.name) holds the wrong kind of value", range)
    case .word:
      // Whoever wrote a number may have dropped zeros in front of it; only people can tell.
      if field.isIdentifier, field != .lineNumber { keys.noteNumber(field) }
      record.cells[slot] = Cell(value: source, source: source)
    case .escaped:
      escaped.append(slot)
      let inner = range.lowerBound + 1..<range.upperBound - 1
      record.cells[slot] = Cell(value: TextRange(inner), source: source)
    case .string:
      let inner = CellText.value(bytes, value.inside, isFigure: field.isFigure)
      record.cells[slot] = Cell(
        value: TextRange(inner.lowerBound - base..<inner.upperBound - base), source: source)
    }
  }

  private mutating func finish(_ record: inout Record, _ bytes: Span<UInt8>) {
    for slot in escaped {
      let start = record.text.count
      let field = Field.allCases[slot % record.layout.width]
      let inner = record.cells[slot].value.range
      scratch.text.empty()
      let isWhole = JSONStringDecoder.decode(
        bytes, inner.lowerBound + base..<inner.upperBound + base, into: &scratch.text)
      record.text.append(contentsOf: scratch.text.bytes)
      if !isWhole {
        let source = record.cells[slot].source.range
        record.fault(
          slot / record.layout.width,
          "\(field.name) has half of a surrogate pair, which stands for no character", source)
      }
      record.cells[slot].value = TextRange(
        CellText.value(
          record.text.span, start..<record.text.count, isFigure: field.isFigure))
    }
  }
}

extension JSONKeys {
  /// What a key at the top of a record says about the kind of record.
  mutating func kindHint(_ key: Span<UInt8>, _ hash: UInt64) -> RecordKind? {
    if let hint = hints.value(key, hash) { return hint }
    let hint = newHint(key)
    if hints.count < JSONKeys.mostKnown { hints.add(key, hash, hint) }
    return hint
  }

  private func newHint(_ key: Span<UInt8>) -> RecordKind? {
    var raw: [UInt8] = []
    raw.append(key)
    var text: [UInt8] = []
    JSONStringDecoder.decode(raw, raw.indices, into: &text)
    let name = HeaderName.normalised(String(decoding: text, as: UTF8.self))
    switch JSONKeys.meaning(name, .invoice, meanings) {
    case .lines: return .invoices
    case .field(.invoiceNumber) where name != "number": return .invoices
    case .field(.loadID), .field(.invoiceTotal), .field(.amount): return .invoices
    case .field(.invoiceDate) where name != "date": return .invoices
    default: break
    }
    if JSONKeys.meaning(name, .category, meanings) == .field(.payItem) { return .incomeCategories }
    if JSONKeys.meaning(name, .customer, meanings) == .field(.customerName) { return .customers }
    return nil
  }
}

extension Record {
  /// Notes something in JSON that the record cannot be made of.
  fileprivate mutating func fault(_ row: Int, _ reason: String, _ range: Range<Int>) {
    faults.append((row, .json(reason, at: TextRange(range))))
  }

  /// Appends a row of absent cells.
  mutating func fillRow() {
    let width = layout.width
    cells.append(addingCapacity: width) { row in
      for _ in 0..<width { row.append(.absent) }
    }
  }
}
