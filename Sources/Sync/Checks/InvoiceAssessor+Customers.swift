internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Who is billed, and what there is to say when that customer did not pair.
extension InvoiceAssessor {
  mutating func checkCustomer(_ record: Record, _ invoice: Invoice) {
    let number = result.customer
    if !customers.entries[number].holding.isEmpty {
      for rule in customers.entries[number].holding.rules {
        raise(rule, record, invoice.customer, .customerName) { me in
          rule == .customerMissing
            ? Detail(message: "invoice \(record.string(invoice.number)) names no customer")
            : me.detail(rule, customer: number)
        }
      }
    }
    if !invoice.customerID.isEmpty, !invoice.customer.isEmpty,
      let owner = customers.otherName(
        withID: record.string(invoice.customerID), than: customers.entries[number].name)
    {
      raise(.customerIDDisagrees, record, invoice.customerID, .customerID) {
        Detail(
          message:
            "customer id \(record.string(invoice.customerID)) is that of \"\(owner)\", but the "
            + "invoice names \"\(record.string(invoice.customer))\"")
      }
    }
  }

  /// What a rule says about a customer, whichever invoice names it.
  func detail(_ rule: Rule, customer number: Int) -> Detail {
    let entry = customers.entries[number]
    let name = entry.name
    switch rule {
    case .customerUnknown: return unknown(number)
    case .customerNotPaired: return notPaired(number)
    case .customerNameTaken: return taken(number)
    case .customerNameIllegal: return illegal(number)
    case .customerNameTooLong:
      let text = entry.quickBooksName
      return Detail(
        message: "customer name \"\(text)\" has \(text.count) characters; QuickBooks Desktop keeps "
          + "\(DesktopLimits.customerLevel)",
        remedy: ask(name, fittingName(rule, customer: number) ?? "A SHORTER NAME"))
    case .customerNameClash: return clash(number)
    case .customerListedTwice:
      return Detail(
        message: "customer \"\(name)\" stands in the customers export twice, with different ids "
          + "or MC numbers")
    default: return Detail(message: "customer \"\(name)\": \(rule.kind.meaning)")
    }
  }

  /// What is the matter with a customer, without what may be meant instead.
  ///
  /// Whether anything may be meant is part of some messages; `looksForOthers` says whether to find out.
  func problem(_ rule: Rule, customer number: Int, looksForOthers: Bool = true) -> String {
    let entry = customers.entries[number]
    switch rule {
    case .customerUnknown: return "customer \"\(entry.name)\" is not in the customers export"
    case .customerNotPaired where !entry.isExplicit && !entry.isWrittenOtherwise:
      return message(entry, looksForOthers ? diagnosis(number) : nil)
    default: return detail(rule, customer: number).message
    }
  }

  /// A name with characters that QuickBooks cannot keep, or takes for something else.
  private func illegal(_ number: Int) -> Detail {
    let entry = customers.entries[number]
    let text = entry.quickBooksName.isEmpty ? entry.name : entry.quickBooksName
    let why =
      text.contains(":") ? "a colon, which makes it a job" : "characters QuickBooks cannot keep"
    var detail = Detail(message: "customer name \"\(text)\" has \(why)")
    if !entry.isExplicit, let near = surelyMeant(number) {
      detail.notes = notes(entry.name, diagnosis(number))
      detail.remedy = askWritable(entry.name, near.target)
    } else {
      detail.remedy = ask(
        entry.name,
        fittingName(.customerNameIllegal, customer: number) ?? "THE NAME IN PLAIN LETTERS")
    }
    return detail
  }

  // MARK: - Not in the export

  private func unknown(_ number: Int) -> Detail {
    let name = customers.entries[number].name
    var detail = Detail(message: problem(.customerUnknown, customer: number))
    let listed = customers.listedNear(name)
    for near in listed.prefix(PairingDoctor.shown) {
      detail.notes.append(
        "the export has \"\(near.name)\": \(near.difference.words): "
          + NameDifference.places(name, near.name, owner: "the export"))
    }
    let diagnosis = customers.knowsQuickBooks ? customers.diagnosis(number).candidates : []
    detail.notes += notes(name, diagnosis.prefix(PairingDoctor.shown - detail.notes.count))
    let target =
      listed.first.map { customers.targetName(ofListed: $0.name) } ?? diagnosis.first?.target
    if let target {
      detail.remedy = "correct the name in LoadOps, or \(ask(name, target))"
    }
    return detail
  }

  // MARK: - Not in QuickBooks

  private func notPaired(_ number: Int) -> Detail {
    let entry = customers.entries[number]
    if entry.isWrittenOtherwise { return writtenOtherwise(entry, number) }
    if entry.isExplicit { return badTarget(number) }
    let name = entry.name
    let diagnosis = diagnosis(number)
    var detail = Detail(message: message(entry, diagnosis))
    detail.notes = notes(name, diagnosis)
    let create =
      customers.isUnfinished
      ? "give LoadBooks the whole list of QuickBooks' customers"
      : context.settings.unmatchedCustomers == .hold
        ? "add it in QuickBooks" : "give it a name of its own"
    if case .twice = entry.standing {
      detail.remedy =
        "give all but one of them another name in QuickBooks and export the list again"
    } else if let best = diagnosis.candidates.first {
      let doubt = doubt(diagnosis)
      if best.entry.isInactive, best.difference.causes.isEmpty {
        detail.remedy =
          "make it active in QuickBooks; or, to use it as it is, "
          + askWritable(name, best.target)
      } else if best.certainty >= .folded {
        detail.remedy = "\(doubt)make the names equal, or " + askWritable(name, best.target)
      } else {
        detail.remedy =
          doubt
          + askWritable(
            name, best.target,
            if: "\(create) if it is another customer; if it is \"\(best.entry.name)\", ")
      }
    } else {
      detail.remedy = "\(create), or \(ask(name, "ITS NAME IN QUICKBOOKS"))"
    }
    return detail
  }

