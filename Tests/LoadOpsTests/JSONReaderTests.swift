import LoadOps
import TestSupport
import Testing
import Vocabulary

struct JSONReaderTests {
  private static let first = """
    { "invoice_number" : "LD-1" , "customer_name":"Acme, \\"Inc.\\"", "invoice_date":"2026-03-03",
      "lines": [ { "category":"Haul", "amount":"1850.00" },\r
                 { "category":"Fuel \\u00e9", "amount":12.5 } ] }
    """
  private static let second = """
    {"invoice_number":"LD-2","customer_name":"Béta","invoice_date":"2026-03-04",
     "lines":[{"category":"Haul","amount":7}],"driver":null,"extra":{"x":[1,{"y":"]}"}]}}
    """
  private static let customer = #"{"customer_name":"Acme","billing":{"email":"a@b.c"}}"#

  private static let shapes: [String] = [
    "{\"invoices\":[\(first),\(second)]}", "[\(first),\(second)]", "\(first)\n\(second)\n",
    "\(first)\r\n\r\n\(second)", "\u{FEFF}[\r\n\(first)\r\n,\r\n\(second)]\r\n",
    "{\"version\":1,\"customers\":[\(customer)],\"note\":[\"[\",{\"a\":{}}],\"invoices\":[\(first),\(second)],\"z\":{}}",
    "\n\n {\"invoices\":[\(first),\(second)],\"customers\":[\(customer),\(customer)]}\r\r",
    "{\"invoices\":[],\"loads\":[\(first)]}", "\(customer)\r\n\(first)\r\(second)", first,
  ]

  @Test(arguments: shapes)
  func `reading in blocks of any size equals reading whole, and again by place`(
    text: String
  ) throws {
    let file = try ExportFile(text)
    let whole = file.read()
    #expect(whole.failure == nil)
    #expect(whole.faults.isEmpty)
    #expect(
      whole.numbers.filter { !$0.isEmpty } == (text.contains("LD-2") ? ["LD-1", "LD-2"] : ["LD-1"]))
    for size in [1, 2, 3, 7, 64, 1000] { #expect(file.read(blockSize: size) == whole, "\(size)") }
    let reader = try file.reader(blockSize: 3)
    var record = reader.makeRecord()
    var other = reader.makeRecord()
    let invoices = whole.records.filter { $0.kind == .invoices }
    for expected in invoices {
      #expect(try reader.next([.invoices], into: &record) == .invoices)
      for place in invoices.map(\.place) { try reader.read(place, into: &other) }
      try reader.read(expected.place, into: &other)
      #expect(ReadRecord(.invoices, other).cells == expected.cells)
      #expect(ReadRecord(.invoices, other).rows == expected.rows)
    }
    #expect(try reader.next([.invoices], into: &record) == nil)
  }

  @Test(arguments: shapes)
  func `a document cut off at any byte is refused or a fault, never a trap or a silence`(
    text: String
  ) throws {
    let bytes = Array(text.utf8)
    let whole = try ExportFile(text).read().records
    let file = try ExportFile("")
    for end in 3..<bytes.count {
      try file.replace(Array(bytes[..<end]))
      let reading = file.read()
      let isSame = reading.records.map(\.values) == whole.map(\.values)
      let isPrefix =
        reading.records.map(\.values) == whole.prefix(reading.records.count).map(\.values)
      #expect(reading.failure != nil || !reading.faults.isEmpty || isSame || isPrefix, "\(end)")
      if reading.failure == nil, reading.faults.isEmpty, !isSame {
        // Only between two objects of a file of lines can nobody tell that something is missing.
        #expect(text.first == "{" && reading.format == .json, "\(end)")
      }
    }
  }

