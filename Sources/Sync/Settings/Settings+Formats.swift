internal import QuickBooks

extension Settings {
  /// Where documents go, with everything there is to know about it.
  ///
  /// A target that this version cannot write is refused before anything is planned; its names are
  /// judged as IIF would take them.
  var destination: Destination { .iif(iifFormat) }

  /// The IIF writer's options, as the settings have them.
  var iifFormat: QuickBooks.IIFFormat {
    QuickBooks.IIFFormat(
      encoding: formats.iif.encoding == .ascii ? .ascii : .windows1252,
      dates: QuickBooks.IIFFormat.DateFormat(rawValue: formats.iif.dates.rawValue)
        ?? .monthDayYear,
      documentsPerFile: formats.iif.documentsPerFile,
      receivableAccount: quickBooks.accountsReceivable)
  }
}
