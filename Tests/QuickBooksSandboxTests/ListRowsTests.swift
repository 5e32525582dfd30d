import Foundation
import QuickBooksSandbox
import Testing

/// Rows 20 to 28 of the checklist: customers, items and references.
struct ListRowsTests {
  @Test(arguments: [
    "Acme Freight", "ACME freight", "  acme Freight ", "pilot flying j", "DANA WHITFIELD",
  ])
  func `row 20: a name is taken by customer, vendor or employee, whatever its case`(name: String)
    async throws
  {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.post(.customer, #"{"DisplayName":"\#(name)"}"#)
      #expect(answer.status == 400)
      #expect(answer.code == "6240")
      #expect(await fixture.sandbox.journal.isEmpty)
    }
  }

  @Test func `row 20: a name is kept without the blanks around it`() async throws {
    try await SandboxFixture.with { fixture in
      let made = try await fixture.post(.customer, #"{"DisplayName":"  Roomy  Freight "}"#)
      #expect(made.customer["DisplayName"]?.string == "Roomy  Freight")
      #expect(made.customer["FullyQualifiedName"]?.string == "Roomy  Freight")
    }
  }

  @Test func `row 21: 6240 names the id even of a vendor, or words, or null`() async throws {
    try await SandboxFixture.with { fixture in
      let body = #"{"DisplayName":"Pilot Flying J"}"#
      let vendor = try await fixture.query(
        "select * from Vendor where DisplayName='Pilot Flying J'")
      let id = try #require(vendor.found["Vendor"]?.elements?.first?["Id"]?.string)
      #expect(try await fixture.post(.customer, body).detail.hasSuffix(": Id=\(id)"))
      try await fixture.sandbox.set(.duplicateNameDetail, to: "words")
      #expect(try await fixture.post(.customer, body).detail.contains("Another customer"))
      try await fixture.sandbox.set(.duplicateNameDetail, to: "null")
      #expect(try await fixture.post(.customer, body).detail.hasSuffix(": null"))
    }
  }

  @Test func `row 22: names have forbidden characters and a greatest length`() async throws {
    try await SandboxFixture.with { fixture in
      for name in ["Sub:Name", #"Tab\tName"#, #"Line\nName"#] {
        #expect(try await fixture.post(.customer, #"{"DisplayName":"\#(name)"}"#).code == "2040")
      }
      let long = String(repeating: "n", count: 501)
      let answer = try await fixture.post(.customer, #"{"DisplayName":"\#(long)"}"#)
      #expect(answer.code == "2050")
      #expect(answer.detail.contains("Min:0 Max:500 supplied:501"))
      let most = String(long.dropLast())
      #expect(
        try await fixture.post(
          .customer, #"{"DisplayName":"\#(most)","PrintOnCheckName":"short"}"#
        ).status == 200)
      #expect(
        try await fixture.post(.customer, #"{"DisplayName":"\#(String(most.dropLast()))"}"#).code
          == "2050")
      #expect(try await fixture.post(.customer, #"{"Notes":"nobody"}"#).code == "2020")
      #expect(
        try await fixture.post(
          .customer, #"{"DisplayName":"W","WebAddr":{"URI":"acme.example"}}"#
        ).code == "2200")
      let parts = try await fixture.post(.customer, #"{"GivenName":"Ann","FamilyName":"Lee"}"#)
      #expect(parts.customer["DisplayName"]?.string == "Ann Lee")
    }
  }

  @Test(arguments: ["on", "off"])
  func `row 23: an inactive customer is marked, and its name may be free or not`(free: String)
    async throws
  {
    try await SandboxFixture.with(["inactive-name-free": free]) { fixture in
      let made = try await fixture.post(.customer, #"{"DisplayName":"Short Lived"}"#)
      let id = try #require(made.customer["Id"]?.string)
      let off = try await fixture.post(
        .customer, #"{"Id":"\#(id)","SyncToken":"0","sparse":true,"Active":false}"#)
      #expect(off.customer["DisplayName"]?.string == "Short Lived (deleted)")
      #expect(off.customer["FullyQualifiedName"]?.string == "Short Lived (deleted)")
      #expect(off.customer["PrintOnCheckName"]?.string == "Short Lived")
      #expect(await fixture.sandbox.journal.map(\.operation) == ["create", "deactivate"])
      let again = try await fixture.post(.customer, #"{"DisplayName":"Short Lived"}"#)
      #expect(again.code == (free == "on" ? nil : "6240"))
      let back = try await fixture.post(
        .customer, #"{"Id":"\#(id)","SyncToken":"1","sparse":true,"Active":true}"#)
      #expect(back.code == (free == "on" ? "6240" : nil))
      let owing = try await fixture.post(
        .customer, #"{"Id":"33","SyncToken":"0","sparse":true,"Active":false}"#)
      #expect(owing.code == "6220")
    }
  }

  @Test func `row 24: queries of lists show active rows unless asked otherwise`() async throws {
    try await SandboxFixture.with { fixture in
      let plain = try await fixture.query("select * from Item where Name like '%(old)%'")
      #expect(plain.found == .object(JSONObject()))
      let all = try await fixture.query(
        "select * from Item where Name like '%(old)%' and Active in (true, false)")
      #expect(
        all.found["Item"]?.elements?.map { $0["Name"]?.string }
          == ["Demurrage (old) (deleted)"])
      let off = try await fixture.query("select count(*) from Customer where Active = false")
      #expect(off.found["totalCount"]?.integer == 1)
    }
  }

  @Test func `row 25: a full update clears what it leaves out, a sparse one keeps the header`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      let made = try await fixture.post(
        .customer, #"{"DisplayName":"Update Me","Notes":"keep","ResaleNum":"7"}"#)
      let id = try #require(made.customer["Id"]?.string)
      let sparse = try await fixture.post(
        .customer, #"{"Id":"\#(id)","SyncToken":"0","sparse":true,"ResaleNum":"8"}"#)
      #expect(sparse.customer["Notes"]?.string == "keep")
      let full = try await fixture.post(
        .customer, #"{"Id":"\#(id)","SyncToken":"1","DisplayName":"Update Me"}"#)
      #expect(full.customer["Notes"] == nil)
      #expect(full.customer["ResaleNum"] == nil)
      let blank = try await fixture.post(
        .customer, #"{"Id":"\#(id)","SyncToken":"2","sparse":true,"DisplayName":""}"#)
      #expect(blank.status == 400)
    }
  }

  @Test func `row 25: a Line array replaces all lines, even in a sparse update`() async throws {
    try await SandboxFixture.with { fixture in
      let line = { (amount: String) in
        #"{"Amount":\#(amount),"Description":"d","DetailType":"SalesItemLineDetail","#
          + #""SalesItemLineDetail":{"ItemRef":{"value":"17"}}}"#
      }
      let made = try await fixture.post(
        .invoice,
        #"{"CustomerRef":{"value":"33"},"DocNumber":"R25","PrivateNote":"n","#
          + #""Line":[\#(line("10")),\#(line("20"))]}"#)
      let id = try #require(made.invoice["Id"]?.string)
      let header = try await fixture.post(
        .invoice, #"{"Id":"\#(id)","SyncToken":"0","sparse":true,"PrivateNote":"m"}"#)
      #expect(header.invoice["TotalAmt"]?.decimal == 30)
      #expect(header.invoice["Line"]?.elements?.first?["Id"]?.string == "1")
      let kept =
        #"{"Id":"2","Amount":20,"DetailType":"SalesItemLineDetail","#
        + #""SalesItemLineDetail":{"ItemRef":{"value":"17"}}}"#
      let cut = try await fixture.post(
        .invoice, #"{"Id":"\#(id)","SyncToken":"1","sparse":true,"Line":[\#(kept)]}"#)
      let lines = try #require(cut.invoice["Line"]?.elements)
      #expect(cut.invoice["TotalAmt"]?.decimal == 20)
      #expect(cut.invoice["DocNumber"]?.string == "R25")
      #expect(lines[0]["Id"]?.string == "2")
      #expect(lines[0]["Description"] == nil)
      let full = try await fixture.post(
        .invoice,
        #"{"Id":"\#(id)","SyncToken":"2","CustomerRef":{"value":"33"},"Line":[\#(line("5"))]}"#)
      #expect(full.invoice["Line"]?.elements?.first?["Id"]?.string == "3")
      #expect(full.invoice["PrivateNote"] == nil)
      #expect(full.invoice["DocNumber"] == nil)
    }
  }

  @Test func `row 26: an old SyncToken is refused, also after an edit in the window`() async throws
  {
    try await SandboxFixture.with { fixture in
      let made = try await fixture.post(.invoice, SandboxFixture.invoice("R26"))
      let id = try #require(made.invoice["Id"]?.string)
      #expect(made.invoice["SyncToken"]?.string == "0")
      try await fixture.sandbox.edit(.invoice, id: id, ["PrivateNote": .text("by hand")])
      let stale = try await fixture.post(
        .invoice, #"{"Id":"\#(id)","SyncToken":"0","sparse":true,"PrivateNote":"x"}"#)
      #expect(stale.code == "5010")
      let read = try await fixture.send("GET", "invoice/\(id)")
      #expect(read.invoice["SyncToken"]?.string == "1")
      #expect(read.invoice["PrivateNote"]?.string == "by hand")
      let fresh = try await fixture.post(
        .invoice, #"{"Id":"\#(id)","SyncToken":"1","sparse":true,"PrivateNote":"x"}"#)
      #expect(fresh.invoice["SyncToken"]?.string == "2")
      #expect(await fixture.sandbox.journal.map(\.operation) == ["create", "edit", "update"])
    }
  }

  @Test func `row 27: a service needs an income account and a name of its own`() async throws {
    try await SandboxFixture.with { fixture in
      func item(_ name: String, _ account: String?) async throws -> SandboxFixture.Answer {
        let reference = account.map { #","IncomeAccountRef":{"value":"\#($0)"}"# } ?? ""
        return try await fixture.post(.item, #"{"Name":"\#(name)","Type":"Service"\#(reference)}"#)
      }
      #expect(try await item("Scale ticket", "4").status == 200)
      #expect(try await item("Escort", nil).code == "6000")
      #expect(try await item("Escort", "1").code == "6430")
      #expect(try await item("LINEHAUL", "3").code == "6240")
      #expect(try await item("Line:haul", "3").code == "2040")
      let category = try await fixture.post(
        .invoice, SandboxFixture.invoice("R27", item: "25"))
      #expect(category.code == "2500")
    }
  }

  @Test func `row 28: a reference to nothing or to an inactive record is refused with its path`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      let inactive = try await fixture.post(.invoice, SandboxFixture.invoice("R", item: "27"))
      #expect(inactive.code == "2500")
      #expect(inactive.detail.contains("Line.SalesItemLineDetail.ItemRef"))
      let unknown = try await fixture.post(.invoice, SandboxFixture.invoice("R", customer: "999"))
      #expect(unknown.code == "2500")
      #expect(unknown.detail.contains("CustomerRef"))
      let gone = try await fixture.post(.invoice, SandboxFixture.invoice("R", customer: "41"))
      #expect(gone.code == "2500")
      #expect(
        try await fixture.post(.invoice, SandboxFixture.invoice("R", customer: "acme")).code
          == "2030")
      try await fixture.sandbox.set(.inactiveReference, to: "610")
      #expect(
        try await fixture.post(.invoice, SandboxFixture.invoice("R", item: "27")).code == "610")
      let term = SandboxFixture.invoice("R", more: #","SalesTermRef":{"value":"77"}"#)
      #expect(try await fixture.post(.invoice, term).code == "2500")
      #expect(await fixture.sandbox.journal.isEmpty)
    }
  }
}
