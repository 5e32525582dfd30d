internal import Sheets
internal import Vocabulary

/// Lines of invoices that stand in an array of their own.
extension JSONRecordReader {
  /// Whether the value at the cursor is an array of the lines of all invoices.
  func isLinesApart(_ name: String) throws(Failure) -> Bool {
    guard view[cursor] == UInt8(ascii: "["), let sureness = JSONKeys.linesApart(name)
    else { return false }
    guard sureness == .perhaps else { return true }
    while true {
      let index = skipBlanks(view.buffer.span, cursor + 1)
      if index < view.count {
        switch value(view.buffer.span, from: index, isLast: isAtEnd) {
        case .complete:
          return marks.take(view.buffer.span, from: index) >= 0
            && parser.saysWhose(view.buffer.span, marks)
        case .wrong: return false
        case .needsMore: break
        }
      }
      guard !isAtEnd, view.count - cursor < JSONRecordReader.largestRecord else {
        return false
      }
      _ = try fill()
    }
  }

  /// Goes past a line that stands apart from its invoice; a scout notes where it is.
  func passLine(_ range: Range<Int>, _ fault: RecordFault?) {
    countLines(to: range.lowerBound)
    cursor = range.upperBound
    hasLinesApart = true
    kinds.insert(.invoices)
    guard isScout else { return }
    piece.reset()
    if fault == nil {
      piece.text.append(view.buffer.span.extracting(range))
      parser.parse(&piece, JSONContext.lineApart, view.buffer.span, marks)
    }
    let number = fault == nil ? piece.cell(0, .invoiceNumber).value.range : 0..<0
    linesApart?.add(
      JSONLinesApart.Entry(
        offset: viewOffset + UInt64(range.lowerBound), length: UInt32(range.count),
        line: UInt32(line)), piece.text, number)
  }

  /// Where the lines stand that are in an array of their own; the file is looked through for them once.
  func knownLines() throws(Failure) -> JSONLinesApart {
    if let linesApart { return linesApart }
    let scout = try JSONRecordReader(
      window: try ByteWindow(window.source, hashing: false), file: Int(file),
      meanings: parser.keys.meanings)
    (scout.isScout, scout.linesApart) = (true, JSONLinesApart())
    var record = Record(layout: JSONRecordReader.layout)
    _ = try scout.next([], into: &record)
    let found = scout.linesApart ?? JSONLinesApart()
    linesApart = found
    return found
  }

  /// Whether an object may be an invoice whose lines stand apart, or such a line.
  func mayHaveLinesApart(_ record: Record) -> Bool {
    record.faults.isEmpty && record.rows.count == 1
      && (record.isLoneObject
        || JSONKeys.lineFields.allSatisfy { record.cell(0, $0).source.isEmpty })
  }

  /// Whether lines that stand apart are looked for when an object is met.
  func takesLines(_ record: Record) -> Bool {
    mayHaveLinesApart(record) && !record.cell(0, .invoiceNumber).isEmpty
      && record.cell(0, .category).source.isEmpty
  }

  /// Puts the lines that stand apart from an invoice behind it.
  func addLinesApart(_ record: inout Record) throws(Failure) {
    guard takesLines(record) else { return }
    let number = record.cell(0, .invoiceNumber)
    _ = try knownLines()
    guard let first = linesApart?.take(record.text, number.value.range) else { return }
    parser.leaveLinesOut(&record)
    record.isLoneObject = false
    if record.cell(0, .invoiceTotal).isEmpty {
      let reason =
        "its lines stand apart from it, and without invoice_total nobody can tell whether they are all there"
      record.faults.append((0, .json(reason, at: nil)))
    }
    try append(linesApart?.following(first) ?? [], to: &record)
  }

  func append(
    _ entries: [JSONLinesApart.Entry], to record: inout Record
  ) throws(Failure) {
    let size = entries.reduce(0) { $0 + Int($1.length) }
    guard size < JSONRecordReader.largestRecord else {
      record.faults.append((0, .json("its lines are larger than 64 MiB", at: nil)))
      return
    }
    for entry in entries {
      piece.reset()
      piece.place.ordinal = record.place.ordinal
      try readLine(entry, into: &piece)
      record.append(rowsOf: piece)
    }
  }

  func readLine(
    _ entry: JSONLinesApart.Entry, into record: inout Record
  ) throws(Failure) {
    record.layout = JSONRecordReader.layout
    record.place = RecordPlace(
      file: file, ordinal: record.place.ordinal, line: entry.line, length: entry.length,
      offset: entry.offset)
    try window.read(at: entry.offset, count: Int(entry.length), into: &record.text)
    let text = record.text
    if text.first != UInt8(ascii: "{"), fault(text) == nil {
      parser.refuse(&record, .json("this is not an object", at: nil))
    } else if let fault = mark(text) {
      parser.refuse(&record, fault)
    } else {
      parser.parse(&record, JSONContext.lineApart, text.span, marks)
    }
  }

  /// The next lines that no invoice took; they wait, so that nothing that is billed is missing.
  func nextLeftOver(_ record: inout Record) throws(Failure) -> Bool {
    let known = try knownLines()
    while leftOverPosition < known.entries.count {
      let position = leftOverPosition
      leftOverPosition += 1
      guard known.isLeftOver(position) else { continue }
      ordinal += 1
      recognised += 1
      records += 1
      record.place.ordinal = ordinal
      try makeLeftOver(&record, position)
      return true
    }
    return false
  }

  func makeLeftOver(_ record: inout Record, _ position: Int) throws(Failure) {
    let lines = try knownLines().following(position)
    record.reset()
    try readLine(lines[0], into: &record)
    if record.faults.isEmpty {
      let reason =
        record.cell(0, .invoiceNumber).isEmpty
        ? "this line stands apart from the invoices and does not say whose it is"
        : "this line stands apart from the invoices, and no invoice without lines has its number"
      record.faults.append((0, .json(reason, at: nil)))
    }
    try append(Array(lines.dropFirst()), to: &record)
  }
}
