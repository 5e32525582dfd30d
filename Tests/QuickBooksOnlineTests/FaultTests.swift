import QuickBooks
import QuickBooksOnline
import Testing
import Vocabulary

/// Every fault is judged by its code and status, in whatever language and shape it comes.
@Suite struct FaultTests {
  private func fault(_ status: Int, _ body: String) -> OnlineFault {
    OnlineFault(
      HTTPResponse(status: status, headers: ["intuit_tid": "1-a"], body: Array(body.utf8)))
  }

  /// The table of the reference, row by row.
  static let table: [(codes: [Int], handling: FaultHandling)] = [
    ([3200], .refresh),
    ([3202, 3100, 100, 110, 120], .reconnect),
    ([130, 140, 150, 3001], .wait),
    ([600, 10000], .unknown),
    ([6140], .numberTaken), ([6240], .nameTaken), ([5010], .changedMeanwhile),
    ([6190, 10200], .stop),
    (
      [
        500, 610, 620, 630, 700, 900, 800, 1040, 2010, 2020, 2030, 2040, 2050, 2060, 2070, 2190,
        2080,
        2090, 2100, 2110, 2140, 2150, 2160, 2240, 2170, 2200, 2210, 2290, 2500, 3000, 4000, 4001,
        4002,
        5020, 5030, 6000, 6070, 6090, 6100, 6160, 6230, 6200, 6210, 6220, 6280, 6250, 6430, 6440,
        6450,
        6480, 6540,
      ], .hold
    ),
  ]

  @Test(arguments: table)
  func `a code says what to do`(_ row: (codes: [Int], handling: FaultHandling)) {
    for code in row.codes {
      let fault = OnlineFault(status: 400, code: code)
      #expect(fault.handling == row.handling, "\(code)")
      #expect(fault.words.hasSuffix("."), "\(code)")
      #expect(fault.words != "QuickBooks did not take this.", "\(code)")
    }
  }

  @Test func `without a code the status decides`() {
    #expect(fault(401, "").handling == .refresh)
    #expect(fault(403, "<html>").handling == .reconnect)
    #expect(fault(429, "<html>").handling == .wait)
    for status in [500, 502, 503, 504] { #expect(fault(status, "<html>").handling == .unknown) }
    #expect(fault(400, "").handling == .hold)
  }

  @Test func `row 9, 19, 43: all three shapes, padded codes, and French`() {
    let first = fault(
      400,
      #"{"Fault":{"Error":[{"Message":"Nom en double","Detail":"Le nom existe déjà. : Id=1204","code":"6240","element":""}],"type":"ValidationFault"}}"#
    )
    #expect(first.code == 6240 && first.handling == .nameTaken && first.tid == "1-a")
    let second = fault(
      403,
      #"{"fault":{"error":[{"message":"m","detail":"d","code":"003100","element":null}],"type":"SERVICE"}}"#
    )
    #expect(second.code == 3100 && second.handling == .reconnect)
    let third = fault(
      429,
      #"<IntuitResponse><Fault type="SERVICE"><Error code="003001"><Message>m</Message><Detail>d</Detail></Error></Fault></IntuitResponse>"#
    )
    #expect(third.code == 3001 && third.detail == "d")
  }

  @Test func `what QuickBooks said is shown with what it means and the id for support`() {
    let story = OnlineFault(status: 400, code: 6000, detail: "Bad\nthing", tid: "1-b").story
    #expect(
      story
        == "QuickBooks has a rule against this. QuickBooks said: \"Bad thing\" (code 6000, intuit_tid 1-b)"
    )
  }
}
