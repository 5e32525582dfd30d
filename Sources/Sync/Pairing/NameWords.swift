/// Words that mean the same in names of companies, or say nothing about which company it is.
enum NameWords {
  /// Legal forms, letters only, longer ones as they read when their words are joined.
  static let legalSuffixes: Set<String> = [
    "inc", "incorporated", "llc", "lc", "ltd", "limited", "co", "company", "corp", "corporation",
    "lp", "llp", "lllp", "pllc", "plc", "pc", "pa", "gmbh", "ag", "bv", "sa", "srl", "ulc", "ltee",
    "ltda", "sadecv", "sderldecv", "sapidecv", "spra", "pty", "ptyltd",
  ]

  /// The letters and digits of a word, small.
  static func letters(_ word: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    for scalar in word {
      let value = scalar.value
      if value >= 0x41, value <= 0x5A {
        text.append(Unicode.Scalar(UInt8(value | 0x20)))
      } else if NameCharacter.isLetterOrDigit(scalar) {
        text.append(scalar)
      }
    }
    return String(text)
  }

  /// What stands for all spellings of a word that is often shortened; nil for any other word.
  static func classOf(_ word: [Unicode.Scalar]) -> [Unicode.Scalar]? {
    guard word.count < 20 else { return nil }
    return classes[letters(word)]
  }

  /// Whether a word only says what a company does.
  static func isTrade(_ word: [Unicode.Scalar]) -> Bool { trades.contains(letters(word)) }

  private static let trades: Set<String> = [
    "freight", "logistics", "transportation", "trucking", "carriers", "carrier", "services",
    "distribution", "warehousing", "brokerage", "brokers", "supply", "international", "national",
    "american", "group", "holdings", "foods", "products", "express", "forwarding", "hauling",
    "texas", "solutions", "enterprises", "industries", "manufacturing",
  ]

  /// Each row is one word: the first form stands for all of them.
  ///
  /// Only abbreviations that have one reading in names of shippers, brokers and carriers.
  private static let rows = [
    "international intl internatl int'l", "brothers bros", "manufacturing mfg manuf",
    "manufacturers mfrs", "distribution dist distr distributing", "distributors distributor",
    "services service svc svcs serv", "transportation transport transp trans trnsp",
    "logistics logistic lgstcs logist", "trucking trkg", "truck trk trucks", "freight frt",
    "forwarding fwdg", "forwarders forwarder fwdrs", "express exp xpress",
    "warehouse whse whs", "warehousing whsg", "refrigerated refrig", "materials mtls matls",
    "building bldg", "builders bldrs", "equipment equip eqpt", "industries industry ind inds",
    "management mgmt mgt", "packaging pkg pkging", "products product prod prods prdts",
    "enterprises enterprise ent entp", "holdings hldgs hldg", "group grp", "systems system sys",
    "solutions solution soln solns", "technologies technology tech", "associates assoc assocs",
    "association assn", "national natl nat'l", "american amer", "supply sup supp",
    "center ctr centre",
    "saint st ste", "mount mt", "fort ft", "north n", "south s", "east e", "west w",
    "northwest nw", "northeast ne", "southwest sw", "southeast se", "department dept",
    "government govt", "university univ", "electric elec", "construction constr const",
    "engineering engrg engr", "chemicals chemical chem", "foods food", "farms farm",
    "one 1", "two 2", "three 3", "four 4", "five 5", "six 6", "seven 7", "eight 8", "nine 9",
    "ten 10", "first 1st", "second 2nd", "third 3rd", "and n",
  ]

  private static let classes: [String: [Unicode.Scalar]] = {
    var classes: [String: [Unicode.Scalar]] = [:]
    for row in rows {
      let forms = row.split(separator: " ").map { letters(Array($0.unicodeScalars)) }
      for form in forms { classes[form] = Array(forms[0].unicodeScalars) }
    }
    return classes
  }()
}