  @Test func `one bad line of many keeps the others, in blocks of any size`() throws {
    let good = #"{"invoice_number":"N","customer_name":"A"}"#
    let bad = [
      #"{"invoice_number":"B","customer_name":"A""#, #"{"invoice_number":"B" "x":1}"#,
      #"{"invoice_number":"B"#,
      #"{"invoice_number":01}"#, "garbage", "{", "[1,2", #"{"a":[1,2"#, #"{"a":{"b":1}"#, "}", "12",
      "[]", "\"x\"", #"{"a":}"#,
      #"{"foo":"12"#, #"{"foo":"\"#, #"{"foo""#,
    ]
    for line in bad {
      for position in 0...2 {
        var lines = [good, good]
        lines.insert(line, at: position)
        // In front of the first record only an object tells that this is JSON.
        guard position > 0 || line.first == "{" else { continue }
        let file = try ExportFile(lines.joined(separator: "\n") + (position == 1 ? "\n" : ""))
        let whole = file.read()
        #expect(whole.failure == nil, "\(line) at \(position): \(whole.failure?.message ?? "")")
        #expect(
          whole.records.filter { $0.faults.isEmpty }.map { $0.value(.invoiceNumber) } == ["N", "N"])
        #expect(
          whole.records.filter { !$0.faults.isEmpty }.map(\.place.line) == [UInt32(position + 1)])
        for size in [1, 2, 7, 31] {
          #expect(file.read(blockSize: size) == whole, "\(line), \(size)")
        }
      }
    }
  }

  @Test(arguments: ["\n", ","])
  func `what tells no kind is a fault again when it is read by its place`(mark: String) throws {
    let text = [#"{"invoice_numver":"1"}"#, #"{"invoice_number":"2"}"#].joined(separator: mark)
    let file = try ExportFile(mark == "," ? "[\(text)]" : text)
    let whole = file.read()
    #expect(whole.records.map(\.faults.count) == [1, 0])
    for record in whole.records {
      // With a reader that has read nothing yet, and with one that has read all.
      let reader = try file.reader()
      var again = reader.makeRecord()
      try reader.read(record.place, into: &again)
      #expect(ReadRecord(.invoices, again).faults == record.faults)
      var next = reader.makeRecord()
      while try reader.next([.invoices], into: &next) != nil {}
      try reader.read(record.place, into: &again)
      #expect(ReadRecord(.invoices, again).faults == record.faults)
    }
  }

  @Test func `a bad line is reported also where other kinds are read`() throws {
    let file = try ExportFile(#"{"customer_name":"A"}"# + "\n" + #"{"foo":"12"#)
    #expect(file.read([.customers]).records.count == 1)
    #expect(file.read([.invoices]).faults.count == 1)
  }

  @Test func `a bad line can be read again by its place`() throws {
    let file = try ExportFile(#"{"invoice_number":"1"}"# + "\n" + #"{"invoice_number":"12"#)
    let places = file.read().records.map(\.place)
    let reader = try file.reader()
    var record = reader.makeRecord()
    try reader.read(try #require(places.last), into: &record)
    #expect(record.faults.count == 1)
    try file.replace(Array(repeating: UInt8(ascii: "{"), count: 60))
    try reader.read(try #require(places.first), into: &record)
    #expect(record.faults.count == 1)
    try file.replace(Array("{}{}".utf8) + Array(repeating: 0x20, count: 60))
    try reader.read(try #require(places.first), into: &record)
    #expect(record.faults.count == 1)
  }

  private static let kinds: [(String, RecordKind)] = [
    (#"{"invoice_number":"1"}"#, .invoices), (#"{"Invoice #":"1"}"#, .invoices),
    (#"{"loadId":"1"}"#, .invoices),
    (#"{"customer":"A","load_number":"7","items":[]}"#, .invoices),
    (#"{"customer":"A","charges":[]}"#, .invoices),
    (#"{"customer_name":"A","invoice_date":"x"}"#, .invoices),
    (#"{"pay_item":"x","invoice_number":"1"}"#, .invoices),
    (#"{"pay_item":"x","amount":1}"#, .invoices), (#"{"customer":"A","total":1}"#, .invoices),
    (#"{"x":1}"#, .invoices),
    (#"{}"#, .invoices), (#"{"name":"A"}"#, .customers),
    (#"{"phone":"1","customerName":"A"}"#, .customers),
    (#"{"name":"A","date":"x","no":1}"#, .customers), (#"{"pay_item":"x"}"#, .incomeCategories),
    (#"{"name":"x","incomeCategory":"x"}"#, .incomeCategories),
    (#"{"invoices":{"1":{}}}"#, .invoices),
  ]

  @Test(arguments: kinds)
  func `an object tells by its keys what it is`(text: String, kind: RecordKind) throws {
    #expect(try ExportFile("[\(text)]").read().records.map(\.kind) == [kind])
    #expect(try ExportFile(text).read().records.map(\.kind) == [kind])
  }

  @Test func `the user's own names tell what an object is, too`() throws {
    let file = try ExportFile(#"[{"customer":"A","shipment":"7"}]"#)
    #expect(file.read().records.map(\.kind) == [.customers])
    let reading = file.read(meanings: ["shipment": .field(.invoiceNumber)])
    #expect(reading.records.map(\.kind) == [.invoices])
    #expect(reading.numbers == ["7"])
  }

  @Test func `collections come in any order and are read as wanted`() throws {
    let text = """
      {"format":"lox","version":1,"exported_at":"x","company":"y","payments":[{}],
       "bills":[{"a":1}],"invoices":[{"invoice_number":"1"}],"customers":[{"customer_name":"A"}],
       "income_categories":[{"pay_item":"Haul"},{"pay_item":"Fuel"}],"loads":[{"load_id":"2"}],"customers2":null,
       "categories":null}
      """
    let file = try ExportFile(text)
    let reading = file.read()
    #expect(reading.failure == nil)
    #expect(
      reading.records.map(\.kind) == [
        .invoices, .customers, .incomeCategories, .incomeCategories, .invoices,
      ])
    #expect(reading.unknown == ["bills", "customers2"])
    #expect(reading.records.map(\.place.ordinal) == [1, 2, 3, 4, 5])
    #expect(reading.numbers == ["1", "", "", "", "2"])
    #expect(file.read([.customers]).records.map { $0.value(.customerName) } == ["A"])
    let reader = try file.reader()
    var record = reader.makeRecord()
    while try reader.next([.invoices], into: &record) != nil {}
    #expect(reader.kinds == Set(RecordKind.allCases))
  }

  @Test func `elements that are no objects are faults, not losses`() throws {
    let reading = try ExportFile(
      #"{"invoices":[{"invoice_number":"1"},7,null,"x",[],{"invoice_number":"2"}]}"#
    ).read()
    #expect(reading.records.map { $0.faults.isEmpty } == [true, false, false, false, false, true])
    #expect(reading.failure == nil)
  }

  @Test func `invalid UTF-8 is a fault of its record`() throws {
    let text = #"[{"invoice_number":"1","customer_name":"A?"},{"invoice_number":"2"}]"#
    let reading = try ExportFile(Array(text.utf8).map { $0 == UInt8(ascii: "?") ? 0xFF : $0 })
      .read()
    #expect(reading.numbers == ["1", "2"])
    #expect(reading.faults == ["row 0: notUTF8"])
  }

  @Test func `the same content as CSV gives equal invoices`() throws {
    let csv = """
      invoice_number,status,customer_name,invoice_date,terms,reference_number,terminal,invoice_total,due_amount,line_no,category,quantity,unit,rate,amount,taxable
      LD05556,Invoiced,"Acme ""B"", Inc.",2025-03-03,Net 30,AB49856,Dallas,1975.00,1775.00,1,Line Haul,1,flat,1850.00,1850.00,true
      LD05556,Invoiced,"Acme ""B"", Inc.",2025-03-03,Net 30,AB49856,Dallas,1975.00,1775.00,2,Détention,2.5,hour,50.00,125.00,
      007,,Beta,2025-03-04,,,,,,,Fuel,,,,-5.00,
      """
    let json = #"""
      {"invoices":[{"invoiceNumber":"LD05556","Status":"Invoiced","Customer":"Acme \"B\", Inc.",
       "Invoiced On":"2025-03-03","terms":"Net 30","Reference #":"AB49856","terminal":"Dallas",
       "InvoiceTotal":"1975.00","due_amount":1775.00,"pay_items":[
        {"line_no":1,"category":"Line Haul","quantity":"1","unit":"flat","rate":1850.00,"amount":"1850.00","taxable":true},
        {"line_no":"2","Pay Item":"D\u00e9tention","qty":2.5,"unit":"hour","rate":"50.00","amount":125.00}]},
       {"load_id":"007","status":null,"customer_name":"Beta","invoice_date":"2025-03-04",
        "lines":[{"category":"Fuel","amount":-5.00}]}]}
      """#
    let (left, right) = (try ExportFile(csv), try ExportFile(json))
    let invoices = try left.invoices()
    #expect(try right.invoices() == invoices)
    #expect(invoices.map(\.sum) == ["1975.00", "-5.00"])
    #expect(invoices.flatMap(\.flaws).isEmpty)
  }
}
