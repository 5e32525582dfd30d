internal import Sheets
internal import Vocabulary

/// Reads the records of a JSON export: an object of arrays, one array, or an object on each line.
///
/// Each record is gone through once, by ``JSONMarks``, which finds its end, its keys and its values; by these
/// ``JSONRecordParser`` takes it apart. Only what is not marked at first sight is gone through by ``JSONSyntax``, which says
/// what is wrong with it. Only one record is held at a time.
///
/// What it is busy with is never asked for exclusive access while the program runs: a reader belongs to one task, and
/// nothing that it calls comes back to it.
final class JSONRecordReader {
  static let layout = RecordLayout(
    width: Field.allCases.count,
    columns: Dictionary(uniqueKeysWithValues: Field.allCases.map { ($0, $0.index) }))

  var kinds: Set<RecordKind> = []
  @exclusivity(unchecked) var records = 0
  /// Elements that told what they are.
  @exclusivity(unchecked) var recognised = 0
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
  static let largestRecord = 64 << 20

  let window: ByteWindow
  let file: Int32
  /// What is in view of the window, where that begins in the text, and whether the text ends there.
  @exclusivity(unchecked) private(set) var view: WindowBytes
  @exclusivity(unchecked) private(set) var viewOffset: UInt64
  @exclusivity(unchecked) private(set) var isAtEnd: Bool
  /// The keys and values of the object taken last.
  @exclusivity(unchecked) var marks = JSONMarks()
  @exclusivity(unchecked) var parser: JSONRecordParser
  @exclusivity(unchecked) private var state = State.start
  @exclusivity(unchecked) var cursor: Int
  @exclusivity(unchecked) var line = 1
  @exclusivity(unchecked) var lineCursor: Int
  /// Whether a CR that was counted as a line end was the last byte in view; its LF may come next.
  @exclusivity(unchecked) var countedReturn = false
  @exclusivity(unchecked) var ordinal: UInt32 = 0
  /// The line on which the object before ended, in a file of one object a line.
  @exclusivity(unchecked) var lineOfLastEnd = 0
  /// The line on which the object to be taken begins, when lines behind it were counted already.
  @exclusivity(unchecked) var lineOfStart: Int?
  /// The keys of the outermost object.
  private var outerNames: Set<String> = []
  private var keyCheck = JSONKeyCheck()
  /// Whether the file is a bare array, or an object on each line.
  private var hasNoCollections = true
  /// Where lines stand that are in an array of their own, once somebody needed to know.
  var linesApart: JSONLinesApart?
  /// Whether this reader does nothing but find them.
  var isScout = false
  /// Whether there is an array of lines.
  var hasLinesApart = false
  /// The line of that array that is looked at next, whether an invoice took it.
  var leftOverPosition = 0
  /// A line of an invoice, to be put behind it.
  var piece = Record(layout: JSONRecordReader.layout)

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
    parser = JSONRecordParser(meanings: meanings, isTrusted: !window.source.isBroken)
    (view, viewOffset, isAtEnd) = (window.bytes, window.baseOffset, window.isAtEnd)
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
    let text = record.text
    if let fault = mark(text) { return parser.refuse(&record, fault) }
    if mustTellKind, parser.kind(of: text.span, marks) == nil {
      return parser.refuse(&record, JSONRecordReader.tellsNoKind)
    }
    parser.parse(&record, RecordKind.invoices, text.span, marks)
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

  /// Whether the file is a bare list of records, of which the first is an invoice; nothing is passed by that.
  func beginsWithInvoice() throws(Failure) -> Bool {
    guard mustTellKind else { return false }
    while true {
      let first = skipBlanks(view.buffer.span, cursor)
      if first < view.count {
        guard view[first] == UInt8(ascii: "{") else { return false }
        if marks.take(view.buffer.span, from: first) >= 0 {
          return parser.kind(of: view.buffer.span, marks) == .invoices
        }
      }
      guard !isAtEnd, view.count - cursor < 1 << 20 else { return false }
      _ = try fill()
    }
  }

  private static let tellsNoKind = RecordFault.json(
    "it has no key of an invoice, customer or category", at: nil)

  // MARK: - Structure

