/// What carriers call the things they bill, and which of those names mean the same.
///
/// It suggests, and never decides: whatever it finds waits for a line of the mapping file. The words are those
/// of freight exports, rate sheets and trade glossaries.
enum CategoryVocabulary {
  /// One thing that is billed.
  struct Term {
    /// Its usual name.
    var name: String
    /// Other names for it.
    var spellings: [String]
    /// What a person should know before choosing an item for it; empty for nothing.
    var caution = ""
  }

  static let terms: [Term] = [
    Term(
      name: "Line Haul",
      spellings: [
        "Linehaul", "LH", "FR", "Freight", "Base", "Base Rate", "Revenue Base", "Flat Rate", "Flat",
        "Rate", "Freight Charge", "Freight Charges",
      ]),
    Term(name: "Line Haul incl. FSC", spellings: ["Flat with Fuel Surcharge", "All-in", "All In"]),
    Term(
      name: "Line Haul per mile", spellings: ["Per Mile", "RPM", "Mileage", "Loaded Miles"]),
    Term(
      name: "Fuel Surcharge", spellings: ["FSC", "Fuel", "Fuel Charge", "Fuel Surch", "Fuel S/C"]),
    Term(
      name: "Detention",
      spellings: [
        "Det", "Detention Pickup", "Detention Delivery", "Waiting Time", "Driver Detention",
      ]),
    Term(name: "Layover", spellings: ["Lay Over"]),
    Term(
      name: "Lumper",
      spellings: ["Lumper Fee", "Lumper Reimbursement", "Unloading", "Loading"]),
    Term(
      name: "TONU",
      spellings: ["Truck Order Not Used", "Truck Ordered Not Used", "Dry Run", "Cancellation"]),
    Term(
      name: "Stop-Off",
      spellings: [
        "Stop Off", "Stopoff", "Additional Stop", "Extra Stop", "Extra Pick", "Extra Drop",
      ]),
    Term(name: "Driver Assist", spellings: ["Hand Unload", "Driver Load", "Driver Unload"]),
    Term(name: "Tarp", spellings: ["Tarping", "Tarp Fee"]),
    Term(
      name: "Reconsignment", spellings: ["Redelivery", "Diversion", "Re-delivery"]),
    Term(name: "Reefer Fuel", spellings: ["Reefer"]),
    Term(name: "Tolls", spellings: ["Toll"]),
    Term(name: "Scale Ticket", spellings: ["Scale", "Scale Fee"]),
    Term(name: "Hazmat", spellings: ["Haz Mat", "Hazardous Material"]),
    Term(
      name: "Oversize", spellings: ["Permit", "Overweight", "Permits", "Escort", "Oversize Permit"]),
    Term(
      name: "Storage",
      spellings: ["Drop Trailer", "Trailer Rental", "Chassis", "Per Diem", "Drop Trailer Storage"]),
    Term(
      name: "Late Delivery Allowance",
      spellings: [
        "Late Fee", "Claim", "Deduction", "Chargeback", "Short Pay", "Adjustment", "Discount",
        "Quick Pay", "QuickPay Fee",
      ], caution: "its lines are usually negative and lower income"),
    Term(
      name: "Advance", spellings: ["Comcheck", "EFS", "Fuel Advance", "Cash Advance"],
      caution: "an advance is not income: ask your accountant which account it belongs to"),
    Term(
      name: "Factoring Fee", spellings: ["Factor Fee", "Factoring Charges", "Factoring"],
      caution: "a factoring fee is usually an expense, not income: ask your accountant"),
    Term(name: "Misc", spellings: ["Other", "Miscellaneous"]),
  ]

  /// The term that a category's name stands for; nil when no term has that name.
  static func term(for category: String) -> Term? { byKey[key(category)].map { terms[$0] } }

  /// A name without blanks, case and punctuation.
  static func key(_ name: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: NameFolding.surface.fold(name))
    return String(view)
  }

  private static let byKey: [String: Int] = {
    var byKey: [String: Int] = [:]
    for (index, term) in terms.enumerated() {
      for spelling in [term.name] + term.spellings { byKey[key(spelling)] = index }
    }
    return byKey
  }()
}
