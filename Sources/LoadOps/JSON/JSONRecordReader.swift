internal import Sheets
internal import Vocabulary

/// Reads the records of a JSON export: an object of arrays, one array, or an object on each line.
///
/// Each record is looked at twice: once by ``JSONSyntax``, which finds its end and refuses what is not
/// JSON, once by ``JSONRecordParser``, which takes the values out. Only one record is held at a time.
final class JSONRecordReader {
  static let layout = RecordLayout(
    width: Field.allCases.count,
    columns: Dictionary(uniqueKeysWithValues: Field.allCases.map { ($0, $0.index) }))

  private(set) var kinds: Set<RecordKind> = []
  private(set) var records = 0
  /// Elements that told what they are.
  private var recognised = 0
  /// Whether nothing read so far is of any kind that we know, though there was something.
  var holdsNothingKnown: Bool { ordinal > 0 && recognised == 0 }

  private enum State {
    case start
    /// Inside the outermost object, in front of a key or its end.
    case container(isFirst: Bool)
    /// Inside an array of records, in front of an element or its end.
    case array(RecordKind?, isFirst: Bool, inContainer: Bool)
    /// Inside an array of the lines of all invoices, in front of an element or its end.
    case linesApart(isFirst: Bool)
    /// Objects one after another.
    case lines
    /// Behind the outermost value.
    case end
  }

  /// No record is larger than this.
  private static let largestRecord = 64 << 20

  private let window: ByteWindow
  private let file: Int32
  private var parser: JSONRecordParser
  private var state = State.start
  private var cursor: Int
  private var line = 1
  private var lineCursor: Int
  /// Whether a CR that was counted as a line end was the last byte in view; its LF may come next.
  private var countedReturn = false
  private var ordinal: UInt32 = 0
  /// The line on which the object before ended, in a file of one object a line.
  private var lineOfLastEnd = 0
  /// The line on which the object to be taken begins, when lines behind it were counted already.
  private var lineOfStart: Int?
  /// The keys of the outermost object.
  private var outerNames: Set<String> = []
  private var keyCheck = JSONKeyCheck()
  /// Whether the file is a bare array, or an object on each line.
  private var hasNoCollections = true
  /// Where lines stand that are in an array of their own, once somebody needed to know.
  private var linesApart: JSONLinesApart?
  /// Whether this reader does nothing but find them.
  private var isScout = false
  /// Whether there is an array of lines.
  private var hasLinesApart = false
  /// The line of that array that is looked at next, whether an invoice took it.
  private var leftOverPosition = 0
  /// A line of an invoice, to be put behind it.
  private var piece = Record(layout: JSONRecordReader.layout)

  var notes: ExportNotes {
    var notes = ExportNotes()
    notes.unknownNames = parser.keys.unknownNames
    notes.numericIdentifiers = parser.keys.numbers
    notes.records = records
    return notes
  }

  init(window: ByteWindow, file: Int, meanings: [String: ColumnMeaning]) throws(Failure) {
    self.window = window
    self.file = Int32(file)
    parser = JSONRecordParser(meanings: meanings)
    cursor = window.start
    lineCursor = window.start
  }

  func next(_ kinds: Set<RecordKind>, into record: inout Record) throws(Failure) -> RecordKind? {
    while true {
      switch state {
      case .start: try begin()
      case .container(let isFirst): try enterCollection(isFirst: isFirst)
      case .array(let kind, let isFirst, let inContainer):
        guard let (range, fault) = try element(isFirst: isFirst, inContainer: inContainer) else {
          continue
        }
        state = .array(kind, isFirst: false, inContainer: inContainer)
        if let kind = try take(range, fault, kind, wanted: kinds, &record) { return kind }
      case .linesApart(let isFirst):
        guard let (range, fault) = try element(isFirst: isFirst, inContainer: true) else {
          continue
        }
        state = .linesApart(isFirst: false)
        passLine(range, fault)
      case .lines:
        guard let (range, fault) = try lineObject() else { continue }
        if let kind = try take(range, fault, nil, wanted: kinds, &record) { return kind }
      case .end:
        try expectNothing()
        guard hasLinesApart, !isScout, kinds.contains(.invoices) else { return nil }
        return try nextLeftOver(&record) ? .invoices : nil
      }
    }
  }

