import Foundation
import Sync
import Testing
import Vocabulary

struct JSONReportTests {
  private func parse(_ report: SyncReport) throws -> [String: Any] {
    let data = Data(JSONReport.render(report).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func names(_ value: JSONText?) -> [String] {
    guard case .object(let members) = value else { return [] }
    return members.map(\.name)
  }

  private func first(_ value: JSONText?) -> JSONText? {
    guard case .array(let values) = value else { return nil }
    return values.first
  }

  @Test func `members come in the order of the schema`() {
    let value = JSONReport.value(SampleReport.full)
    #expect(
      names(value) == [
        "format", "version", "run", "inputs", "totals", "not_selected", "customers", "items",
        "outputs", "books", "created", "by_customer", "by_income_category", "finding_counts",
        "findings",
      ])
    #expect(
      names(value["run"]) == [
        "id", "command", "target", "company", "started", "finished", "plan",
      ])
    #expect(names(first(value["inputs"])) == ["path", "kind", "sha256", "records"])
    #expect(
      names(value["totals"]) == [
        "read", "delivered", "already_synced", "suppressed", "held", "balanced",
      ])
    #expect(names(value["not_selected"]) == ["invoices", "lines", "amount"])
    #expect(names(value["customers"]) == ["paired", "created", "held", "from_mapping"])
    #expect(names(value["items"]) == ["mapped", "unmapped"])
    #expect(names(first(value["outputs"])) == ["path", "sha256", "documents", "amount"])
    let created = value["created"]
    #expect(names(created) == ["customers", "items", "accounts", "terms", "classes"])
    #expect(names(first(created?["customers"])) == ["name", "loadops_name", "terms", "address"])
    #expect(names(first(created?["items"])) == ["name", "type", "account"])
    #expect(names(first(created?["accounts"])) == ["name", "type"])
    let outcomes = ["read", "delivered", "already_synced", "suppressed", "held"]
    #expect(names(first(value["by_customer"])) == ["name", "quickbooks_name"] + outcomes)
    #expect(names(first(value["by_income_category"])) == ["category", "item"] + outcomes)
    #expect(names(first(value["finding_counts"])) == ["id", "severity", "count", "listed"])
    #expect(
      names(first(value["findings"])) == [
        "id", "severity", "invoice", "file", "line", "column", "record", "field", "value",
        "excerpt", "message", "remedy", "notes",
      ])
  }

  @Test func `another parser reads the same values`() throws {
    let report = SampleReport.full
    let parsed = try parse(report)
    #expect(parsed["format"] as? String == "loadbooks-sync-report")
    let customers = try #require(parsed["by_customer"] as? [[String: Any]])
    #expect(customers.map { $0["name"] as? String } == SampleReport.hostileNames)
    let findings = try #require(parsed["findings"] as? [[String: Any]])
    #expect(findings.count == report.findings.count)
    for (finding, original) in zip(findings, report.findings) {
      #expect(finding["message"] as? String == original.message)
      #expect(finding["value"] as? String == original.value)
    }
    let totals = try #require(parsed["totals"] as? [String: Any])
    #expect(totals["balanced"] as? Bool == true)
    #expect((totals["held"] as? [String: Any])?["amount"] as? String == "13317.89")
    #expect((parsed["not_selected"] as? [String: Any])?["amount"] as? String == "-75.00")
  }

  @Test func `what is missing is null`() throws {
    let run = try #require(try parse(SampleReport.empty)["run"] as? [String: Any])
    #expect(run["company"] is NSNull)
    #expect(run["started"] is NSNull)
    #expect(run.count == 7)
  }

  @Test func `a difference of a cent is not balanced`() {
    #expect(JSONReport.value(SampleReport.unbalanced)["totals"]?["balanced"] == false)
  }
}
