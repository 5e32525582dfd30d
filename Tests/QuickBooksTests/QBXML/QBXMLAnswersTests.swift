import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

struct QBXMLAnswersTests {
  private func answers(_ events: [QBXMLAnswers.Event]) -> [QBXMLAnswer] {
    events.compactMap { if case .answer(let answer) = $0 { answer } else { nil } }
  }

  private func records(_ events: [QBXMLAnswers.Event]) -> [QBXMLRecord] {
    events.compactMap { if case .record(let record, _) = $0 { record } else { nil } }
  }

  @Test func `every request is answered with its status, words and ids`() throws {
    let events = try QBXMLFixture.events(QBXMLFixture.mixed)
    guard case .messageSet(let set) = events[0] else {
      Issue.record("the set does not come first")
      return
    }
    #expect(set.id == "LB0123456789ab-002")
    #expect(set.status == 0)
    let answers = answers(events)
    #expect(
      answers.map(\.requestID) == [
        "item-Linehaul", "customer-Pine & Fir", "inv-10234", "inv-10235", "inv-10236",
      ])
    #expect(answers.map(\.status) == [3100, 0, 0, 3140, 3231])
    #expect(answers.map(\.isDone) == [false, true, true, false, false])
    #expect(answers[0].message == "The name \"Linehaul\" of the list element is already in use.")
    #expect(answers[0].type == "ItemServiceAdd")
    let records = records(events)
    #expect(records.map(\.type) == ["Customer", "Invoice"])
    #expect(records[0].quickBooksID == "80000A1C-1709560000")
    #expect(records[0]["EditSequence"] == "1709560000")
    #expect(records[0].name == "Pine & Fir")
    #expect(records[1].quickBooksID == "1A-1709560001")
    #expect(records[1]["CustomerRef/FullName"] == "Pine & Fir")
    #expect(records[1]["RefNumber"] == "10234")
    #expect(records[1]["Memo"] == "café")
    #expect(records[1].total == Money(cents: 151_570))
    #expect(records[1].lines == 2)
  }

  @Test func `an invoice's total is what QuickBooks made of it, with its tax`() throws {
    let taxed = QBXMLFixture.mixed.replacing(
      "<SalesTaxTotal>0.00", with: "<SalesTaxTotal>125.05")
    #expect(records(try QBXMLFixture.events(taxed))[1].total == Money(cents: 164_075))
    let memo = QBXMLFixture.answer(
      """
      <CreditMemoAddRs requestID="cm-1" statusCode="0" statusSeverity="Info" statusMessage=""><CreditMemoRet><TxnID>1</TxnID><Subtotal>10.00</Subtotal><TotalAmount>+12</TotalAmount></CreditMemoRet></CreditMemoAddRs>
      """)
    #expect(records(try QBXMLFixture.events(memo))[0].total == Money(cents: 1200))
    let none = memo.replacing("TotalAmount>", with: "Other>").replacing("10.00", with: "ten")
    #expect(records(try QBXMLFixture.events(none))[0].total == nil)
  }

  @Test func `what newer releases add is passed over, wherever it stands`() throws {
    let plain = try QBXMLFixture.events(QBXMLFixture.mixed)
    let novel = QBXMLFixture.mixed
      .replacing("<CustomerRet>", with: "<New><Deep><TxnID>x</TxnID></Deep></New><CustomerRet>")
      .replacing(
        "<TxnNumber>", with: "<Novelty a=\"b\"><RefNumber>no</RefNumber>text</Novelty><TxnNumber>"
      )
      .replacing(
        "<InvoiceAddRs requestID=\"inv-10236\"",
        with: "<FutureRs/><InvoiceAddRs requestID=\"inv-10236\"")
    let events = try QBXMLFixture.events(novel)
    #expect(records(events).map(\.quickBooksID) == records(plain).map(\.quickBooksID))
    #expect(records(events)[1]["RefNumber"] == "10234")
    #expect(answers(events).map(\.status) == answers(plain).map(\.status))
  }

  @Test func `deletions are answered without a record around them`() throws {
    let text = QBXMLFixture.answer(
      """
      <TxnDelRs requestID="inv-1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><TxnDelType>Invoice</TxnDelType><TxnID>1A-2</TxnID><TimeDeleted>2024-03-04T09:12:01-05:00</TimeDeleted><RefNumber>1</RefNumber></TxnDelRs>
      """)
    let events = try QBXMLFixture.events(text)
    #expect(records(events)[0]["TxnDelType"] == "Invoice")
    #expect(records(events)[0].quickBooksID == "1A-2")
    #expect(answers(events)[0].isDone)
  }

  @Test func `a recovered answer carries its id`() throws {
    let text = QBXMLFixture.answer(
      """
      <InvoiceAddRs requestID="inv-1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><ErrorRecovery><TxnID>1A-2</TxnID><TxnNumber>7</TxnNumber><EditSequence>9</EditSequence></ErrorRecovery></InvoiceAddRs>
      """, attributes: " oldMessageSetID=\"LB1\" newMessageSetID=\"LB1\" messageSetStatusCode=\"0\""
    )
    let record = try #require(records(try QBXMLFixture.events(text)).first)
    #expect(record.type == "ErrorRecovery")
    #expect(record["EditSequence"] == "9")
    #expect(record.quickBooksID == "1A-2")
  }

  private static let refused: [(String, String)] = [
    (
      "<?xml version=\"1.0\"?><!DOCTYPE QBXML [<!ENTITY a \"b\">]><QBXML><QBXMLMsgsRs/></QBXML>",
      "document type"
    ),
    (
      "<?xml version=\"1.0\"?><!DOCTYPE QBXML SYSTEM \"file:///etc/passwd\"><QBXML/>",
      "document type"
    ),
    ("<QBXML><QBXMLMsgsRs>&a;</QBXMLMsgsRs></QBXML>", "XML"),
    ("<QBXML><QBXMLMsgsRq onError=\"stopOnError\"/></QBXML>", "no QBXMLMsgsRs"),
    ("<html><body>Error 500</body></html>", "QBXML element"),
    ("0x80040400 QuickBooks found an error", "refused the whole file with 0x80040400"),
    ("", "is empty"), (" \n\n", "nothing but blanks"),
    ("invoice_number,amount\n", "it begins with \"invoice_number,amount\""),
    ("Response:\n" + QBXMLFixture.mixed, "it begins with \"Response:\""),
    ("\n" + QBXMLFixture.mixed, "before <?xml"),
    (QBXMLFixture.mixed + "\n-- end of log --", "behind the end of the answer"),
    (QBXMLFixture.mixed + "\u{0}", "behind the end of the answer"),
    ("<QBXML><QBXMLMsgsRs><InvoiceAddRs requestID=\"a\"/></QBXMLMsgsRs></QBXML>", "statusCode"),
    (
      "<QBXML><QBXMLMsgsRs><InvoiceAddRs statusCode=\"OK\"/></QBXMLMsgsRs></QBXML>",
      "statusCode \"OK\""
    ),
    (
      "<QBXML><QBXMLMsgsRs><InvoiceAddRs statusCode=\"-1\"/></QBXMLMsgsRs></QBXML>",
      "statusCode \"-1\""
    ),
    (String(QBXMLFixture.mixed.dropLast(40)), "ends in the middle"),
    (
      "<QBXML><QBXMLMsgsRs><InvoiceAddRs statusCode=\"0\">"
        + String(repeating: "<a>", count: 80) + String(repeating: "</a>", count: 80)
        + "</InvoiceAddRs></QBXMLMsgsRs></QBXML>", "nested deeper"
    ),
  ]

  @Test(arguments: refused)
  func `what is no answer is refused with its place`(text: String, word: String) throws {
    #expect { try QBXMLFixture.events(text) } throws: {
      let failure = $0 as? Failure
      return failure?.cause == .inputUnreadable && failure?.location != nil
        && failure?.message.contains(word) == true
    }
  }

  @Test func `what may stand around an answer is passed over`() throws {
    let whole = answers(try QBXMLFixture.events(QBXMLFixture.mixed))
    for text in [
      QBXMLFixture.mixed + "\r\n\r\n", QBXMLFixture.mixed + "<!-- saved by a tool -->\n",
      "\u{FEFF}" + QBXMLFixture.mixed,
      "\n <!-- no declaration -->"
        + QBXMLFixture.mixed.drop { $0 != "\n" },
    ] {
      #expect(answers(try QBXMLFixture.events(text)).map(\.requestID) == whole.map(\.requestID))
    }
  }

  @Test func `a severity counts in any case`() throws {
    let events = try QBXMLFixture.events(
      "<QBXML><QBXMLMsgsRs><InvoiceAddRs requestID=\"a\" statusCode=\"0\" statusSeverity=\"ERROR\"/>"
        + "</QBXMLMsgsRs></QBXML>")
    #expect(answers(events).first?.isContradictory == true)
  }

  @Test func `a file that is not there is missing`() {
    #expect { try QBXMLAnswers.all(ofFile: "/nonexistent/a.xml") } throws: {
      ($0 as? Failure)?.cause == .inputMissing
    }
  }

  @Test func `answers in other encodings are read as they declare themselves`() throws {
    let folder = try TemporaryFolder()
    let text = QBXMLFixture.mixed.replacing("caf&#233;", with: "café").replacing(
      "version=\"1.0\" ?", with: "version=\"1.0\" encoding=\"ISO-8859-1\" ?")
    try folder.write(
      Array(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }), to: "a.xml")
    #expect(records(try QBXMLAnswers.all(ofFile: folder.path("a.xml")))[1]["Memo"] == "café")
    let wide = QBXMLFixture.mixed.replacing("caf&#233;", with: "café")
    try folder.write(
      [0xFF, 0xFE] + wide.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, to: "b.xml")
    #expect(records(try QBXMLAnswers.all(ofFile: folder.path("b.xml")))[1]["Memo"] == "café")
  }

  @Test func `no change to an answer ends the program`() throws {
    var numbers = SeededGenerator()
    let folder = try TemporaryFolder()
    let bytes = Array(QBXMLFixture.mixed.utf8)
    let marks = Array("<>&\"'/ =!?]-[\u{0}\u{FF}".unicodeScalars.map { UInt8($0.value) })
    for _ in 0..<1500 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &numbers) {
        let place = Int.random(in: changed.indices, using: &numbers)
        switch Int.random(in: 0..<3, using: &numbers) {
        case 0: changed[place] = numbers.pick(marks)
        case 1: changed.remove(at: place)
        default:
          let end = min(changed.count, place + Int.random(in: 1...200, using: &numbers))
          changed.insert(contentsOf: changed[place..<end], at: numbers.pick(Array(changed.indices)))
        }
      }
      try folder.write(changed, to: "a.xml")
      _ = try? QBXMLAnswers.all(ofFile: folder.path("a.xml"))
    }
  }

  @Test func `a long text is kept only so far`() throws {
    let long = QBXMLFixture.mixed.replacing(
      "caf&#233;", with: String(repeating: "x", count: 1 << 20))
    #expect(records(try QBXMLFixture.events(long))[1]["Memo"].utf8.count == 1 << 16)
  }
}