  /// Fills a record of an invoice whose raw bytes were read again.
  func reparse(_ record: inout Record) {
    record.layout = JSONRecordReader.layout
    do throws(Failure) {
      if hasLinesApart, let position = try knownLines().position(at: record.place.offset) {
        return try makeLeftOver(&record, position)
      }
    } catch {
      return parser.refuse(&record, JSONRecordReader.linesGone)
    }
    guard record.text.first == UInt8(ascii: "{") else {
      return parser.refuse(&record, .json("this is not an object", at: nil))
    }
    if let fault = fault(record.text) { return parser.refuse(&record, fault) }
    if mustTellKind, parser.kind(of: record.text, record.text.indices) == nil {
      return parser.refuse(&record, JSONRecordReader.tellsNoKind)
    }
    parser.parse(&record, RecordKind.invoices)
    guard !hasNoCollections, mayHaveLinesApart(record) else { return }
    // What is not looked for when a record is met must not be missed when it is read again.
    guard takesLines(record) || (try? knownLines()) != nil else { return }
    do throws(Failure) {
      if let position = try knownLines().position(at: record.place.offset) {
        record.text.removeLast(record.text.count - Int(record.place.length))
        try makeLeftOver(&record, position)
      } else {
        try addLinesApart(&record)
      }
    } catch {
      parser.refuse(&record, JSONRecordReader.linesGone)
    }
  }

  private static let linesGone = RecordFault.json("its lines cannot be read again", at: nil)

  /// Whether records stand where only their own keys say what they are.
  private var mustTellKind: Bool {
    if case .start = state { try? begin() }
    return hasNoCollections
  }

  private static let tellsNoKind = RecordFault.json(
    "it has no key of an invoice, customer or category", at: nil)

  // MARK: - Structure

  private func begin() throws(Failure) {
    try skipBlanks()
    guard window.bytes[cursor] == UInt8(ascii: "{") else {
      cursor += 1
      state = .array(nil, isFirst: true, inContainer: false)
      return
    }
    state = try isContainer() ? .container(isFirst: true) : .lines
    if case .container = state {
      cursor += 1
      hasNoCollections = false
    }
  }

  /// Whether the outermost object holds arrays of records, or is a record itself.
  private func isContainer() throws(Failure) -> Bool {
    var index = cursor + 1
    var isFirst = true
    while true {
      index = skipBlanks(window.bytes, index)
      if index < window.bytes.count {
        let byte = window.bytes[index]
        if byte == UInt8(ascii: "}") { return false }
        if !isFirst, byte == UInt8(ascii: ",") {
          index = skipBlanks(window.bytes, index + 1)
        }
        let key = string(window.bytes, from: index, isLast: window.isAtEnd)
        if case .wrong = key { return false }
        if case .complete(let end) = key {
          let name = text(index + 1..<end - 1)
          let colon = skipBlanks(window.bytes, end)
          let value = skipBlanks(window.bytes, colon + 1)
          if value < window.bytes.count {
            if window.bytes[value] == UInt8(ascii: "["), JSONKeys.collection(name) != nil {
              return true
            }
            switch self.value(window.bytes, from: value, isLast: window.isAtEnd) {
            case .complete(let end):
              index = end
              isFirst = false
              continue
            case .wrong: return false
            case .needsMore: break
            }
          }
        }
      }
      guard !window.isAtEnd, window.bytes.count - cursor < JSONRecordReader.largestRecord else {
        return false
      }
      _ = try fill()
      index = cursor + 1
      isFirst = true
    }
  }

