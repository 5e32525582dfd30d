import Foundation
import QuickBooks
import TestSupport
import Vocabulary

/// Request files written into a folder of their own.
enum QBXMLFixture {
  /// What was written: the files' names and texts in the order of sending.
  struct Written {
    var names: [String]
    var texts: [String]
    var output: [OutputFile]
    var requests: [[QBXMLRequest]]
  }

  static func write(
    _ lists: CompanyLists, _ documents: [SalesDocument], format: QBXMLFormat = QBXMLFormat(),
    run: String = "20261123-140000-3f9a", expected: Int? = nil
  ) throws -> Written {
    let folder = try TemporaryFolder()
    let writer = try QBXMLWriter(
      lists: lists, format: format, run: run, folder: folder.path,
      expectedDocuments: expected ?? documents.count)
    for document in documents { try writer.append(document) }
    let output = try writer.finish()
    for file in writer.stagedFiles { try file.publish() }
    return Written(
      names: output.map(\.name), texts: try output.map { try folder.text($0.name) },
      output: output, requests: try output.map { try requests(folder.path($0.name)) })
  }

  static func requests(_ path: String, validating: Bool = true) throws -> [QBXMLRequest] {
    var requests: [QBXMLRequest] = []
    try QBXMLRequests.forEach(ofFile: path, validating: validating) { request throws(Failure) in
      requests.append(request)
    }
    return requests
  }

  /// Reads a text as an answer.
  static func events(_ text: String) throws -> [QBXMLAnswers.Event] {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "answer.xml")
    return try QBXMLAnswers.all(ofFile: folder.path("answer.xml"))
  }

  /// A set of answers around some of them.
  static func answer(_ content: String, attributes: String = "") -> String {
    "<?xml version=\"1.0\" ?>\n<QBXML><QBXMLMsgsRs\(attributes)>\n\(content)\n</QBXMLMsgsRs></QBXML>\n"
  }

  /// One success of each kind, and the ways in which things go wrong.
  static let mixed = answer(
    """
    <ItemServiceAddRs requestID="item-Linehaul" statusCode="3100" statusSeverity="Error" statusMessage="The name &quot;Linehaul&quot; of the list element is already in use." />
    <CustomerAddRs requestID="customer-Pine &amp; Fir" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CustomerRet><ListID>80000A1C-1709560000</ListID><TimeCreated>2024-03-04T09:12:01-05:00</TimeCreated><TimeModified>2024-03-04T09:12:01-05:00</TimeModified><EditSequence>1709560000</EditSequence><Name>Pine &amp; Fir</Name><FullName>Pine &amp; Fir</FullName><IsActive>true</IsActive><Sublevel>0</Sublevel><Novelty><ListID>not this one</ListID></Novelty></CustomerRet></CustomerAddRs>
    <InvoiceAddRs requestID="inv-10234" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><InvoiceRet><TxnID>1A-1709560001</TxnID><EditSequence>1709560001</EditSequence><TxnNumber>12</TxnNumber><CustomerRef><ListID>80000A1C-1709560000</ListID><FullName>Pine &amp; Fir</FullName></CustomerRef><TxnDate>2024-03-04</TxnDate><RefNumber>10234</RefNumber><Subtotal>1515.70</Subtotal><SalesTaxTotal>0.00</SalesTaxTotal><Memo>caf&#233;</Memo><InvoiceLineRet><TxnLineID>1B</TxnLineID><ItemRef><FullName>Linehaul</FullName></ItemRef><Amount>1450.00</Amount></InvoiceLineRet><InvoiceLineRet><TxnLineID>1C</TxnLineID><Amount>65.70</Amount></InvoiceLineRet></InvoiceRet></InvoiceAddRs>
    <InvoiceAddRs requestID="inv-10235" statusCode="3140" statusSeverity="Error" statusMessage="There is an invalid reference to QuickBooks Item &quot;Fuel&quot; in the Invoice." />
    <InvoiceAddRs requestID="inv-10236" statusCode="3231" statusSeverity="Error" statusMessage="The request has not been processed." />
    """, attributes: " newMessageSetID=\"LB0123456789ab-002\" messageSetStatusCode=\"0\"")
}
