import TestSupport
import Testing
import Vocabulary

@testable import LoadOps

struct CustomerTests {
  private static func customer(_ fields: [(String, String)]) throws -> Customer {
    let header = (["customer_name"] + fields.map(\.0)).joined(separator: ",")
    let values = (["Acme"] + fields.map { "\"\($0.1)\"" }).joined(separator: ",")
    return Customer(try #require(try ExportFile(header + "\n" + values + "\n").records().first))
  }

  private static let addresses: [(String, [String], Bool)] = [
    ("", [], false), ("100 Main St, Dallas, TX 75201", ["100 Main St", "Dallas, TX 75201"], false),
    ("100 Main St,Dallas,TX 75201-1234", ["100 Main St", "Dallas, TX 75201-1234"], false),
    (
      "100 Main St, Ste 2, Bldg C, Dallas, TX 75201",
      ["100 Main St", "Ste 2", "Bldg C", "Dallas, TX 75201"], false
    ),
    ("100 Main St, Dallas, TX 75201, USA", ["100 Main St", "Dallas, TX 75201"], false),
    ("100 Main St, Dallas, TX 75201, U.S.A.", ["100 Main St", "Dallas, TX 75201"], false),
    ("100 Main St, Dallas, TX 75201, United States", ["100 Main St", "Dallas, TX 75201"], false),
    (
      "1 King St, Ottawa, ON K1A 0B1, Canada", ["1 King St", "Ottawa, ON K1A 0B1", "Canada"], false
    ),
    ("1 King St, Ottawa, ON K1A0B1", ["1 King St", "Ottawa, ON K1A0B1"], false),
    ("100 Main St\nDallas, TX 75201", ["100 Main St", "Dallas, TX 75201"], false),
    (
      "100 Main St\r\n\r\n Dallas, TX 75201 \nCanada",
      ["100 Main St", "Dallas, TX 75201", "Canada"], false
    ),
    ("100 Main St, Dallas TX 75201", ["100 Main St", "Dallas, TX 75201"], false),
    ("1 King St, North Bay ON P1B 0B1", ["1 King St", "North Bay, ON P1B 0B1"], false),
    ("a, b, c, d, Dallas, TX 75201", ["a", "b", "c, d", "Dallas, TX 75201"], false),
    ("100 Main St, Dallas tx 75201", ["100 Main St, Dallas tx 75201"], true),
    ("100 Main St, Dallas, Texas", ["100 Main St, Dallas, Texas"], true),
    ("100 Main St Dallas TX 75201", ["100 Main St Dallas TX 75201"], true),
    ("Dallas, TX 75201", ["Dallas, TX 75201"], true),
    ("100 Main St, Dallas, TX, 75201", ["100 Main St, Dallas, TX, 75201"], true),
    ("100 Main St, Dallas, TX 7520", ["100 Main St, Dallas, TX 7520"], true),
    ("PO Box 7", ["PO Box 7"], true), (",,,", [",,,"], true),
    ("1 High St, London, SW1A 1AA, UK", ["1 High St, London, SW1A 1AA, UK"], true),
    ("100 Main St, , Dallas, TX 75201,", ["100 Main St", "Dallas, TX 75201"], false),
  ]

  @Test func `several e-mail addresses in a cell are told apart from the names around them`() {
    let text = "\"Ann Lee\" <ann@a.example>, (Bo) bo@b.example; mailto:cy@c.example / none"
    #expect(Customer.emails(text) == ["ann@a.example", "bo@b.example", "cy@c.example"])
  }

  @Test(arguments: addresses)
  func `a one-field address is split or kept whole, never shortened`(
    text: String, lines: [String], isUnsplit: Bool
  ) throws {
    let customer = try CustomerTests.customer([("address", text)])
    #expect(customer.addressLines == lines)
    #expect(customer.addressIsUnsplit == isUnsplit)
  }

  private static let parts: [([(String, String)], [String])] = [
    (
      [
        ("bill_addr1", "100 Main"), ("bill_addr2", ""), ("bill_addr3", "Dock 4"),
        ("bill_city", "Dallas"),
        ("bill_state", "TX"), ("bill_zip", "00501"), ("bill_country", "US"),
      ],
      ["100 Main", "Dock 4", "Dallas, TX 00501"]
    ),
    ([("bill_city", "Dallas")], ["Dallas"]),
    ([("bill_state", "TX"), ("bill_zip", "75201")], ["TX 75201"]),
    ([("bill_city", "Dallas"), ("bill_zip", "75201")], ["Dallas, 75201"]),
    ([("bill_addr1", "1 King St"), ("bill_country", "Canada")], ["1 King St", "Canada"]),
    ([("bill_addr1", "1 Main"), ("address", "elsewhere")], ["1 Main"]),
    ([("billing_contact_address", "1 Main\nDallas"), ("address", "x")], ["1 Main", "Dallas"]),
    (
      [("address", "1 King St\nOttawa"), ("country", "Canada")], ["1 King St", "Ottawa", "Canada"]
    ),
    (
      [("address", "1 King St, Ottawa, ON K1A 0B1, Canada"), ("country", "canada")],
      ["1 King St", "Ottawa, ON K1A 0B1", "Canada"]
    ),
    ([("country", "Canada")], []),
    ([("address", "1 Main\nDallas"), ("country", "usa")], ["1 Main", "Dallas"]),
  ]

  @Test(arguments: parts)
  func `an address in parts is put together`(fields: [(String, String)], lines: [String]) throws {
    #expect(try CustomerTests.customer(fields).addressLines == lines)
  }

  @Test func `what is said for billing wins over what is said in general`() throws {
    let customer = try CustomerTests.customer([
      ("phone", "1"), ("billing_contact_phone", "2"), ("contact_name", "A"),
      ("billing_contact_name", ""),
      ("email", "x@y.z; a@b.c, d@e.f  g@h.i"), ("mc_number", "=\"\"00123\"\""),
      ("customer_id", "007"), ("net terms", "Net 30"),
      ("qb_name", "Acme Inc"),
    ])
    #expect(customer.phone == "2")
    #expect(customer.contact == "A")
    #expect(customer.emails == ["x@y.z", "a@b.c", "d@e.f", "g@h.i"])
    #expect(customer.motorCarrierNumber == "00123")
    #expect(customer.id == "007")
    #expect(customer.terms == "Net 30")
    #expect(customer.quickBooksName == "Acme Inc")
    #expect(customer.name == "Acme")
    #expect(customer.place.line == 2)
  }

  @Test func `an income category is read with its hint`() throws {
    let record = try #require(
      try ExportFile("Pay Item,Description,QuickBooks Item\nDetention,per hour,Freight:Detention\n")
        .records().first)
    let category = IncomeCategory(record)
    #expect(category.name == "Detention")
    #expect(category.description == "per hour")
    #expect(category.quickBooksItem == "Freight:Detention")
    #expect(category.place.ordinal == 1)
  }
}
