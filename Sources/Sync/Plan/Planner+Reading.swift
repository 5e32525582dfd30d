internal import LoadOps
internal import Sheets
internal import Vocabulary

/// What there is to tell about a file as a whole: its text, its layout, its dates, rows that are no records.
extension Planner {
  mutating func note(_ reader: ExportReader) {
    let notes = reader.notes
    let path = reader.name
    if !notes.unknownNames.isEmpty {
      batchFindings.append(
        Finding(
          BatchRules.unknownColumns,
          "\(path) has \(SyncReport.counted(notes.unknownNames.count, "unknown column")): "
            + notes.unknownNames.prefix(20).joined(separator: ", "),
          location: reader.location(line: 1)))
    }
    if let first = notes.firstUnnamed {
      let place =
        reader.isSheet ? "column \(CellName.column(first.column))" : "column \(first.column + 1)"
      batchFindings.append(
        Finding(
          BatchRules.columnsUnnamed,
          "\(path) has \(SyncReport.counted(notes.unnamedCells, "cell")) in columns without a header, the "
            + "first one in \(place)", location: reader.location(line: first.line)))
    }
    if let last = notes.unended {
      let (location, excerpt) = reader.excerpt(
        line: last.line, offset: last.offset, length: last.length)
      batchFindings.append(
        Finding(
          BatchRules.lastLineUnended,
          "the last line of \(path) has no line end; what stands at its end may not be all of it",
          location: location, excerpt: excerpt))
    }
    noteConcerns(reader)
    noteWorkbook(reader)
    if !notes.numericIdentifiers.isEmpty {
      batchFindings.append(
        Finding(
          BatchRules.identifierIsNumber,
          "\(path) has numbers without quotation marks as "
            + notes.numericIdentifiers.map(\.name).joined(separator: ", "),
          location: reader.location(line: 1)))
    }
    noteLayout(reader, notes)
    for line in notes.repeatedHeaders.prefix(20) {
      batchFindings.append(
        Finding(
          BatchRules.headerRepeated, "the header stands here again",
          location: reader.location(line: line)))
    }
  }

  /// Tells which sheet of a workbook is read, where that could have been another one.
  private mutating func noteWorkbook(_ reader: ExportReader) {
    guard let taken = reader.sheets.first(where: { $0.role == .read }) else { return }
    for sheet in reader.sheets {
      guard case .passedOver(let kind) = sheet.role else { continue }
      let hidden = sheet.isHidden ? ", which is hidden," : ""
      batchFindings.append(
        Finding(
          BatchRules.sheetPassedOver,
          "\(reader.name) is read from sheet \"\(taken.name)\"; sheet \"\(sheet.name)\"\(hidden) looks like "
            + "a list of \(kind.inWords) and is not read",
          location: SourceLocation(file: reader.name, line: 1, sheet: sheet.name)))
    }
    let hidden = reader.source.hiddenRows
    if hidden > 0 {
      batchFindings.append(
        Finding(
          BatchRules.rowsHidden,
          "sheet \"\(taken.name)\" of \(reader.name) has \(SyncReport.counted(hidden, "hidden row")), read "
            + "like the others", location: reader.location(line: 1)))
    }
  }

  /// Tells of a row that holds nothing but the sum of those above.
  mutating func tellBareSum(_ reader: ExportReader, _ record: Record) {
    guard let cell = record.onlyCell(0) else { return }
    let (location, excerpt) = reader.excerpt(record, 0, cell)
    batchFindings.append(
      Finding(
        BatchRules.totalsRow,
        "this row holds nothing but \(record.string(cell)), which the rows above it add up to; it is left "
          + "out", location: location, excerpt: excerpt, value: record.string(cell)))
  }

  /// Tells what a file looks like, where that is not what most look like.
  private mutating func noteLayout(_ reader: ExportReader, _ notes: ExportNotes) {
    let words: String? =
      switch reader.layout {
      case nil, .flat?: nil
      case .fillDown? where reader.repeatsNumbers:
        "leaves out number, customer and date in \(SyncReport.counted(notes.rowsBelow, "row")), read as "
          + "lines of the invoice above, though other invoices repeat them on each row"
      case .fillDown?:
        "has what an invoice has once on its first row only; \(SyncReport.counted(notes.rowsBelow, "row")) "
          + "\(notes.rowsBelow == 1 ? "goes" : "go") on with the invoice above"
      case .wide?:
        "has a row for each invoice, and each of its columns of amounts is read as a line"
      case .headerOnly? where income != nil:
        "has a row for each invoice and no lines; they are taken from the files of income"
      case .headerOnly?: "has a row for each invoice and no lines"
      case .incomeLines?: "has amounts of income for the invoices of another file"
      }
    if let words {
      batchFindings.append(
        Finding(
          BatchRules.layoutDetected, "\(reader.name) \(words)",
          severity: reader.layout == .fillDown && reader.repeatsNumbers ? .warning : .notice,
          location: reader.location(line: 1)))
    }
    if notes.readsRateAsAmount {
      batchFindings.append(
        Finding(
          BatchRules.rateReadAsAmount,
          "\(reader.name) has no amount; its rate is read as the amount",
          location: reader.location(line: 1)))
    }
    if let first = notes.firstTrimmed {
      let (location, excerpt) = reader.excerpt(
        line: first.line, offset: first.offset, length: first.length)
      let count = SyncReport.counted(notes.trimmedCells, "cell")
      batchFindings.append(
        Finding(
          BatchRules.textTrimmed,
          "\(count) of \(reader.name) \(notes.trimmedCells == 1 ? "has" : "have") blanks or invisible "
            + "characters around the text, the first one here", location: location, excerpt: excerpt
        ))
    }
  }

