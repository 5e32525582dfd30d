internal import Vocabulary

/// The columns of documents, and how dates stand in them.
enum IIFColumns {
  /// The columns of a TRNS row.
  static func head(hasClasses: Bool) -> [String] {
    ["TRNSID", "TRNSTYPE", "DATE", "ACCNT", "NAME"] + (hasClasses ? ["CLASS"] : [])
      + ["AMOUNT", "DOCNUM", "MEMO", "CLEAR", "TOPRINT", "NAMEISTAXABLE"]
      + (1...DesktopLimits.addressLines).map { "ADDR\($0)" }
      + ["DUEDATE", "TERMS", "PAID", "SHIPDATE", "PONUM", "TOSEND"]
  }

  /// The columns of an SPL row.
  static func line(hasClasses: Bool) -> [String] {
    ["SPLID", "TRNSTYPE", "DATE", "ACCNT", "NAME"] + (hasClasses ? ["CLASS"] : [])
      + ["AMOUNT", "DOCNUM", "MEMO", "CLEAR", "QNTY", "PRICE", "INVITEM", "TAXABLE", "EXTRA"]
      + ["VALADJ"]
  }

  /// The three header rows.
  static func header(hasClasses: Bool) -> String {
    (["!TRNS"] + head(hasClasses: hasClasses)).joined(separator: "\t") + "\r\n"
      + (["!SPL"] + line(hasClasses: hasClasses)).joined(separator: "\t") + "\r\n"
      + "!ENDTRNS\r\n"
  }

  /// Appends a date.
  static func append(
    _ date: CalendarDate, _ format: IIFFormat.DateFormat, to row: inout [UInt8]
  ) {
    let (year, month, day) = date.components
    func two(_ number: Int) {
      row.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: abs(number) / 10 % 10))
      row.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: abs(number) % 10))
    }
    func four(_ number: Int) {
      two(number / 100)
      two(number % 100)
    }
    switch format {
    case .monthDayYear:
      two(month)
      row.append(UInt8(ascii: "/"))
      two(day)
      row.append(UInt8(ascii: "/"))
      four(year)
    case .dayMonthYear:
      two(day)
      row.append(UInt8(ascii: "/"))
      two(month)
      row.append(UInt8(ascii: "/"))
      four(year)
    case .yearMonthDay:
      four(year)
      row.append(UInt8(ascii: "-"))
      two(month)
      row.append(UInt8(ascii: "-"))
      two(day)
    }
  }
}
