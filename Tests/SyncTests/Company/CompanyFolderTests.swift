import Foundation
import TestSupport
import Testing

@testable import Sync

struct CompanyFolderTests {
  @Test func `the nearest folder above is found`() throws {
    let folder = try TemporaryFolder()
    _ = try CompanyFolder.create(folder.path("acme"), company: "Acme")
    let expected = folder.path("acme")
    for place in ["acme", "acme/outbox", "acme/nowhere/at/all"] {
      #expect(CompanyFolder.nearest(to: folder.path(place))?.path == expected)
    }
    #expect(CompanyFolder.nearest(to: folder.path("other")) == nil)
  }

  @Test(arguments: ["", "/", "relative", "/nowhere/at/all"])
  func `the search ends, whatever the current folder is`(path: String) {
    #expect(CompanyFolder.nearest(to: path) == nil)
  }
}
