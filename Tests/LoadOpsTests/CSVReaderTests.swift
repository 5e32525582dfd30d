import LoadOps
import TestSupport
import Testing
import Vocabulary

struct CSVReaderTests {
  private static let blockSizes = [1, 2, 3, 5, 7, 64, 1000]

  /// Files with everything that can stand across the end of a block.
  private static let files: [String] = [
    invoiceHeader
      + "1,Acme,2026-01-01,Haul,5\n1,Acme,2026-01-01,Fuel,6\n2,Beta,2026-01-02,Haul,7\n",
    "\u{FEFF}" + invoiceHeader.replacing("\n", with: "\r\n")
      + "1,\"Acme, Inc.\",2026-01-01,Haul,5\r\n\r\n1,\"Acme, Inc.\",2026-01-01,\"Fu\"\"el\",6\r\n"
      + "2,\"Be\r\nta\",2026-01-02,\"\r\n\",7\r\n",
    "Report,2026\r\rCompany: x\r" + invoiceHeader.replacing("\n", with: "\r")
      + "1,a,b,c,5\r2,\"d\re\",f,g,6\r\r",
    invoiceHeader + "1,Äcme,日本,\"é\"\"é\",5\n" + invoiceHeader + "2,x,y,z,6\n\u{FEFF}"
      + invoiceHeader + "2,x,y,w,6",
    invoiceHeader + "1,a,b,c\n1,a,b,c,5,6\n1,a,b,c,5,,\n,,,,\n,x,,,\n2,\"a\"x,b,c,5\n",
    invoiceHeader
      + "1,\"Acme,2026-01-01,Haul,5\n2,\"Beta\",2026-01-01,Haul,5\n2,\"Beta\",2026-01-01,Fuel,7\n",
    invoiceHeader + "1,a,b,c,5\n2,\"a,b,c,5\n3,a,b,c,5\n3,a,b,d,5",
    invoiceHeader + "=\"001\",'=a,b,c,5\n\"=\"\"001\"\"\",x,y,z,6\n'001,'x,y,z,6\n",
    "name;city;MC #\nAcme;\"Dallas; TX\";00123\n\"Bé\"\"ta\";;=\"7\"\n",
    "Pay Item\tType\nHaul\tdefault\n\"x\ty\"\t\n",
    "sep=|\nname|phone\nAcme|1\n",
  ]

  @Test(arguments: files)
  func `reading in blocks of any size equals reading whole`(text: String) throws {
    let file = try ExportFile(text)
    let whole = file.read()
    #expect(whole.failure == nil)
    #expect(!whole.records.isEmpty)
    for size in CSVReaderTests.blockSizes {
      #expect(file.read(blockSize: size) == whole, "\(size)")
    }
  }

  @Test(arguments: files)
  func `a record read again by its place equals the one read in sequence`(text: String) throws {
    let file = try ExportFile(text)
    let whole = file.read().records
    for blockSize in [1, 7, 4096] {
      let reader = try file.reader(blockSize: blockSize)
      var record = reader.makeRecord()
      var other = reader.makeRecord()
      var index = 0
      while let kind = try reader.next(Set(RecordKind.allCases), into: &record) {
        // In the middle of reading, also those ahead; the row that was read ahead must survive.
        for expected in [whole[index], whole[(index + 1) % whole.count], whole[0]] {
          try reader.read(expected.place, into: &other)
          #expect(ReadRecord(kind, other) == expected)
        }
        #expect(ReadRecord(kind, record) == whole[index])
        index += 1
      }
      #expect(index == whole.count)
    }
  }

