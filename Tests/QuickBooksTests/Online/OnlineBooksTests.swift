import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

/// The books of QuickBooks Online as a file.
@Suite struct OnlineBooksTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var books: OnlineBooks {
    var books = OnlineBooks()
    (books.realm, books.company, books.pulledAt) = ("17", "Acme \"A\"", "2026-11-23T08:00:00Z")
    books.preferences.customNumbers = true
    books.preferences.closedThrough = CalendarDate(iso: "2025-12-31")
    var customer = OnlineBooks.Entry(.customers, id: "5000000000000503624", name: "Québec:Plant")
    (customer.isActive, customer.terms, customer.address) = (
      false, "Net 30", ["1 Rd", "Salina, KS"]
    )
    var item = OnlineBooks.Entry(.items, id: "21", name: "Linehaul")
    (item.type, item.account, item.isTaxable) = ("Service", "Freight Income", true)
    var account = OnlineBooks.Entry(.accounts, id: "3", name: "Freight Income")
    account.type = "Income"
    books.entries = [account, item, customer]
    books.documents = [
      OnlineBooks.Document(
        kind: .creditMemo, id: "9", number: "LD-1", customer: "1",
        date: CalendarDate(iso: "2026-01-02"), total: Money(cents: 7500))
    ]
    return books
  }

  private func write(_ bytes: [UInt8]) throws -> String {
    try folder.write(bytes, to: OnlineBooks.fileName)
  }

  @Test func `what is written comes back`() throws {
    let path = try write(books.text)
    let read = try #require(try OnlineBooks.read(path: path))
    #expect(read.text == books.text)
    #expect(read.entries.map(\.line) == [2, 3, 4])
    #expect(read.preferences == books.preferences)
    #expect(read.documents == books.documents)
  }

  @Test func `a plan reads it as books, told by its content`() throws {
    let path = try write(books.text)
    let snapshot = try BooksReader.read([path])
    #expect(snapshot.customers.map(\.name) == ["Québec:Plant"])
    #expect(snapshot.customers.map(\.isInactive) == [true])
    #expect(snapshot.items.map(\.type) == ["SERV"])
    #expect(snapshot.accounts.map(\.type) == [.income])
    #expect(snapshot.sources.first?.day == CalendarDate(iso: "2026-11-23"))
    #expect(snapshot.holds(.vendors))
  }

  @Test func `a file that was cut off is refused`() throws {
    let bytes = books.text
    let end = try #require(bytes.dropLast().lastIndex(of: 0x0A))
    let path = try write(Array(bytes[...end]))
    #expect(throws: Failure.self) { try OnlineBooks.read(path: path) }
  }

  @Test func `what is left out is missing at any depth, and must be JSON all the same`() {
    let unread = OnlineJSON.Unread(["Line", "MetaData"])
    let text =
      #"{"Line":[{"Id":"9","a":[1,"\""]}],"Invoice":{"Id":"7","MetaData":{"t":null},"TotalAmt":1.50,"Line":[]}}"#
    let json = OnlineJSON(bytes: Array(text.utf8), leavingOut: unread)
    #expect(json?.jsonText == #"{"Invoice":{"Id":"7","TotalAmt":1.50}}"#)
    #expect(OnlineJSON(text: text)?.jsonText == text)
    for broken in [
      #"{"Line":[1,]}"#, #"{"Line":{"a":tru}}"#, #"{"Line":"\x"}"#, #"{"Line":-}"#, #"{"Line":"#,
    ] {
      #expect(OnlineJSON(bytes: Array(broken.utf8), leavingOut: unread) == nil, "\(broken)")
    }
  }

  @Test func `numbers are read as they are written, never as floating point`() throws {
    for (text, cents) in [("100.00", 10_000), ("75", 7500), ("486.2", 48_620), ("0.07", 7)] {
      #expect(OnlineJSON(text: text)?.money == Money(cents: Int64(cents)))
    }
    #expect(OnlineJSON(text: "1.005")?.money == nil)
    #expect(OnlineJSON(text: "\"\\u00e9\\ud83d\\ude00\\n\"")?.text == "é😀\n")
    for broken in ["", "{", "[1,]", "{\"a\" 1}", "<html>", "tru", "\"\\x\"", "1 2"] {
      #expect(OnlineJSON(text: broken) == nil, "\(broken)")
    }
  }
}
