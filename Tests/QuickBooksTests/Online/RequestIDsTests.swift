import QuickBooks
import Testing

/// Request ids are UUIDs, and come in order.
@Suite struct RequestIDsTests {
  @Test func `every id is a UUID of version 7, and greater than the one before`() {
    var ids = RequestIDs()
    let made = (0..<5000).map { _ in ids.next() }
    #expect(made == made.sorted())
    #expect(Set(made).count == 5000)
    for id in made {
      let characters = Array(id)
      #expect(characters.count == 36 && id == id.lowercased())
      #expect([8, 13, 18, 23].allSatisfy { characters[$0] == "-" })
      #expect(characters[14] == "7" && "89ab".contains(characters[19]))
      #expect(characters.allSatisfy { $0 == "-" || $0.isHexDigit })
    }
  }

  @Test func `two runs share no id, even in the same millisecond`() {
    var (first, second) = (RequestIDs(), RequestIDs())
    let ids = (0..<1000).flatMap { _ in [first.next(), second.next()] }
    #expect(Set(ids).count == 2000)
  }
}
