import TestSupport
import Testing
import Vocabulary

@testable import LoadOps

/// An exponent in an identifier means that digits are lost; in an amount it is read exactly or refused.
struct ExponentTests {
  private static let identifiers: [Field] = [
    .customerID, .loadID, .referenceNumber, .purchaseOrderNumber, .billOfLadingNumber,
  ]
  private static let fields: [Field] =
    [.invoiceNumber, .customerName, .invoiceDate, .category, .amount] + identifiers

  /// The cells of a row with one field set to something; JSON and workbooks quote what is no number.
  private static func row(_ field: Field, _ text: String, _ isNumber: Bool) -> [(String, Bool)] {
    fields.map { other in
      if other == field { return (text, isNumber) }
      switch other {
      case .invoiceNumber: return ("N1", false)
      case .customerName: return ("A", false)
      case .invoiceDate: return ("2026-01-02", false)
      case .category: return ("Haul", false)
      case .amount: return ("5.00", false)
      default: return ("", false)
      }
    }
  }

  /// The invoice in CSV, and as text and as a number in JSON and in a workbook.
  private static func invoice(
    _ form: String, _ field: Field, _ text: String, isNumber: Bool
  ) throws -> ReadInvoice {
    let cells = row(field, text, isNumber)
    let bytes: [UInt8]
    switch form {
    case "CSV":
      let lines = [fields.map(\.name), cells.map(\.0)].map { $0.joined(separator: ",") }
      bytes = Array(lines.joined(separator: "\n").utf8)
    case "JSON":
      let members = zip(fields, cells).filter { !$0.1.0.isEmpty }.map { field, cell in
        "\"\(field.name)\":" + (cell.1 ? cell.0 : "\"\(cell.0)\"")
      }
      bytes = Array("[{\(members.joined(separator: ","))}]".utf8)
    default:
      let values = cells.map { text, isNumber in
        text.isEmpty ? WorkbookFixture.Value.empty : isNumber ? .number(text) : .text(text)
      }
      bytes =
        WorkbookFixture([.init("S", [fields.map { .text($0.name) }, values])]).bytes
    }
    return try #require(try ExportFile(bytes).invoices().first)
  }

  @Test(arguments: ["CSV", "JSON", "XLSX"])
  func `an identifier with an exponent has lost its digits`(form: String) throws {
    for field in ExponentTests.identifiers {
      for text in ["4.5E+12", "1.23e+05", "1E+05", "4.5E12", "1.5e-7", "1,5E+10"] {
        let invoice = try ExponentTests.invoice(form, field, text, isNumber: false)
        let flaws = [Invoice.Flaw(problem: .lostDigits, row: 0, field: field)]
        if form == "CSV", text.contains(",") { continue }
        #expect(invoice.flaws == flaws, "\(form) \(field) \(text)")
      }
      // What people may have called a load, when it stands as text.
      for text in ["12E5", "12E-5", "E+12", "4.5EX", "1.2.3E4", "12E+5A", "1.5E"] {
        let invoice = try ExponentTests.invoice(form, field, text, isNumber: false)
        #expect(invoice.flaws == [], "\(form) \(field) \(text)")
      }
    }
  }

  @Test func `a number of JSON with an exponent is no identifier`() throws {
    for field in ExponentTests.identifiers + [.invoiceNumber] {
      for text in ["12E5", "4.5E+12", "1e-3", "1.0"] {
        let invoice = try ExponentTests.invoice("JSON", field, text, isNumber: true)
        let flaws = [Invoice.Flaw(problem: .wrongType, row: 0, field: field)]
        #expect(invoice.flaws.filter { $0.problem != .lostDigits } == flaws, "\(field) \(text)")
      }
    }
  }

  @Test func `a number of a workbook is an identifier as long as it has all its digits`() throws {
    for field in ExponentTests.identifiers + [.invoiceNumber] {
      // Excel writes long whole numbers with an exponent, and has up to fifteen digits of them.
      let whole = try ExponentTests.invoice("XLSX", field, "4.5E+12", isNumber: true)
      #expect(whole.flaws == [] && whole.texts.contains("4500000000000"), "\(field)")
      for text in ["1.23456789012345678E+20", "1.2345E+30"] {
        let lost = try ExponentTests.invoice("XLSX", field, text, isNumber: true)
        let said = lost.flaws.map(\.problem)
        #expect(
          said.contains(.lostDigits) || said.contains(.wrongType) || field == .invoiceNumber,
          "\(field) \(text): \(lost.texts)")
      }
    }
  }

  private static let amounts: [(String, String, Invoice.Problem?)] = [
    ("1.2E+03", "1200.00", .exponent), ("1.2345E3", "1234.50", .exponent),
    ("-1.5e1", "-15.00", .exponent), ("1.5E-1", "0.15", .exponent), ("0E+00", "0.00", .exponent),
    ("1.234567E3", "", .fractionOfCent), ("1E-3", "", .fractionOfCent),
  ]

  @Test(arguments: amounts)
  func `an amount with an exponent is taken to the cent or not at all`(
    text: String, amount: String, problem: Invoice.Problem?
  ) throws {
    for (form, isNumber) in [("CSV", false), ("JSON", false), ("JSON", true), ("XLSX", false)] {
      let invoice = try ExponentTests.invoice(form, .amount, text, isNumber: isNumber)
      #expect(invoice.lines[0][4].replacing(",", with: "") == amount, "\(form) \(isNumber)")
      #expect(invoice.flaws.last?.problem == problem, "\(form) \(isNumber)")
    }
    // In a workbook the exponent is only how the number is stored.
    let invoice = try ExponentTests.invoice("XLSX", .amount, text, isNumber: true)
    #expect(invoice.lines[0][4].replacing(",", with: "") == amount)
    #expect(invoice.flaws.map(\.problem) == (amount.isEmpty ? [.fractionOfCent] : []))
  }

  @Test(arguments: ["1E+40", "1e400", "1e-400", "1E999999999999"])
  func `an amount that no number of ours can hold is refused`(text: String) throws {
    for (form, isNumber) in [("CSV", false), ("JSON", true), ("XLSX", false), ("XLSX", true)] {
      let invoice = try ExponentTests.invoice(form, .amount, text, isNumber: isNumber)
      #expect(invoice.lines[0][4].isEmpty && !invoice.flaws.isEmpty, "\(form) \(isNumber)")
    }
  }
}
