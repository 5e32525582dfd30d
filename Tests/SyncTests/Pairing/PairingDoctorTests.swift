import Ledger
import QuickBooks
import Testing
import Vocabulary

@testable import Sync

struct PairingDoctorTests {
  private static func doctor(_ customers: [CompanySnapshot.Customer]) -> PairingDoctor {
    var snapshot = CompanySnapshot()
    snapshot.customers = customers
    return PairingDoctor(
      QuickBooksNames(snapshot, ledger: .none, names: DesktopNames(.iifASCII)))
  }

  private static func customer(
    _ name: String, zip: String = "", email: String = "", phone: String = "", number: String = ""
  ) -> CompanySnapshot.Customer {
    CompanySnapshot.Customer(
      name: name, addressLines: zip.isEmpty ? [] : [name, "12 Main St", "Waco, TX \(zip)"],
      email: email, phone: phone, accountNumber: number,
      location: SourceLocation(file: "lists.iif", line: 1))
  }

  @Test func `what many share is no evidence`() {
    var patient = PairingDoctor.Patient(name: "Zebra Farms")
    patient.addressLines = ["99 Elm St", "Waco, TX 76701-0001"]
    let few = Self.doctor((1...3).map { Self.customer("Customer \($0)", zip: "76701") })
    #expect(
      few.diagnose(patient).candidates.map(\.reasons)
        == Array(
          repeating: ["other-name", "same-zip"], count: 3))
    let many = Self.doctor((1...4).map { Self.customer("Customer \($0)", zip: "76701") })
    #expect(many.diagnose(patient).candidates.isEmpty)
  }

  @Test func `evidence beside the name decides between names that are equally near`() {
    var patient = PairingDoctor.Patient(name: "Acme Freight")
    patient.emails = ["AP@acme.example"]
    let found = Self.doctor([
      Self.customer("Acme Freight LLC"),
      Self.customer("Acme Freight Inc", email: "ap@acme.example"),
      Self.customer("Acme Freight Corp"), Self.customer("Acme Freight Ltd"),
    ]).diagnose(patient)
    #expect(found.candidates.first?.entry.name == "Acme Freight Inc")
    #expect(found.candidates.count == 3 && found.total == 4)
  }

  @Test func `numbers are compared as numbers`() {
    var patient = PairingDoctor.Patient(name: "Zebra Farms")
    patient.motorCarrierNumber = "MC-0482113"
    patient.phone = "+1 (254) 555-0142 x9"
    #expect(
      Self.doctor([Self.customer("Old Name", number: "MC 482113")]).diagnose(patient).candidates
        .map(
          \.reasons) == [["other-name", "same-mc-number"]])
    #expect(
      Self.doctor([Self.customer("Old Name", phone: "254.555.0142")]).diagnose(patient).candidates
        .map(\.reasons) == [["other-name", "same-phone"]])
  }

  @Test func `a free name stays within what QuickBooks keeps, and beside nobody's`() {
    let long = String(repeating: "x", count: 41)
    let doctor = Self.doctor([Self.customer("Acme (C)"), Self.customer("acme (c2)")])
    #expect(doctor.freeName(for: "Acme") == "Acme (C3)")
    #expect(doctor.freeName(for: long).unicodeScalars.count == 41)
    #expect(doctor.freeName(for: long).hasSuffix("x (C)"))
  }

  @Test func `nothing is said of strangers`() {
    let doctor = Self.doctor([Self.customer("Bexar Foods"), Self.customer("Freight of Texas")])
    for name in ["Zebra Farms", "Freight", "Logistics", "X", "", "...", "漢字"] {
      #expect(doctor.diagnose(PairingDoctor.Patient(name: name)).candidates.isEmpty, "\(name)")
    }
  }

  @Test func `every word of the category vocabulary stands for one thing`() {
    var seen: [String: String] = [:]
    for term in CategoryVocabulary.terms {
      for spelling in [term.name] + term.spellings {
        let key = CategoryVocabulary.key(spelling)
        #expect(seen[key] == nil || seen[key] == term.name, "\(spelling)")
        seen[key] = term.name
        #expect(CategoryVocabulary.term(for: spelling.uppercased())?.name == term.name)
      }
    }
  }
}