  private func enterCollection(isFirst: Bool) throws(Failure) {
    try skipBlanks()
    if window.bytes[cursor] == UInt8(ascii: "}") {
      cursor += 1
      state = .end
      return
    }
    if !isFirst {
      guard window.bytes[cursor] == UInt8(ascii: ",") else {
        throw wrong(cursor, "a comma or } is expected")
      }
      cursor += 1
      try skipBlanks()
    }
    guard window.bytes[cursor] == UInt8(ascii: "\"") else {
      throw wrong(cursor, "a key in quotation marks is expected")
    }
    let key = try complete(string)
    let name = text(key.lowerBound + 1..<key.upperBound - 1)
    guard outerNames.insert(name).inserted else {
      throw wrong(key.lowerBound, "the key \"\(name)\" stands twice in one object")
    }
    cursor = key.upperBound
    try skipBlanks()
    guard window.bytes[cursor] == UInt8(ascii: ":") else {
      throw wrong(cursor, "a colon is expected behind a key")
    }
    cursor += 1
    try skipBlanks()
    let kind = JSONKeys.collection(name)
    if let kind, window.bytes[cursor] == UInt8(ascii: "[") {
      cursor += 1
      state = .array(kind, isFirst: true, inContainer: true)
    } else if try isLinesApart(name) {
      cursor += 1
      state = .linesApart(isFirst: true)
    } else if kind != nil, window.bytes[cursor] != UInt8(ascii: "n") {
      throw wrong(cursor, "\"\(name)\" must be an array of records")
    } else {
      parser.keys.noteOuter(name)
      let range = try complete(value)
      if let key = repeatedKey(window.bytes, range) {
        throw wrong(
          key.lowerBound - 1, "the key \"\(text(key))\" stands twice in one object")
      }
      cursor = range.upperBound
      state = .container(isFirst: false)
    }
  }

