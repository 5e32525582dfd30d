import Sync
import Testing

@testable import DropFolder

struct NamePatternTests {
  @Test(arguments: [
    ".hidden", "~$invoices.xlsx", "invoices.csv.part", "INVOICES.CSV.PART", "a.tmp", "b~",
    "x.crdownload", "thumbs.db", ".~lock.invoices.csv#",
  ])
  func `names of unfinished files are left alone`(_ name: String) {
    #expect(NamePattern.isIgnored(name, Settings.defaults.watch.ignoredNames))
  }

  @Test(arguments: ["invoices.csv", "part.csv", "tmp", "a~b.csv", "$x.xlsx", "invoices.part.csv"])
  func `names of exports are taken`(_ name: String) {
    #expect(!NamePattern.isIgnored(name, Settings.defaults.watch.ignoredNames))
  }

  @Test(arguments: [
    ("export-?.csv", "export-1.csv", true), ("export-?.csv", "export-10.csv", false),
    ("*.a.*", "x.b.a.c", true), ("*a*b", "aab", true), ("*a*b", "aaba", false), ("", "x", false),
    ("*", "anything", true), ("Ä*", "ätsch", true),
  ])
  func `stars and question marks`(_ pattern: String, _ name: String, _ isIgnored: Bool) {
    #expect(NamePattern.isIgnored(name, [pattern]) == isIgnored)
  }
}
