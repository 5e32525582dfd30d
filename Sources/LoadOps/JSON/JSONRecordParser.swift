internal import Sheets
internal import Vocabulary

/// Takes the values out of one JSON object that is known to be valid JSON.
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
  private var stopsStart: Int?

  init(meanings: [String: ColumnMeaning]) {
    keys = JSONKeys(meanings: meanings)
  }

  /// What kind of record an object is, by its keys; nil when they say nothing.
  mutating func kind(of buffer: [UInt8], _ range: Range<Int>) -> RecordKind? {
    let bytes = buffer.span
    guard bytes[range.lowerBound] == UInt8(ascii: "{") else { return nil }
    var (hasCustomer, hasCategory) = (false, false)
    var index = range.lowerBound + 1
    while let (key, value) = JSONRecordParser.member(bytes, &index) {
      let name = bytes.extracting(key)
      switch keys.kindHint(name) {
      case .invoices?: return .invoices
      case .incomeCategories?: hasCategory = true
      case .customers?: hasCustomer = true
      case nil: break
      }
      index = JSONRecordParser.end(of: bytes, value)
    }
    return hasCategory ? .incomeCategories : hasCustomer ? .customers : nil
  }

  /// Fills the record's rows and cells from its raw bytes.
  mutating func parse(_ record: inout Record, _ kind: RecordKind) {
    let context: JSONContext =
      switch kind {
      case .invoices: .invoice
      case .customers: .customer
      case .incomeCategories: .category
      }
    parse(&record, context)
  }

  /// Fills the record's rows and cells from its raw bytes, which stand in this context.
  mutating func parse(_ record: inout Record, _ context: JSONContext) {
    escaped.removeAll(keepingCapacity: true)
    outerSlots.removeAll(keepingCapacity: true)
    (hasLines, hasLinesKey, stopsStart) = (false, false, nil)
    let raw = record.text
    if raw.contains(where: { $0 >= 0x80 }), (try? UTF8Span(validating: raw.span)) == nil {
      record.faults.append((0, .notUTF8))
    }
    startRow(&record, at: 0)
    let repeated = keyCheck.repeated(in: raw.span, raw.indices)
    hasRepeatedKey = repeated != nil
    if let key = repeated {
      let name = record.text.text(TextRange(key))
      record.fault(
        0, "the key \"\(name)\" stands twice in one object", key.lowerBound - 1..<key.upperBound + 1
      )
    }
    object(raw.span, 0, context, row: 0, &record)
    if let stopsStart { stops(raw.span, stopsStart, &record) }
    record.isLoneObject = !hasLinesKey && context != .lineApart
    finish(&record, raw)
    // LoadOps uses one value for both, so a load id alone is the invoice number.
    let (number, load) = (Field.invoiceNumber.index, Field.loadID.index)
    if context == .invoice || context == .lineApart, record.cells[number].source.isEmpty {
      record.cells.swapAt(number, load)
    }
  }

  /// Whether an object says by an invoice number whose line it is.
  func saysWhose(_ buffer: [UInt8], _ range: Range<Int>) -> Bool {
    let bytes = buffer.span
    guard bytes[range.lowerBound] == UInt8(ascii: "{") else { return false }
    var index = range.lowerBound + 1
    while let (key, value) = JSONRecordParser.member(bytes, &index) {
      var raw: [UInt8] = []
      raw.append(bytes.extracting(key))
      switch keys.meaningUnnoted(raw, .lineApart) {
      case .field(.invoiceNumber), .field(.loadID): return true
      default: index = JSONRecordParser.end(of: bytes, value)
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

  private func startRow(_ record: inout Record, at start: Int) {
    record.fillRow()
    record.rows.append(
      Record.Row(
        start: 0, ordinal: record.place.ordinal, line: record.place.line,
        offset: record.place.offset))
    moveRow(&record, record.rows.count - 1, to: start)
  }

  private func moveRow(_ record: inout Record, _ row: Int, to start: Int) {
    let lines = LineEnds.count(record.text, 0..<start)
    record.rows[row].start = Int32(start)
    record.rows[row].line = record.place.line + UInt32(lines)
    record.rows[row].offset = record.place.offset + UInt64(start)
  }

  /// Goes through the members of the object at `start` and returns the index behind it.
  @discardableResult
  private mutating func object(
    _ bytes: Span<UInt8>, _ start: Int, _ context: JSONContext, row: Int, _ record: inout Record
  ) -> Int {
    var index = start + 1
    while let (key, value) = JSONRecordParser.member(bytes, &index) {
      let end = JSONRecordParser.end(of: bytes, value)
      let first = bytes[value]
      switch keys.meaning(bytes.extracting(key), context) {
      case .field(let field) where first == UInt8(ascii: "{"):
        if let inner = JSONKeys.object(for: field, context) {
          object(bytes, value, inner, row: row, &record)
        } else {
          set(field, bytes, value..<end, row: row, &record)
        }
      case .field(let field) where context == .invoice && JSONKeys.lineFields.contains(field):
        if hasLines {
          keys.noteUnknown(field.name)
        } else {
          outerSlots.append(field.index)
          set(field, bytes, value..<end, row: row, &record)
        }
      case .field(let field):
        set(field, bytes, value..<end, row: row, &record)
      case .lines where first == UInt8(ascii: "["):
        if hasLines { record.fault(row, "the lines are given twice", key) }
        lines(bytes, value, &record)
      case .stops where first == UInt8(ascii: "["):
        if stopsStart != nil { record.fault(row, "the stops are given twice", key) }
        stopsStart = value
      case .object(let inner) where first == UInt8(ascii: "{"):
        object(bytes, value, inner, row: row, &record)
      case .lines, .stops, .object:
        if first != UInt8(ascii: "n") {
          let name = record.text.text(TextRange(key))
          record.fault(row, "\(name) holds the wrong kind of value", value..<end)
        }
      case .ignored, .unknown: break
      }
      index = end
    }
    return index
  }

  private mutating func lines(_ bytes: Span<UInt8>, _ start: Int, _ record: inout Record) {
    var index = JSONSyntax.skipBlanks(bytes, start + 1)
    var row = 0
    hasLinesKey = true
    if bytes[index] != UInt8(ascii: "]"), !hasLines {
      // What stands beside the lines is no part of the first one.
      hasLines = true
      for slot in outerSlots where !record.cells[slot].source.isEmpty {
        keys.noteUnknown(Field.allCases[slot].name)
        record.cells[slot] = .absent
        escaped.removeAll { $0 == slot }
      }
    }
    while bytes[index] != UInt8(ascii: "]") {
      if bytes[index] == UInt8(ascii: ",") { index = JSONSyntax.skipBlanks(bytes, index + 1) }
      let end = JSONRecordParser.end(of: bytes, index)
      if row > 0 { startRow(&record, at: index) }
      if bytes[index] == UInt8(ascii: "{") {
        object(bytes, index, .line, row: row, &record)
      } else {
        record.fault(row, "a line is not an object", index..<end)
      }
      row += 1
      index = JSONSyntax.skipBlanks(bytes, end)
    }
  }

  /// The first pickup and the last drop give origin, destination and their days.
  private mutating func stops(_ bytes: Span<UInt8>, _ start: Int, _ record: inout Record) {
    var index = JSONSyntax.skipBlanks(bytes, start + 1)
    var pickup: Int?
    var drop: Int?
    while bytes[index] != UInt8(ascii: "]") {
      if bytes[index] == UInt8(ascii: ",") { index = JSONSyntax.skipBlanks(bytes, index + 1) }
      if bytes[index] == UInt8(ascii: "{") {
        let type = stopText(bytes, index, "type").lowercased()
        if type.hasPrefix("pick"), pickup == nil { pickup = index }
        if type.hasPrefix("drop") || type.hasPrefix("deliver") { drop = index }
      }
      index = JSONSyntax.skipBlanks(bytes, JSONRecordParser.end(of: bytes, index))
    }
    if let pickup { stop(bytes, pickup, .originName, .origin, .pickupDate, &record) }
    if let drop { stop(bytes, drop, .destinationName, .destination, .deliveryDate, &record) }
  }

  private mutating func stop(
    _ bytes: Span<UInt8>, _ start: Int, _ name: Field, _ place: Field, _ date: Field,
    _ record: inout Record
  ) {
    let city = stopText(bytes, start, "city")
    let state = stopText(bytes, start, "state")
    let text = city.isEmpty || state.isEmpty ? city + state : "\(city), \(state)"
    for (field, value) in [
      (name, stopText(bytes, start, "name")), (place, text), (date, stopText(bytes, start, "date")),
    ]
    where !value.isEmpty && record.cells[field.index].isEmpty {
      let begin = record.text.count
      record.text.append(contentsOf: value.utf8)
      record.cells[field.index] = Cell(
        value: TextRange(begin..<record.text.count), source: TextRange(start..<start + 1))
    }
  }

  private func stopText(_ bytes: Span<UInt8>, _ start: Int, _ wanted: String) -> String {
    var index = start + 1
    while let (key, value) = JSONRecordParser.member(bytes, &index) {
      let end = JSONRecordParser.end(of: bytes, value)
      var name: [UInt8] = []
      name.append(bytes.extracting(key))
      if name.elementsEqual(wanted.utf8), bytes[value] == UInt8(ascii: "\"") {
        var raw: [UInt8] = []
        raw.append(bytes.extracting(value + 1..<end - 1))
        var text: [UInt8] = []
        JSONStringDecoder.decode(raw, raw.indices, into: &text)
        return String(decoding: text, as: UTF8.self)
      }
      index = end
    }
    return ""
  }

  private mutating func set(
    _ field: Field, _ bytes: Span<UInt8>, _ range: Range<Int>, row: Int, _ record: inout Record
  ) {
    let slot = row * record.layout.width + field.index
    let first = bytes[range.lowerBound]
    guard first != UInt8(ascii: "n") else { return }
    guard record.cells[slot].source.isEmpty else {
      if !hasRepeatedKey { record.fault(row, "\(field.name) is given twice", range) }
      return
    }
    guard first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else {
      record.fault(row, "\(field.name) holds the wrong kind of value", range)
      return
    }
    let source = TextRange(range)
    guard first == UInt8(ascii: "\"") else {
      // Whoever wrote a number may have dropped zeros in front of it; only people can tell.
      if field.isIdentifier, field != .lineNumber { keys.noteNumber(field) }
      record.cells[slot] = Cell(value: source, source: source)
      return
    }
    let inner = range.lowerBound + 1..<range.upperBound - 1
    var hasEscape = false
    if JSONSyntax.special(bytes, from: inner.lowerBound) < inner.upperBound { hasEscape = true }
    if hasEscape {
      escaped.append(slot)
      record.cells[slot] = Cell(value: TextRange(inner), source: source)
    } else {
      let value = CellText.value(bytes, inner, isFigure: field.isFigure)
      record.cells[slot] = Cell(value: TextRange(value), source: source)
    }
  }

  private func finish(_ record: inout Record, _ raw: [UInt8]) {
    for slot in escaped {
      let start = record.text.count
      let field = Field.allCases[slot % record.layout.width]
      let isWhole = JSONStringDecoder.decode(
        raw, record.cells[slot].value.range, into: &record.text)
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

  // MARK: - Walking valid JSON

  /// The next member of an object: the key without its quotation marks, and where its value begins.
  private static func member(
    _ bytes: Span<UInt8>, _ index: inout Int
  ) -> (key: Range<Int>, value: Int)? {
    index = JSONSyntax.skipBlanks(bytes, index)
    if bytes[index] == UInt8(ascii: ",") { index = JSONSyntax.skipBlanks(bytes, index + 1) }
    guard bytes[index] == UInt8(ascii: "\"") else {
      index += 1
      return nil
    }
    let end = self.end(of: bytes, index)
    let colon = JSONSyntax.skipBlanks(bytes, end)
    return (index + 1..<end - 1, JSONSyntax.skipBlanks(bytes, colon + 1))
  }

  /// Where the valid value at `start` ends.
  private static func end(of bytes: Span<UInt8>, _ start: Int) -> Int {
    var depth = 0
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index = JSONSyntax.special(bytes, from: index + 1)
        while bytes[index] != UInt8(ascii: "\"") {
          index = JSONSyntax.special(
            bytes, from: index + (bytes[index] == UInt8(ascii: "\\") ? 2 : 1))
        }
        index += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return index }
        depth -= 1
        index += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
        if depth == 0 { return index }
        index += 1
        continue
      default:
        index += 1
        continue
      }
      if depth == 0 { return index }
    }
    return index
  }
}

extension JSONKeys {
  /// What a key at the top of a record says about the kind of record.
  mutating func kindHint(_ key: Span<UInt8>) -> RecordKind? {
    let hash = ByteHash.of(key)
    if let hint = hints[hash] { return hint }
    let hint = newHint(key)
    if hints.count < JSONKeys.mostKnown { hints.updateValue(hint, forKey: hash) }
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
    cells.append(contentsOf: repeatElement(.absent, count: layout.width))
  }
}
