import LoadOps
import TestSupport
import Testing
import Vocabulary

struct JSONRecordTests {
  private static func record(_ object: String, in collection: String = "invoices") throws
    -> ReadRecord
  {
    try #require(try ExportFile("{\"\(collection)\":[\(object)]}").read().records.first)
  }

  @Test(arguments: [
    "lines", "line_items", "lineItems", "items", "invoice_items", "pay_items", "Pay Items",
    "accessorials", "charges",
    "Line Items",
  ])
  func `lines go by many names`(name: String) throws {
    let record = try JSONRecordTests.record(
      "{\"\(name)\":[{\"category\":\"a\",\"amount\":1},{\"category\":\"b\",\"amount\":2}],\"invoice_number\":\"1\"}"
    )
    #expect(record.values(.category) == ["a", "b"])
    #expect(record.values(.amount) == ["1", "2"])
    #expect(record.values(.invoiceNumber) == ["1", ""])
    #expect(record.faults.isEmpty)
  }

  private static let faults: [(String, [String])] = [
    (
      #"{"invoice_number":"1","invoice_number":"2"}"#,
      [
        "row 0: json(\"the key \"invoice_number\" stands twice in one object\")"
      ]
    ),
    (
      #"{"invoice_number":"1","Invoice #":"1"}"#, ["row 0: json(\"invoice_number is given twice\")"]
    ),
    (
      #"{"terms":{"a":1}}"#,
      ["row 0: json(\"terms holds the wrong kind of value\")"]
    ),
    (#"{"customer_name":["A"]}"#, ["row 0: json(\"customer_name holds the wrong kind of value\")"]),
    (#"{"lines":{"category":"a"}}"#, ["row 0: json(\"lines holds the wrong kind of value\")"]),
    (#"{"lines":"a"}"#, ["row 0: json(\"lines holds the wrong kind of value\")"]),
    (#"{"stops":7}"#, ["row 0: json(\"stops holds the wrong kind of value\")"]),
    (
      #"{"lines":[{"amount":1},{"amount":1,"amount":2}]}"#,
      [
        "row 0: json(\"the key \"amount\" stands twice in one object\")"
      ]
    ),
    (#"{"lines":[{"amount":1},7]}"#, ["row 1: json(\"a line is not an object\")"]),
    (#"{"lines":[null]}"#, ["row 0: json(\"a line is not an object\")"]),
    (
      #"{"lines":[{"amount":1}],"charges":[{"category":"x"}]}"#,
      ["row 0: json(\"the lines are given twice\")"]
    ),
    (
      #"{"stops":[],"Stops":[]}"#, ["row 0: json(\"the stops are given twice\")"]
    ),
    (
      #"{"x":{"y":[{"a":1,"b":2,"\u0061":3}]}}"#,
      [#"row 0: json("the key "\u0061" stands twice in one object")"#]
    ),
    (
      #"{"terms":"a\ud83d"}"#,
      [
        "row 0: json(\"terms has half of a surrogate pair, which stands for no character\")"
      ]
    ),
    (#"{"flavor":"a\ud83d","terms":"\ud83d\ude9a"}"#, []),
    (
      #"{"email":["a","b"]}"#, []
    ),
    (#"{"lines":null,"charges":[{"amount":1}],"stops":null,"terms":null}"#, []),
    (#"{"lines":[],"charges":[{"amount":1}]}"#, []),
    (
      #"{"terms":null,"terms":"x"}"#,
      ["row 0: json(\"the key \"terms\" stands twice in one object\")"]
    ),
    (#"{}"#, []),
    (#"{"unknown":{"a":[1]},"unknown2":2}"#, []), (#"{"payments":[{"amount":1}]}"#, []),
  ]

  @Test(arguments: faults)
  func `what a record cannot be made of is a fault of its row`(
    object: String, faults: [String]
  ) throws {
    #expect(try JSONRecordTests.record(object).faults == faults)
  }

  @Test func `an object with very many keys is checked as well as a small one`() throws {
    let keys = (0..<3000).map { "\"k\($0)\":\($0)" }
    #expect(try JSONRecordTests.record("{\(keys.joined(separator: ","))}").faults.isEmpty)
    for key in [0, 47, 48, 49, 2999] {
      let record = try JSONRecordTests.record(
        "{\(keys.joined(separator: ",")),\"k\(key)\":1,\"z\":{\"k1\":1}}")
      #expect(record.faults.contains { $0.contains("\"k\(key)\" stands twice") }, "\(key)")
    }
  }

  @Test func `an invoice may hold its customer as an object`() throws {
    let file = try ExportFile(
      #"{"invoices":[{"invoice_number":1,"customer":{"id":"C7","name":"Acme","email":"a@b.c"}}]}"#)
    let reading = file.read()
    #expect(reading.faults.isEmpty)
    #expect(reading.unknown.isEmpty)
    #expect(reading.records[0].value(.customerName) == "Acme")
    #expect(reading.records[0].value(.customerID) == "C7")
    let reader = try file.reader()
    var record = reader.makeRecord()
    while try reader.next([.invoices], into: &record) != nil {}
    #expect(reader.notes.numericIdentifiers == [.invoiceNumber])
  }

  @Test func `a customer's address may be an object`() throws {
    let file = try ExportFile(
      #"{"customers":[{"name":"Acme","address":{"line1":"1 Main","city":"Reno","state":"NV","zip":"89501"}}]}"#
    )
    #expect(
      Customer(try #require(try file.records().first)).addressLines == ["1 Main", "Reno, NV 89501"])
  }

  @Test func `what stands beside the lines is no part of the first one`() throws {
    for text in [
      #"{"amount":"9","miles":4,"memo":"a\nb","invoice_number":"1","lines":[{"category":"x"},{"amount":2}]}"#,
      #"{"invoice_number":"1","lines":[{"category":"x"},{"amount":2}],"amount":"9","miles":4,"memo":"a\nb"}"#,
    ] {
      let reading = try ExportFile("{\"invoices\":[\(text)]}").read()
      let record = try #require(reading.records.first)
      #expect(record.faults.isEmpty)
      #expect(record.values(.amount) == ["", "2"])
      #expect(record.values(.quantity) == ["", ""])
      #expect(record.values(.lineDescription) == ["", ""])
      #expect(Set(reading.unknown) == ["amount", "quantity", "description"])
    }
  }

  @Test func `an invoice of one object may hold its only line`() throws {
    let record = try JSONRecordTests.record(
      #"{"invoice_number":"1","category":"Haul","amount":"5.00","lines":[]}"#)
    #expect(record.values(.category) == ["Haul"])
    #expect(record.values(.amount) == ["5.00"])
  }

  private static let values: [(String, String)] = [
    ("\"12345678.90\"", "12345678.90"), ("12345678.90", "12345678.90"), ("1e2", "1e2"),
    ("-0.10", "-0.10"),
    ("100000000000000000001", "100000000000000000001"),
    ("0.1000000000000000055", "0.1000000000000000055"),
    ("true", "true"), ("null", ""), ("\"\"", ""), ("\" 5 \"", "5"), ("\"\\u00205\\t\"", "5"),
    ("\"'-5\"", "-5"),
    ("\"\\u0027-5\"", "-5"), ("\"5\\u00e9\"", "5é"),
  ]

  @Test(arguments: values)
  func `a value is its literal text`(literal: String, value: String) throws {
    let record = try JSONRecordTests.record("{\"lines\":[{\"amount\":\(literal)}]}")
    #expect(record.value(.amount) == value)
  }

  @Test(arguments: [
    ("\"007\"", "007"), ("7", "7"), ("\"=\\\"007\\\"\"", "007"), ("\"'007\"", "007"),
  ])
  func `an identifier is text`(literal: String, value: String) throws {
    #expect(
      try JSONRecordTests.record("{\"invoice_number\":\(literal)}").value(.invoiceNumber) == value)
  }

  @Test
  func `numbers know only the point, strings follow the convention unless they are canonical`()
    throws
  {
    let text =
      #"{"invoices":[{"lines":[{"amount":1850.00,"rate":2.125},{"amount":"1.850,00","rate":"2.125"},{"amount":1e2,"rate":"12.5"}]}]}"#
    let european = try #require(try ExportFile(text).invoices(numbers: .eu).first)
    #expect(european.lines.map { $0[4] } == ["1850.00", "1850.00", "100.00"])
    #expect(european.lines.map { $0[3] } == ["2.125", "", "12.5"])
    #expect(european.flaws.map(\.problem) == [.doubtfulNumber, .exponent])
    #expect(european.flaws.map(\.row) == [1, 2])
  }

  @Test func `the load id is the number where no other is given`() throws {
    #expect(try JSONRecordTests.record(#"{"load_id":"L\u00311"}"#).value(.invoiceNumber) == "L11")
    let null = try JSONRecordTests.record(#"{"load_id":"L1","invoice_number":null}"#)
    #expect(null.value(.invoiceNumber) == "L1")
    let both = try JSONRecordTests.record(#"{"load_id":"L1","invoice_number":"7"}"#)
    #expect(both.value(.invoiceNumber) == "7")
    #expect(both.value(.loadID) == "L1")
    #expect(
      try JSONRecordTests.record(#"{"load_id":"L1","invoice_number":""}"#).value(.invoiceNumber)
        .isEmpty)
  }

  @Test
  func `the first pickup and the last drop are origin and destination, unless they are given`()
    throws
  {
    let stops = #"""
      "stops":[{"type":"drop","city":"Reno"},{"type":"Pickup","name":"Plant \"4\"","city":"Waco","state":"TX","date":"2025-02-28"},
      {"type":"pickup","city":"Lost"},{"type":"Delivery","name":"DC","city":"Tulsa","date":"2025-03-01"},{"x":1},7]
      """#
    for text in ["{\(stops),\"origin\":\"Here\"}", "{\"origin\":\"Here\",\(stops)}"] {
      let record = try JSONRecordTests.record(text)
      #expect(record.faults.isEmpty)
      #expect(record.value(.origin) == "Here")
      #expect(record.value(.originName) == "Plant \"4\"")
      #expect(record.value(.pickupDate) == "2025-02-28")
      #expect(record.value(.destination) == "Tulsa")
      #expect(record.value(.destinationName) == "DC")
      #expect(record.value(.deliveryDate) == "2025-03-01")
    }
    #expect(try JSONRecordTests.record("{\(stops)}").value(.origin) == "Waco, TX")
  }

  @Test func `billing and its address may be nested`() throws {
    let text = #"""
      {"customer_name":"Acme","billing":{"contact_name":"AP","email":"a@b.c","phone":"1","address":{"line1":"100 Main",
      "line2":"Ste 2","city":"Dallas","state":"TX","zip":75201,"country":"US","fax":1}}}
      """#
    let file = try ExportFile("{\"customers\":[\(text)]}")
    #expect(file.read().unknown == ["fax"])
    let customer = Customer(try #require(try file.records().first))
    #expect(customer.addressLines == ["100 Main", "Ste 2", "Dallas, TX 75201"])
    #expect(customer.contact == "AP")
    #expect(customer.phone == "1")
    #expect(customer.emails == ["a@b.c"])
  }

  @Test func `unknown keys are told once, with the lines' own apart`() throws {
    let object =
      #"{"invoice_number":"1","flavor":"x","lines":[{"amount":1,"foo":1,"flavor":2},{"foo":2}]}"#
    let reading = try ExportFile("[\(object),\(object)]").read()
    #expect(reading.unknown == ["flavor", "lines.foo", "lines.flavor"])
  }

  @Test func `the user's own names count in objects, too`() throws {
    let file = try ExportFile(
      #"{"invoices":[{"ref":"1","lines":[{"what":"Haul","amount":5,"total":"x"}]}]}"#)
    let reading = file.read(meanings: [
      "ref": .field(.invoiceNumber), "what": .field(.category), "total": .ignored,
    ])
    #expect(reading.numbers == ["1"])
    #expect(reading.records[0].value(.category) == "Haul")
    #expect(reading.unknown.isEmpty)
  }

  @Test func `an invoice may have very many lines`() throws {
    let lines = (1...5000).map { "{\"category\":\"c\",\"amount\":\($0)}" }.joined(separator: ",\n")
    let record = try JSONRecordTests.record("{\"lines\":[\(lines)],\"invoice_number\":\"1\"}")
    #expect(record.rows.count == 5000)
    #expect(record.value(.amount, row: 4999) == "5000")
    #expect(record.rows[4999].line == 5000)
  }
}