  private func repeatedKey(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int>? {
    keyCheck.repeated(in: bytes.span, range)
  }

  /// The next element of an array; nil when the array has ended.
  private func element(
    isFirst: Bool, inContainer: Bool
  ) throws(Failure) -> (Range<Int>, RecordFault?)? {
    try skipBlanks()
    if window.bytes[cursor] == UInt8(ascii: "]") {
      cursor += 1
      state = inContainer ? .container(isFirst: false) : .end
      return nil
    }
    if !isFirst {
      guard window.bytes[cursor] == UInt8(ascii: ",") else {
        throw wrong(cursor, "a comma or ] is expected")
      }
      cursor += 1
      try skipBlanks()
    }
    let range = try complete(value)
    let isObject = window.bytes[range.lowerBound] == UInt8(ascii: "{")
    return (range, isObject ? nil : .json("this is not an object", at: nil))
  }

  /// The next object of a file that holds one after another; a bad one ends with its line.
  private func lineObject() throws(Failure) -> (Range<Int>, RecordFault?)? {
    guard try skipBlanksToEnd() else {
      state = .end
      return nil
    }
    while true {
      window.start = cursor
      switch value(window.bytes, from: cursor, isLast: window.isAtEnd) {
      case .complete(let end):
        let isObject = window.bytes[cursor] == UInt8(ascii: "{")
        guard noteLines(to: end) else {
          throw wrong(cursor, "only one object may stand on a line")
        }
        return (cursor..<end, isObject ? nil : .json("this is not an object", at: nil))
      case .needsMore where window.bytes.count - cursor < JSONRecordReader.largestRecord:
        _ = try fill()
      case .needsMore: throw tooLarge()
      case .wrong(let place, let reason):
        // Only where each record has a line of its own can reading go on behind a bad one.
        let offset = place - cursor
        let (end, next) = try lineInView()
        let followsObject = next.map { window.bytes[$0] == UInt8(ascii: "{") } ?? false
        guard ordinal > 0 || followsObject else { throw wrong(cursor + offset, reason) }
        // A line that lacks its end is noticed where the next object begins.
        let isCutOff = followsObject && next == cursor + offset
        guard cursor + offset <= end || isCutOff else { throw wrong(cursor + offset, reason) }
        noteLines(to: end)
        return (cursor..<end, fault(Array(window.bytes[cursor..<end])) ?? .json(reason, at: nil))
      }
    }
  }

  /// Counts lines up to the end of an object and tells whether it begins on a line of its own.
  @discardableResult
  private func noteLines(to end: Int) -> Bool {
    countLines(to: cursor)
    let isAlone = line > lineOfLastEnd
    lineOfStart = line
    countLines(to: end)
    lineOfLastEnd = line
    return isAlone
  }

  /// Where the line at the cursor ends, and where the next thing behind it begins.
  private func lineInView() throws(Failure) -> (end: Int, next: Int?) {
    while true {
      let end = window.bytes[cursor...].firstIndex(of: 0x0A) ?? window.bytes.count
      let next = skipBlanks(window.bytes, end)
      if next < window.bytes.count { return (end, next) }
      if window.isAtEnd { return (end, nil) }
      guard window.bytes.count - cursor < JSONRecordReader.largestRecord else { throw tooLarge() }
      _ = try fill()
    }
  }

  /// What is wrong with the bytes of a record by themselves.
  private func fault(_ bytes: [UInt8]) -> RecordFault? {
    switch value(bytes, from: 0, isLast: true) {
    case .wrong(let place, let reason): .json(reason, at: TextRange(place..<place + 1))
    case .complete(bytes.count): nil
    case .complete(let end):
      .json("nothing may follow behind the end", at: TextRange(end..<end + 1))
    case .needsMore: .json("the text ends in the middle", at: nil)
    }
  }

  /// Makes a record of an element if it is of a kind wanted.
  private func take(
    _ range: Range<Int>, _ fault: RecordFault?, _ kind: RecordKind?, wanted: Set<RecordKind>,
    _ record: inout Record
  ) throws(Failure) -> RecordKind? {
    countLines(to: range.lowerBound)
    let line = lineOfStart ?? self.line
    lineOfStart = nil
    cursor = range.upperBound
    ordinal += 1
    // What is no valid object cannot be asked what it is.
    let told = kind ?? (fault == nil ? parser.kind(of: window.bytes, range) : nil)
    if told != nil { recognised += 1 }
    let fault =
      fault ?? (told == nil ? JSONRecordReader.tellsNoKind : nil)
    let kind = told ?? .invoices
    kinds.insert(kind)
    guard wanted.contains(kind) else { return nil }
    records += 1
    record.reset()
    record.layout = JSONRecordReader.layout
    record.place = RecordPlace(
      file: file, ordinal: ordinal, line: UInt32(line), length: UInt32(range.count),
      offset: window.baseOffset + UInt64(range.lowerBound))
    record.text.append(contentsOf: window.bytes[range])
    if let fault {
      parser.refuse(&record, fault)
    } else {
      parser.parse(&record, kind)
      if kind == .invoices, !hasNoCollections { try addLinesApart(&record) }
    }
    return kind
  }

  private func expectNothing() throws(Failure) {
    if try skipBlanksToEnd() { throw wrong(cursor, "nothing may follow behind the end") }
  }

  // MARK: - Lines in an array of their own

  /// Whether the value at the cursor is an array of the lines of all invoices.
  private func isLinesApart(_ name: String) throws(Failure) -> Bool {
    guard window.bytes[cursor] == UInt8(ascii: "["), let sureness = JSONKeys.linesApart(name)
    else { return false }
    guard sureness == .perhaps else { return true }
    while true {
      let index = skipBlanks(window.bytes, cursor + 1)
      if index < window.bytes.count {
        switch value(window.bytes, from: index, isLast: window.isAtEnd) {
        case .complete(let end): return parser.saysWhose(window.bytes, index..<end)
        case .wrong: return false
        case .needsMore: break
        }
      }
      guard !window.isAtEnd, window.bytes.count - cursor < JSONRecordReader.largestRecord else {
        return false
      }
      _ = try fill()
    }
  }

  /// Goes past a line that stands apart from its invoice; a scout notes where it is.
  private func passLine(_ range: Range<Int>, _ fault: RecordFault?) {
    countLines(to: range.lowerBound)
    cursor = range.upperBound
    hasLinesApart = true
    kinds.insert(.invoices)
    guard isScout else { return }
    piece.reset()
    if fault == nil {
      piece.text.append(contentsOf: window.bytes[range])
      parser.parse(&piece, JSONContext.lineApart)
    }
    let number = fault == nil ? piece.cell(0, .invoiceNumber).value.range : 0..<0
    linesApart?.add(
      JSONLinesApart.Entry(
        offset: window.baseOffset + UInt64(range.lowerBound), length: UInt32(range.count),
        line: UInt32(line)), piece.text, number)
  }

  /// Where the lines stand that are in an array of their own; the file is looked through for them once.
  private func knownLines() throws(Failure) -> JSONLinesApart {
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
  private func mayHaveLinesApart(_ record: Record) -> Bool {
    record.faults.isEmpty && record.rows.count == 1
      && (record.isLoneObject
        || JSONKeys.lineFields.allSatisfy { record.cell(0, $0).source.isEmpty })
  }

  /// Whether lines that stand apart are looked for when an object is met.
  private func takesLines(_ record: Record) -> Bool {
    mayHaveLinesApart(record) && !record.cell(0, .invoiceNumber).isEmpty
      && record.cell(0, .category).source.isEmpty
  }

  /// Puts the lines that stand apart from an invoice behind it.
  private func addLinesApart(_ record: inout Record) throws(Failure) {
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

  private func append(
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

  private func readLine(
    _ entry: JSONLinesApart.Entry, into record: inout Record
  ) throws(Failure) {
    record.layout = JSONRecordReader.layout
    record.place = RecordPlace(
      file: file, ordinal: record.place.ordinal, line: entry.line, length: entry.length,
      offset: entry.offset)
    try window.read(at: entry.offset, count: Int(entry.length), into: &record.text)
    if let fault = fault(record.text) {
      parser.refuse(&record, fault)
    } else if record.text.first == UInt8(ascii: "{") {
      parser.parse(&record, JSONContext.lineApart)
    } else {
      parser.refuse(&record, .json("this is not an object", at: nil))
    }
  }

  /// The next lines that no invoice took; they wait, so that nothing that is billed is missing.
  private func nextLeftOver(_ record: inout Record) throws(Failure) -> Bool {
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

  private func makeLeftOver(_ record: inout Record, _ position: Int) throws(Failure) {
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

  // MARK: - Bytes

  private func skipBlanks(_ bytes: [UInt8], _ index: Int) -> Int {
    JSONSyntax.skipBlanks(bytes.span, index)
  }

  private func value(_ bytes: [UInt8], from index: Int, isLast: Bool) -> JSONSyntax.Outcome {
    JSONSyntax.value(bytes.span, from: index, isLast: isLast)
  }

  private func string(_ bytes: [UInt8], from index: Int, isLast: Bool) -> JSONSyntax.Outcome {
    JSONSyntax.string(bytes.span, from: index, isLast: isLast)
  }

  private func complete(
    _ check: ([UInt8], Int, Bool) -> JSONSyntax.Outcome
  ) throws(Failure) -> Range<Int> {
    while true {
      window.start = cursor
      switch check(window.bytes, cursor, window.isAtEnd) {
      case .complete(let end): return cursor..<end
      case .wrong(let place, let reason): throw wrong(place, reason)
      case .needsMore:
        guard window.bytes.count - cursor < JSONRecordReader.largestRecord else { throw tooLarge() }
        _ = try fill()
      }
    }
  }

  private func fill() throws(Failure) -> Int {
    countLines(to: cursor)
    window.start = cursor
    let moved = try window.fill()
    cursor -= moved
    lineCursor -= moved
    return moved
  }

  /// Skips white space; true unless the file ends.
  private func skipBlanksToEnd() throws(Failure) -> Bool {
    while true {
      cursor = skipBlanks(window.bytes, cursor)
      if cursor < window.bytes.count { return true }
      if window.isAtEnd { return false }
      _ = try fill()
    }
  }

  private func skipBlanks() throws(Failure) {
    guard try skipBlanksToEnd() else { throw wrong(cursor, "the text ends in the middle") }
  }

  private func countLines(to index: Int) {
    guard index > lineCursor else { return }
    line += lines(upTo: index)
    lineCursor = index
    countedReturn = index == window.bytes.count && window.bytes[index - 1] == 0x0D
  }

  private func lines(upTo index: Int) -> Int {
    guard index > lineCursor else { return 0 }
    let isSecondHalf = countedReturn && window.bytes[lineCursor] == 0x0A
    return LineEnds.count(window.bytes, lineCursor..<index) - (isSecondHalf ? 1 : 0)
  }

  private func text(_ range: Range<Int>) -> String {
    var text: [UInt8] = []
    JSONStringDecoder.decode(window.bytes, range, into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private func tooLarge() -> Failure {
    countLines(to: cursor)
    return Failure(
      .inputUnreadable, "a record of \(window.path) is larger than 64 MiB",
      remedy: "export fewer invoices at a time, or check whether a bracket is missing",
      location: window.source.location(line: line))
  }

  private func wrong(_ index: Int, _ reason: String) -> Failure {
    let (location, excerpt) = LineExcerpt.make(
      window.source, offset: window.baseOffset + UInt64(index), length: 1,
      line: line + lines(upTo: index))
    return Failure(
      .inputUnreadable, "\(window.path) is not valid JSON: \(reason)",
      remedy: "export the file again; if it was edited by hand, mend this place",
      location: location, excerpt: excerpt)
  }
}
