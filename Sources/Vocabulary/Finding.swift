/// Where something stands in a file the user gave us.
public struct SourceLocation: Hashable, Sendable {
  /// The path as the user named it.
  public var file: String
  /// The line, from 1; in a workbook the row.
  public var line: Int
  /// The character within the line, from 1, in a workbook the column; nil when the whole line is meant.
  public var column: Int?
  /// The sheet, when the file is a workbook.
  public var sheet: String?

  /// A place in a file.
  public init(file: String, line: Int, column: Int? = nil, sheet: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.sheet = sheet
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `file:line:column`, as editors understand it; in a workbook `file, sheet Invoices, cell F14`.
  public var description: String {
    guard let sheet else { return column.map { "\(file):\(line):\($0)" } ?? "\(file):\(line)" }
    let cell = column.map { "cell \(SourceLocation.letters($0))\(line)" } ?? "row \(line)"
    return "\(file), sheet \(sheet), \(cell)"
  }

  /// The place without the file's name: `line 4, column 7`, or `sheet Invoices, cell F14`.
  package var inFile: String {
    guard sheet == nil else { return String(description.dropFirst(file.count + 2)) }
    return column.map { "line \(line), column \($0)" } ?? "line \(line)"
  }

  /// The letters of a workbook's column: A to Z, AA and so on.
  static func letters(_ column: Int) -> String {
    var rest = max(1, column)
    var letters: [UInt8] = []
    while rest > 0 {
      letters.append(UInt8(ascii: "A") + UInt8((rest - 1) % 26))
      rest = (rest - 1) / 26
    }
    return String(decoding: letters.reversed(), as: UTF8.self)
  }
}

/// The user's own line, with the stretch that a finding is about.
public struct Excerpt: Hashable, Sendable {
  /// The line without its line end, shortened around the mark when it is very long.
  public var text: String
  /// Where the mark begins, in characters from 0.
  public var markStart: Int
  /// How many characters are marked; at least 1.
  public var markLength: Int

  /// A line with a marked stretch.
  public init(text: String, markStart: Int, markLength: Int) {
    self.text = text
    self.markStart = markStart
    self.markLength = max(1, markLength)
  }
}

extension Excerpt {
  /// The stretch around the mark that fits into so many letters, with dots where something is missing.
  package func narrowed(to width: Int) -> Excerpt {
    let letters = Array(text)
    guard letters.count > width, width > 8 else { return self }
    let mark = min(markLength, width - 8)
    // A third of what is left in front of the mark shows where one is.
    let before = min(markStart, (width - mark) / 3)
    let start = max(0, min(markStart - before, letters.count - width))
    let end = min(letters.count, start + width)
    let head = start > 0 ? "…" : ""
    let tail = end < letters.count ? "…" : ""
    let kept = String(letters[(start + head.count)..<(end - tail.count)])
    let place = max(0, markStart - start)
    return Excerpt(
      text: head + kept + tail, markStart: place, markLength: max(1, min(mark, width - place)))
  }
}

/// A fact about the user's data: collected, counted and shown; the rest of the batch goes on.
public struct Finding: Hashable, Sendable {
  /// How much a finding matters.
  public enum Severity: String, Sendable, Hashable, CaseIterable {
    /// Something is held because of it.
    case error
    /// Nothing is held, but a person should look.
    case warning
    /// Worth knowing; nothing to do.
    case notice
  }

  /// One rule's kind of finding.
  ///
  /// Ids are for ever: people search for them.
  public struct Kind: Hashable, Sendable {
    /// Words joined by hyphens, such as `customer-unknown`.
    public var id: String
    /// How much it matters unless a policy says otherwise.
    public var severity: Severity
    /// What it means, in one sentence.
    public var meaning: String
    /// What a bookkeeper can do about it today.
    public var remedy: String

    /// A kind of finding.
    public init(_ id: String, _ severity: Severity, meaning: String, remedy: String) {
      self.id = id
      self.severity = severity
      self.meaning = meaning
      self.remedy = remedy
    }
  }

  /// The rule's kind.
  public var kind: Kind
  /// How much it matters here.
  public var severity: Severity
  /// What is the matter, naming the value.
  public var message: String
  /// What to do; the kind's remedy unless the finding knows better.
  public var remedy: String
  /// Where it stands, when it stands somewhere.
  public var location: SourceLocation?
  /// The user's line with the mark.
  public var excerpt: Excerpt?
  /// Which record of the file, from 1.
  public var record: Int?
  /// The field's canonical name.
  public var field: String?
  /// The value found.
  public var value: String?
  /// The invoice concerned.
  public var invoice: String?
  /// Further lines: other places, likely candidates.
  public var notes: [String]

  /// A finding of a kind.
  public init(
    _ kind: Kind, _ message: String, severity: Severity? = nil, remedy: String? = nil,
    location: SourceLocation? = nil, excerpt: Excerpt? = nil, record: Int? = nil,
    field: String? = nil, value: String? = nil, invoice: String? = nil, notes: [String] = []
  ) {
    self.kind = kind
    self.message = message
    self.severity = severity ?? kind.severity
    self.remedy = remedy ?? kind.remedy
    self.location = location
    self.excerpt = excerpt
    self.record = record
    self.field = field
    self.value = value
    self.invoice = invoice
    self.notes = notes
  }
}
