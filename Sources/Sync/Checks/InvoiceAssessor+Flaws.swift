internal import LoadOps
internal import Vocabulary

/// What is said about rows that cannot be read and cells that do not hold what they should.
extension InvoiceAssessor {
  static func describe(_ fault: RecordFault) -> String {
    switch fault {
    case .cellCount(let expected, let found):
      "this row has \(SyncReport.counted(found, "cell")), but the header has \(expected)"
    case .tooLong(let limit):
      "this row goes on for more than \(limit >> 10) KiB, which no row of an export does"
    case .swallowedRows(let count, let line):
      "this row has a cell in quotation marks that goes on over other rows, as it seems: "
        + "\(SyncReport.counted(count, "line")) of it \(count == 1 ? "looks" : "look") like a row by "
        + "itself, from line \(line) on"
    case .unnamedCell(let column):
      "column \(column) of this row has no header but holds something, and without a total nobody can know "
        + "whether that is an amount"
    case .unclosedQuote: "this row has a quotation mark that is never closed"
    case .textBehindQuote: "this row has text behind a closing quotation mark"
    case .stillHeld:
      "this row of a held file still has its reason: put its cells right, then empty held_because"
    case .heldForCustomer:
      "this row of a held file waits because of its customer: give the customers export with it, or put "
        + "the customer right and empty held_because"
    case .notUTF8:
      "this record is not UTF-8 text, though the rest of the file is; save the file as \"CSV UTF-8 "
        + "(comma delimited)\""
    case .undecodable:
      "this record has a character that the file's encoding has no meaning for; it is shown as \u{FFFD}"
    case .zeroByte:
      "this record has a zero byte, as a program leaves behind that was stopped while it wrote the file"
    case .json(let reason, _): "this record cannot be read: \(reason)"
    }
  }

  mutating func raise(_ flaw: Invoice.Flaw, _ record: Record) {
    let cell = record.cell(flaw.row, flaw.field)
    let text = { record.string(cell) }
    let name = flaw.field.name
    switch flaw.problem {
    case .date:
      raise(.dateUnreadable, record, cell, flaw.field) {
        Detail(message: "\(name) \"\(text())\" is not a day of the calendar, or not a date")
      }
    case .mixedDate:
      raise(.datesMixed, record, cell, flaw.field) { me in
        let form = DateForm(WrittenDate(record.text.span.extracting(cell.value.range)).shape)
        let file = Int(record.place.file)
        let column = file < me.dates.count ? me.dates[file][flaw.field] : DateColumn()
        let others = column.examples.filter { $0.form != form }
        return Detail(
          message: "\(name) \"\(text())\" is not written like the rest of its column",
          notes: others.map {
            let place = me.source?.location(line: $0.line)
            let isSheet = me.source?.isSheet ?? false
            return "\(SyncReport.counted($0.count, "date")) of the column "
              + "\($0.count == 1 ? "is" : "are") written \($0.form.inWords): \($0.text) in "
              + "\(isSheet ? "row" : "line") \(place?.line ?? $0.line)"
          })
      }
    case .exponent:
      raise(.amountExponent, record, cell, flaw.field) {
        Detail(message: "\(name) \"\(text())\" has an exponent; it is taken as it stands")
      }
    case .lostDigits:
      raise(.digitsLost, record, cell, flaw.field) {
        Detail(
          message: "\(name) \"\(text())\" was made a number by a spreadsheet; its digits are lost")
      }
    case .wrongType:
      raise(.digitsLost, record, cell, flaw.field) {
        Detail(
          message:
            "\(name) \(text()) is a number, a date or a truth value to the program that wrote it; "
            + "what it was is lost",
          remedy: "have it exported as text")
      }
    case .formula:
      raise(.cellError, record, cell, flaw.field) { me in
        let place = me.source.map { $0.placeInWords(record, flaw.row, cell) } ?? ""
        let isSheet = me.source?.isSheet ?? false
        return Detail(
          message:
            "\(isSheet ? place : name) holds the formula \(text()), which was never calculated",
          remedy:
            "open the file in a spreadsheet program and save it again, or write the value instead"
        )
      }
    case .cellError:
      raise(.cellError, record, cell, flaw.field) {
        Detail(
          message: "\(name) holds \"\(text())\", an error of a spreadsheet, instead of a value")
      }
    case .number(let fault):
      raise(.amountUnreadable, record, cell, flaw.field) { me in
        let reason =
          switch fault {
          case .notANumber: "is not a number"
          case .outOfRange: "has more digits than QuickBooks takes"
          case .otherCurrency: "is in another currency than the company's"
          }
        return Detail(
          message: "\(name) \"\(text())\" \(reason)",
          remedy: fault == .otherCurrency
            ? "enter this invoice by hand in its own currency, or take the mark off if it is a slip"
            : me.numberRemedy)
      }
    case .otherConvention:
      raise(.amountUnreadable, record, cell, flaw.field) { me in
        me.isEuropean
          ? Detail(
            message:
              "\(name) \"\(text())\" is not a number with a decimal comma, as formats.numbers says "
              + "that numbers are written",
            remedy:
              "write it with a decimal comma, such as 1234,50, or set formats.numbers to us if "
              + "1,234.50 is how all of them are meant")
          : Detail(
            message: "\(name) \"\(text())\" is not a number",
            remedy:
              "write it with a decimal point, or set formats.numbers to eu if 1.234,50 is meant")
      }
    case .doubtfulNumber:
      raise(.numberDoubtful, record, cell, flaw.field) { me in
        Detail(
          message:
            "\(name) \"\(text())\" may mean a thousand times more or less than it seems: "
            + "other numbers of this export have a decimal \(me.isEuropean ? "point" : "comma")",
          remedy: me.isEuropean
            ? "write all numbers with a decimal comma, or set formats.numbers to us if 1,234.50 is meant"
            : "set formats.numbers to eu if 1.234,50 is meant, or write all numbers with a decimal point"
        )
      }
    case .fractionOfCent:
      raise(.amountUnreadable, record, cell, flaw.field) { me in
        me.fractionDetail(name, text())
      }
    case .conflict(let otherRow):
      raise(.fieldsConflict, record, cell, flaw.field) { me in
        let other = record.cell(otherRow, flaw.field)
        return Detail(
          message: "\(name) is \"\(text())\" here, but \"\(record.string(other))\" in "
            + "\(me.placeInWords(record, otherRow, other)) of the same invoice")
      }
    }
  }

  /// Whether numbers are written with a decimal comma, as the settings say.
  var isEuropean: Bool { context.settings.numberStyle.convention == .eu }

  /// How a number is to be written, where the kind's own remedy would mislead.
  var numberRemedy: String? {
    isEuropean ? "write it in plain digits with a decimal comma, such as 1234,50" : nil
  }

  func fractionDetail(_ name: String, _ text: String) -> Detail {
    Detail(message: "\(name) \"\(text)\" has fractions of a cent", remedy: numberRemedy)
  }

  /// What to call the place of a cell.
  func placeInWords(_ record: Record, _ row: Int, _ cell: Cell) -> String {
    source?.placeInWords(record, row, cell) ?? "line \(record.line(row, cell))"
  }
}
