import Foundation
import TestSupport
import Testing

/// The 32 kinds of dirty data that exports are known to hold: each has a folder under `Samples/dirty`, and
/// its run says what is expected of it.
struct DirtyDataTests {
  // The folder, and what its run must print: findings by id, or how the data is read.
  private static let cases: [(String, [String])] = [
    ("01-byte-order-mark", ["delivered                  2", "0 held"]),
    ("02-encodings", ["[encoding-assumed]", "[text-garbled]", "delivered                  3"]),
    ("03-delimiters", ["delivered                  4"]),
    (
      "04-serial-numbers",
      [
        "as seconds since 1970", "[dates-mixed]",
        "delivered                  4",
      ]
    ),
    (
      "05-month-or-day-first",
      ["warning: invoice_date", "as formats.dates says: its dates fit both ways"]
    ),
    (
      "06-dates-resaved",
      ["month first (M/D/Y), as its dates show", "delivered                  4"]
    ),
    ("07-leading-zeros", ["[zeros-lost]", "looks like 00123", "already synced             1"]),
    (
      "08-exponents-in-numbers", ["[invoice-number-illegal]", "[digits-lost]", "[amount-exponent]"]
    ),
    ("09-money-marks", ["2,242.00", "another currency", "set formats.numbers to eu"]),
    ("10-units-in-headers", ["delivered                  1", "0 held"]),
    ("11-line-breaks", ["delivered                  1", "1 customer: Acme Freight"]),
    ("12-tabs-and-quotes", ["[text-changed]", "2 documents            1,260.00"]),
    ("13-titles-and-filters", ["[header-repeated]", "delivered                  2"]),
    ("14-totals-and-footers", ["[totals-row]", "[totals-row-differs]", "2,260.00"]),
    ("15-same-invoice-twice", ["[invoice-repeated]", "[same-number-different-content]"]),
    (
      "16-near-duplicates",
      ["character 6 is a blank that the export does not have", "[customer-unknown]", "differ"]
    ),
    ("17-colon-in-name", ["[customer-name-illegal]", "a colon, which makes it a job"]),
    ("18-customer-is-vendor", ["1 by the mapping file", "delivered                  2"]),
    ("19-long-names", ["[customer-name-too-long]"]),
    ("20-cent-off", ["[total-mismatch]", "a difference of -0.01"]),
    ("21-negative-and-zero", ["[zero-total]", "2 documents               70.00"]),
    ("22-edited-after-sync", ["[changed-since-synced]", "already synced             1"]),
    ("23-typed-by-hand", ["[suppressed]", "[synced-without-record]"]),
    (
      "24-new-category",
      ["[category-unmapped]", "item,Drone Delivery,", "delivered                  2"]
    ),
    ("25-terms", ["[terms-unknown]", "terms,NET30,Net 30,,", "terms,as agreed,Net DAYS,,"]),
    ("26-several-values", ["delivered                  1"]),
    (
      "27-time-zones", ["with a time zone, turned into days of America/Chicago", "1 of them falls"]
    ),
    ("28-gone-from-export", ["already synced             1", "sent by run"]),
    ("29-cut-off", ["this row has 2 cells", "never closed", "delivered                  1"]),
    ("30-same-bytes-again", ["already synced             2"]),
    ("31-window-of-years", ["dated 2024-11-25 to 2026-11-03"]),
    ("32-beyond-ascii", ["[customer-name-changed]", "[customer-name-illegal]"]),
  ]

  @Test func `every kind of dirty data has its folder, and every folder its kind`() {
    let folders = Sample.inside("dirty").map { String($0.name.dropFirst("dirty/".count)) }
    #expect(folders == DirtyDataTests.cases.map(\.0))
    #expect(folders.compactMap { Int($0.prefix(2)) } == Array(1...32))
  }

  @Test(arguments: cases)
  func `dirty data is read or told as it should be`(name: String, expected: [String]) throws {
    let sample = try #require(Sample.inside("dirty").first { $0.name == "dirty/\(name)" })
    let output = try String(
      contentsOf: sample.expected.appendingPathComponent("stdout"), encoding: .utf8)
    for text in expected { #expect(output.contains(text), "\(name) must print: \(text)") }
  }
}
