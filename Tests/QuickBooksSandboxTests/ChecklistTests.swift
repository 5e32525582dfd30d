import Foundation
import QuickBooksSandbox
import Testing

/// The tests against the checklist, and the knobs against their table.
struct ChecklistTests {
  @Test func `every row of the checklist has a test that names it`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let text = try files.filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    for row in 1...48 {
      #expect(text.contains("func `row \(row): "), "row \(row) has no test")
    }
  }

  @Test(arguments: Knob.allCases)
  func `a knob starts at a value it takes, and says what it does`(knob: Knob) throws {
    var knobs = Knobs()
    try knobs.set(knob, to: knob.initial)
    #expect(!knob.summary.isEmpty)
    #expect(throws: KnobRefusal.self) { try knobs.set(knob.rawValue, to: "?") }
  }

  @Test(arguments: InjectedFault.allCases)
  func `a fault's chance is a probability`(fault: InjectedFault) throws {
    var knobs = Knobs()
    try knobs.set(fault.rawValue, to: "0.25")
    #expect(knobs[fault] == 0.25)
    #expect(!fault.summary.isEmpty)
    #expect(throws: KnobRefusal.self) { try knobs.set(fault.rawValue, to: "1.5") }
    #expect(throws: KnobRefusal.unknown("nothing")) { try knobs.set("nothing", to: "1") }
  }

  @Test func `JSON keeps digits and order, and refuses what is not JSON`() throws {
    let text = #"{"b":1.50,"a":[true,null,"\u00e9\ud83d\ude9a\n\\"],"c":{"x":-0.0e+2}}"#
    let value = try JSONValue(text)
    #expect(value.jsonText == "{\"b\":1.50,\"a\":[true,null,\"é🚚\\n\\\\\"],\"c\":{\"x\":-0.0e+2}}")
    for broken in [
      "", "{", "[1,]", "{\"a\":01}", "1 2", "\"\\x\"", "nul", "{\"a\" 1}", "\"\\ud83d\"",
    ] {
      #expect(throws: JSONRefusal.self) { try JSONValue(broken) }
    }
  }
}