  private func begin() throws(Failure) {
    try skipBlanks()
    guard view[cursor] == UInt8(ascii: "{") else {
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
      index = skipBlanks(view.buffer.span, index)
      if index < view.count {
        let byte = view[index]
        if byte == UInt8(ascii: "}") { return false }
        if !isFirst, byte == UInt8(ascii: ",") {
          index = skipBlanks(view.buffer.span, index + 1)
        }
        let key = string(view.buffer.span, from: index, isLast: isAtEnd)
        if case .wrong = key { return false }
        if case .complete(let end) = key {
          let name = text(index + 1..<end - 1)
          let colon = skipBlanks(view.buffer.span, end)
          let value = skipBlanks(view.buffer.span, colon + 1)
          if value < view.count {
            if view[value] == UInt8(ascii: "["), JSONKeys.collection(name) != nil {
              return true
            }
            switch self.value(view.buffer.span, from: value, isLast: isAtEnd) {
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
      guard !isAtEnd, view.count - cursor < JSONRecordReader.largestRecord else {
        return false
      }
      _ = try fill()
      index = cursor + 1
      isFirst = true
    }
  }

  private func enterCollection(isFirst: Bool) throws(Failure) {
    try skipBlanks()
    if view[cursor] == UInt8(ascii: "}") {
      cursor += 1
      state = .end
      return
    }
    if !isFirst {
      guard view[cursor] == UInt8(ascii: ",") else {
        throw wrong(cursor, "a comma or } is expected")
      }
      cursor += 1
      try skipBlanks()
    }
    guard view[cursor] == UInt8(ascii: "\"") else {
      throw wrong(cursor, "a key in quotation marks is expected")
    }
    let key = try complete(string)
    let name = text(key.lowerBound + 1..<key.upperBound - 1)
    guard outerNames.insert(name).inserted else {
      throw wrong(key.lowerBound, "the key \"\(name)\" stands twice in one object")
    }
    cursor = key.upperBound
    try skipBlanks()
    guard view[cursor] == UInt8(ascii: ":") else {
      throw wrong(cursor, "a colon is expected behind a key")
    }
    cursor += 1
    try skipBlanks()
    let kind = JSONKeys.collection(name)
    if let kind, view[cursor] == UInt8(ascii: "[") {
      cursor += 1
      state = .array(kind, isFirst: true, inContainer: true)
    } else if try isLinesApart(name) {
      cursor += 1
      state = .linesApart(isFirst: true)
    } else if kind != nil, view[cursor] != UInt8(ascii: "n") {
      throw wrong(cursor, "\"\(name)\" must be an array of records")
    } else {
      parser.keys.noteOuter(name)
      let range = try complete(value)
      if let key = keyCheck.repeated(in: view.buffer.span, range) {
        throw wrong(
          key.lowerBound - 1, "the key \"\(text(key))\" stands twice in one object")
      }
      cursor = range.upperBound
      state = .container(isFirst: false)
    }
  }

  /// The next element of an array; nil when the array has ended.
  private func element(
    isFirst: Bool, inContainer: Bool
  ) throws(Failure) -> (Range<Int>, RecordFault?)? {
    try skipBlanks()
    if view[cursor] == UInt8(ascii: "]") {
      cursor += 1
      state = inContainer ? .container(isFirst: false) : .end
      return nil
    }
    if !isFirst {
      guard view[cursor] == UInt8(ascii: ",") else {
        throw wrong(cursor, "a comma or ] is expected")
      }
      cursor += 1
      try skipBlanks()
    }
    var end = marks.take(view.buffer.span, from: cursor)
    if end < 0 {
      let range = try complete(value)
      end = marks.take(view.buffer.span, from: range.lowerBound)
      guard end == range.upperBound else { return (range, notMarked(range)) }
    }
    return (cursor..<end, notMarked(cursor..<end))
  }

  /// Why a valid value is no record; nil for an object that was marked.
  private func notMarked(_ range: Range<Int>) -> RecordFault? {
    guard view[range.lowerBound] == UInt8(ascii: "{") else {
      return .json("this is not an object", at: nil)
    }
    guard marks.count > 0, marks[0].range == range else {
      return .json("its keys and values cannot be told apart", at: nil)
    }
    return nil
  }

  /// The next object of a file that holds one after another; a bad one ends with its line.
  private func lineObject() throws(Failure) -> (Range<Int>, RecordFault?)? {
    guard try skipBlanksToEnd() else {
      state = .end
      return nil
    }
    while true {
      let marked = marks.take(view.buffer.span, from: cursor)
      let outcome =
        marked >= 0
        ? .complete(end: marked) : value(view.buffer.span, from: cursor, isLast: isAtEnd)
      switch outcome {
      case .complete(let end):
        if marked < 0 { _ = marks.take(view.buffer.span, from: cursor) }
        guard noteLines(to: end) else {
          throw wrong(cursor, "only one object may stand on a line")
        }
        return (cursor..<end, notMarked(cursor..<end))
      case .needsMore where view.count - cursor < JSONRecordReader.largestRecord:
        _ = try fill()
      case .needsMore: throw tooLarge()
      case .wrong(let place, let reason):
        // Only where each record has a line of its own can reading go on behind a bad one.
        let offset = place - cursor
        let (end, next) = try lineInView()
        let followsObject = next.map { view[$0] == UInt8(ascii: "{") } ?? false
        guard ordinal > 0 || followsObject else { throw wrong(cursor + offset, reason) }
        // A line that lacks its end is noticed where the next object begins.
        let isCutOff = followsObject && next == cursor + offset
        guard cursor + offset <= end || isCutOff else { throw wrong(cursor + offset, reason) }
        noteLines(to: end)
        return (cursor..<end, fault(Array(view[cursor..<end])) ?? .json(reason, at: nil))
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
      let end = view[cursor...].firstIndex(of: 0x0A) ?? view.count
      let next = skipBlanks(view.buffer.span, end)
      if next < view.count { return (end, next) }
      if isAtEnd { return (end, nil) }
      guard view.count - cursor < JSONRecordReader.largestRecord else { throw tooLarge() }
      _ = try fill()
    }
  }

  /// Marks the bytes of a record by themselves, or says what is wrong with them.
  func mark(_ bytes: [UInt8]) -> RecordFault? {
    if marks.take(bytes.span, from: 0) == bytes.count { return nil }
    return fault(bytes) ?? .json("its keys and values cannot be told apart", at: nil)
  }

  /// What is wrong with the bytes of a record by themselves.
  func fault(_ bytes: [UInt8]) -> RecordFault? {
    switch value(bytes.span, from: 0, isLast: true) {
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
    let told = kind ?? (fault == nil ? parser.kind(of: view.buffer.span, marks) : nil)
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
      offset: viewOffset + UInt64(range.lowerBound))
    record.text.append(view.buffer.span.extracting(range))
    if let fault {
      parser.refuse(&record, fault)
    } else {
      parser.parse(&record, kind, view.buffer.span, marks)
      if kind == .invoices, !hasNoCollections { try addLinesApart(&record) }
    }
    return kind
  }

  private func expectNothing() throws(Failure) {
    if try skipBlanksToEnd() { throw wrong(cursor, "nothing may follow behind the end") }
  }

  // MARK: - Bytes

  func skipBlanks(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    JSONSyntax.skipBlanks(bytes, index)
  }

  func value(_ bytes: Span<UInt8>, from index: Int, isLast: Bool) -> JSONSyntax.Outcome {
    JSONSyntax.value(bytes, from: index, isLast: isLast)
  }

  private func string(_ bytes: Span<UInt8>, from index: Int, isLast: Bool) -> JSONSyntax.Outcome {
    JSONSyntax.string(bytes, from: index, isLast: isLast)
  }

  private func complete(
    _ check: (Span<UInt8>, Int, Bool) -> JSONSyntax.Outcome
  ) throws(Failure) -> Range<Int> {
    while true {
      switch check(view.buffer.span, cursor, isAtEnd) {
      case .complete(let end): return cursor..<end
      case .wrong(let place, let reason): throw wrong(place, reason)
      case .needsMore:
        guard view.count - cursor < JSONRecordReader.largestRecord else { throw tooLarge() }
        _ = try fill()
      }
    }
  }

  func fill() throws(Failure) -> Int {
    countLines(to: cursor)
    window.start = cursor
    let moved = try window.fill()
    (view, viewOffset, isAtEnd) = (window.bytes, window.baseOffset, window.isAtEnd)
    cursor -= moved
    lineCursor -= moved
    return moved
  }

  /// Skips white space; true unless the file ends.
  private func skipBlanksToEnd() throws(Failure) -> Bool {
    while true {
      cursor = skipBlanks(view.buffer.span, cursor)
      if cursor < view.count { return true }
      if isAtEnd { return false }
      _ = try fill()
    }
  }

  private func skipBlanks() throws(Failure) {
    guard try skipBlanksToEnd() else { throw wrong(cursor, "the text ends in the middle") }
  }

  func countLines(to index: Int) {
    guard index > lineCursor else { return }
    line += lines(upTo: index)
    lineCursor = index
    countedReturn = index == view.count && view[index - 1] == 0x0D
  }

  private func lines(upTo index: Int) -> Int {
    guard index > lineCursor else { return 0 }
    let isSecondHalf = countedReturn && view[lineCursor] == 0x0A
    return LineEnds.count(view, lineCursor..<index) - (isSecondHalf ? 1 : 0)
  }

  private func text(_ range: Range<Int>) -> String {
    var text: [UInt8] = []
    JSONStringDecoder.decode(view.buffer.span, range, into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  func tooLarge() -> Failure {
    countLines(to: cursor)
    return Failure(
      .inputUnreadable, "a record of \(window.path) is larger than 64 MiB",
      remedy: "export fewer invoices at a time, or check whether a bracket is missing",
      location: window.source.location(line: line))
  }

  private func wrong(_ index: Int, _ reason: String) -> Failure {
    let (location, excerpt) = LineExcerpt.make(
      window.source, offset: viewOffset + UInt64(index), length: 1,
      line: line + lines(upTo: index))
    return Failure(
      .inputUnreadable, "\(window.path) is not valid JSON: \(reason)",
      remedy: "export the file again; if it was edited by hand, mend this place",
      location: location, excerpt: excerpt)
  }
}