  /// Tells what concerns the text of a file as a whole.
  private mutating func noteConcerns(_ reader: ExportReader) {
    for concern in reader.source.concerns {
      let (location, excerpt) = reader.source.excerpt(at: concern.offset)
      let count = SyncReport.counted(concern.count, "character")
      let (kind, message) =
        switch concern.kind {
        case .assumedWindows1252:
          (
            BatchRules.encodingAssumed,
            "\(reader.name) is not UTF-8, so it is read as Windows-1252; \(count) "
              + "\(concern.count == 1 ? "depends" : "depend") on it, the first one here"
          )
        case .garbled:
          (
            BatchRules.textGarbled,
            "\(reader.name) has text that was read in a wrong encoding before it came here: \(count), "
              + "the first one here"
          )
        }
      batchFindings.append(Finding(kind, message, location: location, excerpt: excerpt))
    }
  }

  /// Tells how the columns with doubtful dates are read.
  mutating func tellDates(_ reader: ExportReader, _ dates: DateColumns) {
    for field in [Field.invoiceDate, .dueDate, .pickupDate] {
      let column = dates[field]
      guard let words = column.description else { continue }
      let why: String? =
        switch column.reason {
        case .plain: nil
        case .ownDates: column.order == nil ? "as all its dates are written" : "as its dates show"
        case .otherColumn: "as another column of the file shows"
        case .settings where context.settings.formats.dates == .mixedMDY:
          "each date by itself, as formats.dates says"
        case .settings: "as formats.dates says: its dates fit both ways"
        case .mixed: nil
        }
      if let why {
        let serial = column.readable.contains(.serial) ? Planner.serialNote : []
        batchFindings.append(
          Finding(
            BatchRules.datesDetected, "\(field.name) of \(reader.name) is read \(words), \(why)",
            severity: column.reason == .settings ? .warning : .notice,
            location: reader.location(line: 1), field: field.name, notes: serial))
      }
      if column.zoned > 0 {
        let shifted =
          column.shifted == 0
          ? "none of them falls on another day than the one written"
          : "\(column.shifted) of them \(column.shifted == 1 ? "falls" : "fall") on another day than the "
            + "one written, the first is \(column.shiftedExample)"
        batchFindings.append(
          Finding(
            BatchRules.datesDetected,
            "\(field.name) of \(reader.name) has \(SyncReport.counted(column.zoned, "time")) with a time "
              + "zone, turned into days of \(context.settings.timeZone): \(shifted)",
            severity: .notice,
            remedy: "if a day is wrong, set time_zone to where the company does its books",
            location: reader.location(line: 1), field: field.name))
      }
    }
  }

  /// What a text file does not tell about the serial numbers in it.
  private static let serialNote = [
    "a serial number counts days from 1899-12-30; if all dates come out four years and a day too early, "
      + "the workbook counts from 1904: switch that off in its options and save the file again"
  ]
}

/// How a file's numbers are written, and which of them that makes doubtful.
extension Planner {
  /// The way of writing of what a file says in its rows of totals; a sheet's numbers have a point.
  func numberStyle(of reader: ExportReader) -> NumberStyle {
    let style = context.settings.numberStyle
    return reader.isSheet ? NumberStyle(.us, currency: style.currency) : style
  }

  /// Remembers which columns have numbers that only the other convention explains.
  mutating func noteContrary(_ invoice: Invoice, _ file: Int) {
    for flaw in invoice.flaws where flaw.problem == .otherConvention {
      contrary[file, default: []].insert(flaw.field)
    }
  }

  /// The columns in which `1.500` may mean a thousand times as much, given those with such numbers.
  ///
  /// One amount makes all of them doubtful, and so does a quantity or a rate; but a quantity or a rate has
  /// three decimals often enough to be doubted for its own column only.
  static func doubtful(_ contrary: Set<Field>) -> Set<Field> {
    contrary.isEmpty ? [] : contrary.union([.amount, .invoiceTotal, .dueAmount])
  }
}
