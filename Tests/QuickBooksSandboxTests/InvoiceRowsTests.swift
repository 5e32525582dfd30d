import Foundation
import QuickBooksSandbox
import Testing

/// Rows 29 to 36, 44, 45 and 47 of the checklist: invoices and what the service makes of them.
struct InvoiceRowsTests {
  private func line(_ amount: String, quantity: String? = nil, price: String? = nil) -> String {
    let more =
      (quantity.map { #","Qty":\#($0)"# } ?? "") + (price.map { #","UnitPrice":\#($0)"# } ?? "")
    return
      #"{"Amount":\#(amount),"DetailType":"SalesItemLineDetail","#
      + #""SalesItemLineDetail":{"ItemRef":{"value":"17"}\#(more)}}"#
  }

  private func invoice(_ lines: [String], more: String = "") -> String {
    #"{"CustomerRef":{"value":"32"},"TxnDate":"2026-10-02"\#(more),"#
      + #""Line":[\#(lines.joined(separator: ","))]}"#
  }

  @Test func `row 29: the service fills in what it owns`() async throws {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.post(.invoice, invoice([line("10"), line("-2.50")]))
      let made = answer.invoice
      let lines = try #require(made["Line"]?.elements)
      #expect(lines.count == 3)
      #expect(lines.prefix(2).map { $0["Id"]?.string } == ["1", "2"])
      #expect(lines.prefix(2).map { $0["LineNum"]?.integer } == [1, 2])
      #expect(lines[2]["DetailType"]?.string == "SubTotalLineDetail")
      #expect(lines[2]["Id"] == nil)
      #expect(lines[0]["SalesItemLineDetail"]?["TaxCodeRef"]?["value"]?.string == "NON")
      #expect(made["DueDate"]?.string == "2026-11-01")
      #expect(made["BillAddr"]?["City"]?.string == "Salina")
      #expect(made["TotalAmt"]?.decimal == 7.5)
      #expect(made["Balance"]?.decimal == 7.5)
      #expect(made["CustomerRef"]?["name"]?.string == "Acme Freight")
      #expect(made["EmailStatus"]?.string == "NotSet")
      #expect(made["PrintStatus"]?.string == "NeedToPrint")
      #expect(made["SyncToken"]?.string == "0")
      let tenth = try await fixture.post(
        .invoice, invoice([line("1")], more: #","SalesTermRef":{"value":"16"}"#))
      #expect(tenth.invoice["DueDate"]?.string == "2026-10-10")
      let owed = try await fixture.send("GET", "customer/32")
      #expect(owed.customer["Balance"]?.decimal == Decimal(string: "1818.5"))
    }
  }

  @Test(
    arguments: [
      ("1861.08", "128.350", "14.50", nil), ("1861.07", "128.350", "14.50", "6070"),
      ("0.13", "0.5", "0.25", nil), ("0.12", "0.5", "0.25", "6070"),
      ("-0.13", "-0.5", "0.25", nil), ("5", "7", nil, nil), ("5", nil, "7", nil),
      ("33.33", "3", "11.11", nil), ("33.330", "3", "11.11", nil), ("33.34", "3", "11.11", "6070"),
    ] as [(String, String?, String?, String?)])
  func `row 30: the amount is quantity times price, halves up, exactly`(
    amount: String, quantity: String?, price: String?, code: String?
  ) async throws {
    try await SandboxFixture.with { fixture in
      let lines = [line("100"), line(amount, quantity: quantity, price: price)]
      let answer = try await fixture.post(.invoice, invoice(lines))
      #expect(answer.code == code)
    }
  }

  @Test func `row 31: a line without an item adds nothing to the total`() async throws {
    try await SandboxFixture.with { fixture in
      let bare =
        #"{"Amount":500,"Description":"Detention","DetailType":"SalesItemLineDetail","#
        + #""SalesItemLineDetail":{}}"#
      let answer = try await fixture.post(.invoice, invoice([line("10"), bare]))
      #expect(answer.status == 200)
      #expect(answer.invoice["TotalAmt"]?.decimal == 10)
      let lines = try #require(answer.invoice["Line"]?.elements)
      #expect(lines[1]["DetailType"]?.string == "DescriptionOnly")
      #expect(lines[1]["Description"]?.string == "Detention")
    }
  }

  @Test func `row 32: a total below zero is refused, a credit memo is the way`() async throws {
    try await SandboxFixture.with { fixture in
      let negative = try await fixture.post(.invoice, invoice([line("10"), line("-10.01")]))
      #expect(negative.code == "6000")
      #expect(try await fixture.post(.invoice, invoice([line("10"), line("-10")])).status == 200)
      let memo = try await fixture.post(
        .creditMemo, invoice([line("0.01")], more: #","DocNumber":"CM-32""#))
      #expect(memo.entity(.creditMemo)["RemainingCredit"]?.decimal == Decimal(string: "0.01"))
      #expect(await fixture.sandbox.journal.map(\.kind) == [.invoice, .creditMemo])
    }
  }

  @Test func `row 33: numbers are the company's own, unique and at most 21 long`() async throws {
    try await SandboxFixture.with { fixture in
      let first = try await fixture.post(.invoice, SandboxFixture.invoice("LD-1"))
      let id = try #require(first.invoice["Id"]?.string)
      let second = try await fixture.post(.invoice, SandboxFixture.invoice("LD-1", amount: "3"))
      #expect(second.code == "6140")
      #expect(
        second.detail.hasSuffix("DocNumber=LD-1 is assigned to TxnType=Invoice with TxnId=\(id)"))
      let twin = try await fixture.post(
        .invoice, SandboxFixture.invoice("LD-1"), ["include": "allowduplicatedocnum"])
      #expect(twin.invoice["DocNumber"]?.string == "LD-1")
      let none = try await fixture.post(.invoice, SandboxFixture.invoice(nil))
      #expect(none.invoice["DocNumber"] == nil)
      let long = String(repeating: "9", count: 22)
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice(long)).code == "2050")
      let memo = SandboxFixture.invoice("LD-1")
      #expect(try await fixture.post(.creditMemo, memo).status == 200)
      try await fixture.sandbox.set(.checkNumbersAcrossTypes, to: "on")
      _ = try await fixture.post(.creditMemo, SandboxFixture.invoice("CM-9"))
      let across = try await fixture.post(.invoice, SandboxFixture.invoice("CM-9"))
      #expect(across.detail.contains("TxnType=CreditMemo"))
    }
  }

  @Test func `row 33: without own numbers the service counts on`() async throws {
    try await SandboxFixture.with(["custom-transaction-numbers": "off"]) { fixture in
      let next = try await fixture.post(.invoice, SandboxFixture.invoice(nil))
      #expect(next.invoice["DocNumber"]?.string == "1004")
      let twin = try await fixture.post(.invoice, SandboxFixture.invoice("1004"))
      #expect(twin.status == 200)
      try await fixture.sandbox.set(.checkNumbersWhenOff, to: "on")
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("1004")).code == "6140")
      let automatic = try await fixture.post(.invoice, SandboxFixture.invoice("AUTO_GENERATE"))
      #expect(automatic.invoice["DocNumber"]?.string == "1005")
      let preferences = try await fixture.send("GET", "preferences")
      let forms = preferences.json["Preferences"]?["SalesFormsPrefs"]
      #expect(forms?["CustomTxnNumbers"]?.bool == false)
    }
  }

