internal import QuickBooks
internal import Vocabulary

extension Settings {
  /// Where documents go, with everything there is to know about it.
  var destination: Destination {
    switch target {
    case .iif: .iif(iifFormat)
    case .qbxml: .qbxml(qbxmlFormat)
    case .online: .online(OnlineFormat(isUnitedStates: quickBooks.edition == .us))
    }
  }

  /// The qbXML writer's options, as the settings have them.
  var qbxmlFormat: QuickBooks.QBXMLFormat {
    let qbxml = formats.qbxml
    return QuickBooks.QBXMLFormat(
      version: qbxml.version, requestsPerFile: qbxml.requestsPerFile,
      onError: qbxml.onError == .continueOnError ? .continueOnError : .stopOnError,
      receivableAccount: quickBooks.accountsReceivable, salesTaxCode: qbxml.salesTaxCode ?? "",
      newItems: qbxml.newItems == .service ? .service : .otherCharge)
  }

  /// The IIF writer's options, as the settings have them.
  var iifFormat: QuickBooks.IIFFormat {
    QuickBooks.IIFFormat(
      encoding: formats.iif.encoding == .ascii ? .ascii : .windows1252,
      dates: QuickBooks.IIFFormat.DateFormat(rawValue: formats.iif.dates.rawValue)
        ?? .monthDayYear,
      documentsPerFile: formats.iif.documentsPerFile,
      receivableAccount: quickBooks.accountsReceivable)
  }

  /// How exports write numbers.
  var numberStyle: NumberStyle { NumberStyle(formats.numbers, currency: currency) }

  /// On which day a moment falls for the company.
  var localDays: LocalDays { LocalDays.of(timeZone: timeZone) }
}