  @Test func `adjacent rows with one number are one record, others are not`() throws {
    let reading = try ExportFile(
      invoiceHeader + "1,A,d,x,1\n1,A,d,y,2\n2,B,d,x,3\n1,A,d,z,4\n,C,d,x,5\n,C,d,y,6\n"
    ).read()
    #expect(reading.numbers == ["1", "2", "1", "", ""])
    #expect(
      reading.records.map { $0.values(.amount) } == [["1", "2"], ["3"], ["4"], ["5"], ["6"]])
    #expect(reading.records.map(\.place.ordinal) == [1, 3, 4, 5, 6])
    #expect(reading.records.map(\.place.line) == [2, 4, 5, 6, 7])
    #expect(reading.count == 6)
  }

  @Test func `numbers are compared as values, however they are quoted`() throws {
    let rows = [
      "007,A,d,x,1", "\"007\",A,d,y,2", "=\"007\",A,d,z,3", "'007,A,d,w,4",
      "\"=\"\"007\"\"\",A,d,v,5",
    ]
    let reading = try ExportFile(invoiceHeader + rows.joined(separator: "\n") + "\n7,A,d,x,1")
      .read()
    #expect(reading.numbers == ["007", "7"])
    #expect(reading.records[0].values(.amount) == ["1", "2", "3", "4", "5"])
  }

  private static let wrappers: [(String, String)] = [
    ("=\"00123\"", "00123"), ("\"=\"\"00123\"\"\"", "00123"), ("'00123", "00123"), ("'AB1", "'AB1"),
    ("'-5", "-5"), ("'=x", "=x"), ("''x", "'x"), ("=\"\"", ""), ("=", "="), ("'", "'"),
    ("=\"", "=\""),
    ("=\" 12 \"", "12"), (" 00123 ", "00123"), ("\u{A0}1\u{200B}", "1"), ("\u{FEFF}9", "9"),
    ("1.23E+11", "1.23E+11"),
    ("\"\u{205F}5\t\"", "5"), ("=1+1", "=1+1"), ("1 2", "1 2"),
  ]

  @Test(arguments: wrappers)
  func `marks that spreadsheets put around a number are no part of it`(
    cell: String, value: String
  ) throws {
    let reading = try ExportFile(invoiceHeader + cell + ",Acme,d,x,1\n").read()
    #expect(reading.numbers == [value])
  }

  private static let names: [(String, String)] = [
    ("'Tis Freight", "'Tis Freight"), ("'=Acme", "=Acme"), ("'+1 Freight", "+1 Freight"),
    ("'@x", "@x"),
    ("'-x", "-x"), ("''x", "'x"), ("'1st Freight", "'1st Freight"), ("=\"Acme\"", "Acme"),
    ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
    ("\"Acme  Freight \"", "Acme  Freight"), ("\" \u{A0}Acme\u{200B}\"", "Acme"),
    ("A\u{A0}B", "A\u{A0}B"),
  ]

  @Test(arguments: names)
  func `an apostrophe before a formula is a mark, anywhere else it is text`(
    cell: String, value: String
  ) throws {
    let reading = try ExportFile(invoiceHeader + "1," + cell + ",d,x,1\n").read()
    #expect(reading.records.map { $0.value(.customerName) } == [value])
  }

  @Test func `short and long rows are faults of their record`() throws {
    let reading = try ExportFile(
      invoiceHeader + "1,A,d,x,1\n1,A,d,y\n2,A,d,x,5,,\n3,A,d,x,5,6\n4\n"
    ).read()
    #expect(reading.numbers == ["1", "2", "3", "4"])
    #expect(
      reading.records.map(\.faults) == [
        ["row 1: cellCount(expected: 5, found: 4)"], [],
        ["row 0: cellCount(expected: 5, found: 6)"],
        ["row 0: cellCount(expected: 5, found: 1)"],
      ])
    #expect(reading.records[0].values(.amount) == ["1", ""])
  }

  @Test func `bytes that are not UTF-8 are a fault of their row, and nothing is lost`() throws {
    let text = Array((invoiceHeader + "1,Ä,d,x,1\n1,B?,d,y,2\n2,C,d,x,3\n").utf8)
    let bytes = text.map { $0 == UInt8(ascii: "?") ? 0xE9 : $0 }
    let reading = try ExportFile(bytes).read()
    #expect(reading.numbers == ["1", "2"])
    #expect(reading.records.map(\.faults) == [["row 1: notUTF8"], []])
    #expect(reading.records[0].values(.amount) == ["1", "2"])
  }

  @Test func `invalid bytes at a cell's end do not take letters with them`() throws {
    let reading = try ExportFile(
      Array((invoiceHeader + "1").utf8) + [0xC2, 0x41] + Array(",Ä,d,x,1".utf8)
    ).read()
    #expect(reading.records[0].cells[0][.invoiceNumber]?[0] == "1\u{FFFD}A")
    #expect(reading.faults == ["row 0: notUTF8"])
  }

  @Test func `after a quote that is never closed the file goes on at the next line`() throws {
    let reading = try ExportFile(
      invoiceHeader + "1,A,d,x,1\n1,\"A,d,y,2\n2,B,d,x,3\n2,B,d,\"y,4\n3,C,d,x,5\n"
    ).read()
    #expect(reading.numbers == ["1", "2", "3"])
    #expect(
      reading.records.map(\.faults) == [["row 1: unclosedQuote"], ["row 1: unclosedQuote"], []])
    #expect(reading.count == 5)
  }

  @Test func `an open quote does not swallow the quoted rows behind it`() throws {
    let reading = try ExportFile(
      invoiceHeader + "1,\"Acme,d,x,5\n2,\"Beta\",d,x,5\n2,\"Beta\",d,y,7\n"
    ).read()
    #expect(reading.numbers == ["1", "2"])
    #expect(reading.records[0].faults == ["row 0: unclosedQuote"])
    #expect(reading.records[1].values(.amount) == ["5", "7"])
    #expect(reading.records[1].faults.isEmpty)
  }

  @Test func `a file with too many open quotes is refused`() throws {
    let rows = (1...101).map { "\($0),\"A,d,x,1\n" }.joined()
    let reading = try ExportFile(invoiceHeader + rows).read()
    // The hundredth was waiting for the row behind it.
    #expect(reading.records.count == 99)
    #expect(reading.failure?.cause == .inputUnreadable)
    #expect(reading.failure?.location?.line == 102)
  }

  @Test func `a quoted cell of more than a megabyte is an open quote`() throws {
    let long = String(repeating: "words and words\n", count: 80_000)
    let file = try ExportFile(invoiceHeader + "1,\"A,d,x,1\n" + long + "2,B,d,x,3\n")
    let reader = try file.reader(blockSize: 1 << 18)
    var record = reader.makeRecord()
    #expect(try reader.next([.invoices], into: &record) == .invoices)
    #expect(record.string(.invoiceNumber) == "1")
    #expect(record.faults.map(\.fault) == [.unclosedQuote])
    #expect(record.place.length == UInt32("1,\"A,d,x,1\n".utf8.count))
    var last = ""
    var count = 0
    while try reader.next([.invoices], into: &record) != nil {
      last = record.string(.invoiceNumber)
      count += 1
    }
    #expect(last == "2")
    // Its words have become one record of their own, since they all begin with the same "number".
    #expect(count == 2)
  }

  @Test func `a header row in the middle is skipped and told, whatever its line end`() throws {
    let reading = try ExportFile(
      invoiceHeader + "1,A,d,x,1\n" + invoiceHeader + "1,A,d,y,2\n\u{FEFF}"
        + invoiceHeader.replacing("\n", with: "\r\n") + "2,B,d,x,3\n" + invoiceHeader.dropLast()
    ).read()
    #expect(reading.numbers == ["1", "2"])
    #expect(reading.repeatedHeaders == [3, 5, 7])
    #expect(reading.records[0].values(.amount) == ["1", "2"])
    #expect(reading.records[1].place.ordinal == 3)
  }

  private static let preambles: [String] = [
    "", "\n\n", "Invoices of Bluebonnet Carriers\n", "Company,Bluebonnet Carriers LLC\n\n",
    "Customer,All\n",
    "Category,All\nStatus,All\n", "\"Report, March\"\n,,\n", "sep=,\n",
    "Invoice,All,Date,All\n", String(repeating: "title\n", count: 19),
  ]

  @Test(arguments: preambles)
  func `titles and filters may stand above the header`(preamble: String) throws {
    let reading = try ExportFile(preamble + invoiceHeader + "1,A,d,x,1\n").read()
    #expect(reading.failure == nil)
    #expect(reading.records.map(\.kind) == [.invoices])
    let line = preamble.split(separator: "\n", omittingEmptySubsequences: false).count + 1
    #expect(reading.records.map(\.place.line) == [UInt32(line)])
  }

  @Test(arguments: [",", ";", "\t", "|"])
  func `the delimiter is told by the header row`(delimiter: String) throws {
    let other = delimiter == "," ? ";" : ","
    let row = ["1", "Acme\(other) Inc", "\"a\(delimiter)b\"", "x", "5"].joined(separator: delimiter)
    let text = invoiceHeader.replacing(",", with: delimiter) + row + "\n"
    let record = try #require(try ExportFile(text).read().records.first)
    #expect(record.value(.customerName) == "Acme\(other) Inc")
    #expect(record.value(.invoiceDate) == "a\(delimiter)b")
    #expect(record.value(.amount) == "5")
  }

  @Test func `unknown columns are told once, empty ones and our own are not`() throws {
    let reading = try ExportFile(
      "held_because,Invoice #,Customer,Date,Item,Amount,Flavor,,Truck\nx,1,A,d,x,1,Bo,,7\n"
    ).read()
    #expect(reading.unknown == ["Flavor", "Truck"])
    #expect(reading.headers?.first == "held_because")
  }

  @Test func `a file that changes while it is read is noticed`() throws {
    let file = try ExportFile(invoiceHeader + "1,A,d,x,1\n2,A,d,x,1\n")
    let place = try #require(file.read().records.last?.place)
    let reader = try file.reader()
    var record = reader.makeRecord()
    try file.replace(Array(invoiceHeader.utf8))
    let failure = #expect(throws: Failure.self) { try reader.read(place, into: &record) }
    #expect(failure?.cause == .inputUnreadable)
  }

  @Test func `the fingerprint is the file's SHA-256, whatever was read of it`() throws {
    let text = invoiceHeader + "1,A,d,x,1\n2,A,d,x,1\n"
    var hasher = FingerprintHasher()
    hasher.update(Array(text.utf8))
    let expected = hasher.finish()
    let file = try ExportFile(text)
    for (blockSize, kind) in [(1, RecordKind.invoices), (7, .customers), (4096, .invoices)] {
      let reader = try file.reader(blockSize: blockSize, hashing: true)
      var record = reader.makeRecord()
      while try reader.next([kind], into: &record) != nil {}
      #expect(try reader.fingerprint() == expected)
      #expect(reader.progress.total == UInt64(text.utf8.count))
    }
    #expect(try file.reader().fingerprint() == nil)
  }
}