  private func message(
    _ entry: CustomerBook.Entry, _ diagnosis: PairingDoctor.Diagnosis?
  ) -> String {
    let name = entry.name
    switch entry.standing {
    case .inactive: return "customer \"\(name)\" is inactive in QuickBooks"
    case .twice: return "QuickBooks has more than one customer that it would take \"\(name)\" for"
    case .otherSpelling:
      let other = customers.name(entry.standing)?.name ?? ""
      return "QuickBooks would take customer \"\(name)\" for its \"\(other)\""
    case .otherSpacing:
      let other = customers.name(entry.standing)?.name ?? ""
      return "customer \"\(name)\" differs from \"\(other)\" in QuickBooks only in blanks"
    default:
      let has = customers.hasBooks ? "has no exact match" : "is not known"
      if customers.isUnfinished {
        return
          "customer \"\(name)\" is not in the part of QuickBooks' customers that the books hold"
      }
      return diagnosis?.candidates.isEmpty == true
        ? "customer \"\(name)\" \(has) in QuickBooks, and the settings say not to create it"
        : "customer \"\(name)\" \(has) in QuickBooks"
    }
  }

  /// A mapping line, or a name in the export, that names what QuickBooks does not have.
  private func badTarget(_ number: Int) -> Detail {
    let entry = customers.entries[number]
    let source = entry.mappingLine.map { "line \($0) of mapping.csv" } ?? "the export's qb_name"
    let target = entry.quickBooksName
    let diagnosis = customers.diagnosis(number)
    let what =
      switch entry.standing {
      case .twice: "which QuickBooks has more than once"
      case .otherSpelling:
        "which QuickBooks spells \"\(customers.name(entry.standing)?.name ?? "")\""
      case .otherSpacing:
        "which differs from \"\(customers.name(entry.standing)?.name ?? "")\" in QuickBooks only in blanks"
      default:
        customers.isUnfinished
          ? "which is not in the part of QuickBooks' customers that the books hold"
          : "which QuickBooks does not have"
      }
    var detail = Detail(
      message: "\(source) gives customer \"\(entry.name)\" \"\(target)\", \(what)")
    detail.notes = notes(target, diagnosis)
    if let best = diagnosis.candidates.first(where: { $0.entry.role.isCustomer }) {
      let line = mappingLine(.customer, entry.name, best.target)
      detail.remedy =
        entry.mappingLine.map { "change line \($0) of mapping.csv to: \(line)" }
        ?? "correct qb_name, or add to mapping.csv: \(line)"
    } else {
      detail.remedy = "add \"\(target)\" in QuickBooks, or correct \(source)"
    }
    return detail
  }

  /// The books have the name, but the file would name another one.
  private func writtenOtherwise(_ entry: CustomerBook.Entry, _ number: Int) -> Detail {
    let written = customers.writtenName(number)
    return Detail(
      message:
        "QuickBooks has customer \"\(entry.quickBooksName)\", but the file would name it "
        + "\"\(written)\", which would be a second customer",
      remedy: askWritable(entry.name, entry.quickBooksName))
  }

  // MARK: - Taken

  private func taken(_ number: Int) -> Detail {
    let entry = customers.entries[number]
    let wanted = entry.isExplicit ? entry.quickBooksName : entry.name
    let owner = customers.name(entry.standing)
    let place = owner?.location.map { " (\($0))" } ?? ""
    var detail = Detail(
      message:
        "QuickBooks cannot have a customer \"\(wanted)\": \"\(owner?.name ?? "")\"\(place) is "
        + "\(owner?.role.words ?? "something else") there")
    let candidates = customers.diagnosis(number).candidates
    let others = candidates.filter { $0.entry.role.isCustomer }
    detail.notes = notes(wanted, others[...])
    let target = takenTarget(number)
    let line = mappingLine(.customer, entry.name, target)
    let known = others.isEmpty ? "to bill it as a customer of its own" : "if it is that customer"
    if let mapped = entry.mappingLine {
      detail.remedy = "change line \(mapped) of mapping.csv to: \(line)"
    } else {
      detail.remedy = "\(known), add to mapping.csv: \(line)"
    }
    return detail
  }

  // MARK: - Clashes

  private func clash(_ number: Int) -> Detail {
    let entry = customers.entries[number]
    let rivals = customers.rivals(of: number)
    let first = rivals.first ?? ""
    let isOne = customers.isOne(number, first)
    var detail = Detail(
      message: isOne
        ? "QuickBooks would take customers \"\(entry.name)\" and \"\(first)\" for one"
        : "customers \"\(entry.name)\" and \"\(first)\" differ only in blanks, and nobody can tell whether "
          + "they are one")
    detail.notes = rivals.dropFirst().prefix(5).map { "and \"\($0)\"" }
    if !entry.isExplicit || !entry.quickBooksName.utf8.elementsEqual(entry.name.utf8) {
      let places = NameDifference.places(entry.name, first, owner: "the other")
      if !places.isEmpty {
        detail.notes.insert(
          "\(NameDifference(entry.name, first).words): \(places)", at: 0)
      }
    }
    let keeper = customers.keeper(of: number)
    let other = keeper == entry.name ? first : entry.name
    let target = customers.number(named: keeper, beside: number).map(lineTarget) ?? keeper
    let otherwise =
      isOne
      ? "if they are two, map one of them to a different name"
      : "if they are two, add a line for each that gives it its own name"
    detail.remedy = "\(otherwise); if they are one customer, \(ask(other, target))"
    return detail
  }
}