  @Test func `row 34: closed books stay as they are`() async throws {
    try await SandboxFixture.with(["books-closed-through": "2026-09-30"]) { fixture in
      let closed = SandboxFixture.invoice("R34", date: "2026-09-30")
      #expect(try await fixture.post(.invoice, closed).code == "6200")
      let open = SandboxFixture.invoice("R34", date: "2026-10-01")
      #expect(try await fixture.post(.invoice, open).status == 200)
      let old = #"{"Id":"48","SyncToken":"0"}"#
      let void = try await fixture.send("POST", "invoice", ["operation": "void"], body: old)
      #expect(void.code == "6200")
      try await fixture.sandbox.set(.closedWithPassword, to: "on")
      #expect(try await fixture.post(.invoice, closed).code == "6210")
      let preferences = try await fixture.query("select * from Preferences")
      let found = preferences.found["Preferences"]?.elements?.first
      #expect(found?["AccountingInfoPrefs"]?["BookCloseDate"]?.string == "2026-09-30")
      #expect(preferences.found["startPosition"] == nil)
      #expect(preferences.found["maxResults"]?.integer == 1)
    }
  }

  @Test func `row 35: texts have their greatest lengths`() async throws {
    try await SandboxFixture.with { fixture in
      func text(_ count: Int) -> String { String(repeating: "x", count: count) }
      for (more, code) in [
        (#","PrivateNote":"\#(text(4001))""#, "2050"),
        (#","PrivateNote":"\#(text(4000))""#, nil),
        (#","CustomerMemo":{"value":"\#(text(1001))"}"#, "2050"),
        (#","CustomerMemo":{"value":"\#(text(1000))"}"#, nil),
        (#","BillEmail":{"Address":"\#(text(90))@b.example.com"}"#, "2050"),
        (#","BillEmail":{"Address":"a.example.com"}"#, "2210"),
        (#","BillEmail":{"Address":"a@b.com, c@d.com"}"#, "2210"),
        (#","BillEmail":{"Address":"a@b.com"}"#, nil),
        (#","EmailStatus":"NeedToSend""#, "2020"), (#","DueDate":"2026-02-30""#, "2060"),
        (#","CustomField":[{"DefinitionId":"9","Type":"StringType","StringValue":"x"}]"#, "3000"),
      ] as [(String, String?)] {
        let answer = try await fixture.post(.invoice, invoice([line("1")], more: more))
        #expect(answer.code == code, "\(more.prefix(40))")
      }
      let described =
        #"{"Amount":1,"Description":"\#(text(4001))","DetailType":"SalesItemLineDetail","#
        + #""SalesItemLineDetail":{"ItemRef":{"value":"17"}}}"#
      #expect(try await fixture.post(.invoice, invoice([described])).code == "2050")
    }
  }

  @Test func `row 36: void keeps the number, delete takes the invoice away`() async throws {
    try await SandboxFixture.with { fixture in
      let made = try await fixture.post(.invoice, SandboxFixture.invoice("R36"))
      let id = try #require(made.invoice["Id"]?.string)
      let stale = try await fixture.send(
        "POST", "invoice", ["operation": "void"], body: #"{"Id":"\#(id)","SyncToken":"7"}"#)
      #expect(stale.code == "5010")
      let void = try await fixture.send(
        "POST", "invoice", ["operation": "void"], body: #"{"Id":"\#(id)","SyncToken":"0"}"#)
      #expect(void.invoice["TotalAmt"]?.decimal == 0)
      #expect(void.invoice["Balance"]?.decimal == 0)
      #expect(void.invoice["PrivateNote"]?.string?.hasPrefix("Voided") == true)
      #expect(void.invoice["SyncToken"]?.string == "1")
      #expect(void.invoice["Line"]?.elements?.first?["Amount"]?.decimal == 0)
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("R36")).code == "6140")
      let deleted = try await fixture.send(
        "POST", "invoice", ["operation": "delete"], body: #"{"Id":"\#(id)","SyncToken":"1"}"#)
      #expect(
        deleted.invoice
          == .members(["domain": .text("QBO"), "status": .text("Deleted"), "Id": .text(id)]))
      #expect(try await fixture.send("GET", "invoice/\(id)").code == "610")
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("R36")).status == 200)
      #expect(
        await fixture.sandbox.journal.map(\.operation) == ["create", "void", "delete", "create"])
      let memo = #"{"Id":"51","SyncToken":"0"}"#
      let unsupported = try await fixture.send(
        "POST", "creditmemo", ["operation": "void"], body: memo)
      #expect(unsupported.code == "500")
      #expect(
        try await fixture.send(
          "POST", "customer", ["operation": "delete"], body: #"{"Id":"33","SyncToken":"0"}"#
        ).code == "500")
    }
  }

  @Test func `row 36: a paid invoice is neither voided nor deleted`() async throws {
    try await SandboxFixture.with { fixture in
      let made = try await fixture.post(.invoice, SandboxFixture.invoice("PAID", amount: "100"))
      let id = try #require(made.invoice["Id"]?.string)
      func pay(_ amount: String, customer: String = "33") async throws -> SandboxFixture.Answer {
        try await fixture.post(
          .payment,
          #"{"CustomerRef":{"value":"\#(customer)"},"TotalAmt":\#(amount),"#
            + #""Line":[{"Amount":\#(amount),"LinkedTxn":[{"TxnId":"\#(id)","TxnType":"Invoice"}]}]}"#
        )
      }
      #expect(try await pay("100.01").code == "6000")
      #expect(try await pay("10", customer: "32").code == "620")
      let payment = try await pay("60")
      let read = try await fixture.send("GET", "invoice/\(id)")
      #expect(read.invoice["Balance"]?.decimal == 40)
      #expect(read.invoice["TotalAmt"]?.decimal == 100)
      #expect(read.invoice["SyncToken"]?.string == "1")
      for operation in ["void", "delete"] {
        let refused = try await fixture.send(
          "POST", "invoice", ["operation": operation], body: #"{"Id":"\#(id)","SyncToken":"1"}"#)
        #expect(refused.code == "800")
      }
      let paymentID = try #require(payment.entity(.payment)["Id"]?.string)
      let gone = try await fixture.send(
        "POST", "payment", ["operation": "delete"],
        body: #"{"Id":"\#(paymentID)","SyncToken":"0"}"#)
      #expect(gone.status == 200)
      let free = try await fixture.send("GET", "invoice/\(id)")
      #expect(free.invoice["Balance"]?.decimal == 100)
      #expect(free.invoice["LinkedTxn"]?.elements?.isEmpty == true)
    }
  }

  @Test func `row 44: a country comes back as three letters, a place on the map not at all`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.post(
        .customer,
        #"{"DisplayName":"R44","BillAddr":{"Line1":"1 Rd","Country":"United States","Lat":"38","#
          + #""Long":"-97"}}"#)
      let address = try #require(answer.customer["BillAddr"])
      #expect(address["Country"]?.string == "USA")
      #expect(address["Lat"] == nil)
      #expect(address["Long"] == nil)
      #expect(address["Id"]?.string != nil)
    }
  }

  @Test func `row 45: answers hold what no documentation promises`() async throws {
    try await SandboxFixture.with(["fresh-without-time": "on"]) { fixture in
      let body = SandboxFixture.invoice(
        "R45",
        more: #","CustomField":[{"DefinitionId":"2","Type":"StringType","StringValue":"PO"}]"#)
      let made = try await fixture.post(.invoice, body)
      #expect(made.invoice["CustomExtensions"] == .list([]))
      #expect(made.invoice["MetaData"]?["LastUpdatedTime"] == nil)
      #expect(made.invoice["MetaData"]?["CreateTime"]?.string != nil)
      let fields = try #require(made.invoice["CustomField"]?.elements)
      #expect(fields.map { $0["StringValue"]?.string } == [nil, "PO", nil])
      let customer = try await fixture.post(.customer, #"{"DisplayName":"R45"}"#)
      #expect(customer.customer["PrimaryPhone"] == .object(JSONObject()))
      #expect(customer.customer["V4IDPseudonym"]?.string != nil)
      let id = try #require(made.invoice["Id"]?.string)
      let read = try await fixture.send("GET", "invoice/\(id)")
      #expect(read.invoice["MetaData"]?["LastUpdatedTime"]?.string != nil)
      try await fixture.sandbox.set(.unknownMembers, to: "off")
      let plain = try await fixture.post(.customer, #"{"DisplayName":"R45 plain"}"#)
      #expect(plain.customer["V4IDPseudonym"] == nil)
    }
  }

  @Test func `row 47: credit may be applied at once`() async throws {
    try await SandboxFixture.with(["auto-apply-credit": "on"]) { fixture in
      let answer = try await fixture.post(.invoice, SandboxFixture.invoice("R47", amount: "100"))
      #expect(answer.invoice["TotalAmt"]?.decimal == 100)
      #expect(answer.invoice["Balance"]?.decimal == 75)
    }
  }

  @Test func `automated tax and several currencies change what an invoice is`() async throws {
    try await SandboxFixture.with { fixture in
      let taxed = SandboxFixture.invoice("TAX", amount: "100", item: "24")
      let canadian = #"{"DisplayName":"Maple","CurrencyRef":{"value":"CAD"}}"#
      #expect(try await fixture.post(.customer, canadian).code == "6000")
      try await fixture.sandbox.set(.automatedTax, to: "on")
      try await fixture.sandbox.set(.multiCurrency, to: "on")
      let answer = try await fixture.post(.invoice, taxed)
      #expect(answer.invoice["TotalAmt"]?.decimal == Decimal(string: "108.25"))
      #expect(answer.invoice["TxnTaxDetail"]?["TotalTax"]?.decimal == Decimal(string: "8.25"))
      let maple = try await fixture.post(.customer, canadian)
      let id = try #require(maple.customer["Id"]?.string)
      let own = try await fixture.post(.invoice, SandboxFixture.invoice("CAD", customer: id))
      #expect(own.invoice["CurrencyRef"]?["value"]?.string == "CAD")
      let other = SandboxFixture.invoice(
        "USD", customer: id, more: #","CurrencyRef":{"value":"USD"}"#)
      #expect(try await fixture.post(.invoice, other).code == "6000")
    }
  }
}
