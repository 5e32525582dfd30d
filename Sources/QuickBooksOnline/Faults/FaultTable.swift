/// Every fault code that QuickBooks Online is known to give, with what to do and what to say.
enum FaultTable {
  struct Entry: Sendable {
    var handling: FaultHandling
    var words: String

    init(_ handling: FaultHandling, _ words: String) {
      self.handling = handling
      self.words = words
    }
  }

  static func entry(_ fault: OnlineFault) -> Entry {
    // The gateway's answers are told by their status; a code of theirs may mean something else below.
    if fault.status == 429 || fault.code == 3001 { return throttled }
    if let code = fault.code, let entry = codes[code] { return entry }
    switch fault.status {
    case 401: return signedOut
    case 403: return Entry(.reconnect, notAllowed)
    case 404: return Entry(.hold, "QuickBooks does not know this record or address.")
    case 408, 500...599: return Entry(.unknown, "Unclear whether QuickBooks saved this; checking.")
    case 413: return Entry(.hold, "The record is larger than QuickBooks takes.")
    case 200..<300: return Entry(.unknown, "QuickBooks answered without saying what it did.")
    default: return Entry(.hold, "QuickBooks did not take this.")
    }
  }

  private static let signedOut = Entry(.refresh, "QuickBooks signed us out. Reconnect.")
  private static let throttled = Entry(
    .wait, "QuickBooks is limiting us; continuing automatically.")
  private static let notAllowed =
    "This QuickBooks login may no longer use the connection. An admin must reconnect."
  private static let ours = "This is a mistake of LoadBooks; please report it."
  private static let settled =
    "This transaction is already deposited or matched; change it in QuickBooks."
  private static let gone =
    "A customer, item or account was made inactive or deleted in QuickBooks. Reactivate it or choose "
    + "another."
  private static let dates = "The date is not valid."
  private static let amounts = "The amount is not valid."
  private static let taxes = "The tax code is not valid in this company."
  private static let closed =
    "The period is closed. Change the date, or reopen the period in QuickBooks."

  private static func hold(_ words: String) -> Entry { Entry(.hold, words) }

  static let codes: [Int: Entry] = [
    100: Entry(.reconnect, notAllowed), 110: Entry(.reconnect, notAllowed),
    120: Entry(
      .reconnect, "The person who connected was removed. A current admin must reconnect."),
    130: Entry(.wait, "QuickBooks is moving this company; continuing automatically."),
    140: Entry(.wait, "QuickBooks is working on this company; we will continue later."),
    150: Entry(.wait, "QuickBooks is working on this company; we will continue later."),
    500: hold(ours),
    600: Entry(.unknown, "QuickBooks has had this request before; checking what became of it."),
    610: hold(gone), 620: hold("This payment or credit cannot be applied to that invoice."),
    630: hold("Name or parent conflict."), 700: hold("Name or parent conflict."),
    900: hold("Name or parent conflict."), 800: hold("Remove linked transactions first."),
    1040: hold("Too many records at once. " + ours), 2010: hold(ours),
    2020: hold("A value that QuickBooks needs is missing."), 2030: hold(ours),
    2040: hold("The name contains a character QuickBooks does not allow."),
    2050: hold("A text is longer than QuickBooks allows."),
    2060: hold(dates), 2070: hold(dates), 2190: hold(dates),
    2080: hold(amounts), 2090: hold(amounts), 2100: hold(amounts), 2110: hold(amounts),
    2140: hold(amounts), 2150: hold(amounts), 2160: hold(amounts), 2240: hold(amounts),
    2130: hold(ours), 2170: hold(ours), 2200: hold("The web address is not valid."),
    2210: hold("The e-mail address is not valid."),
    2290: hold("Credits must be pushed as a credit memo."),
    2500: hold("The mapped item or customer no longer exists in QuickBooks. Remap it."),
    3000: hold("The custom field is switched off in QuickBooks."),
    3100: Entry(.reconnect, notAllowed), 3200: signedOut,
    3202: Entry(.reconnect, "Connection data incomplete; reconnect."),
    4000: hold(ours), 4001: hold(ours), 4002: hold(ours),
    5010: Entry(.changedMeanwhile, "Someone changed this in QuickBooks meanwhile."),
    5020: hold("Your QuickBooks plan or login does not include this."),
    5030: hold("Your QuickBooks plan or login does not include this."),
    6000: hold("QuickBooks has a rule against this."),
    6070: hold("Line arithmetic was refused; see details."),
    6090: hold("A discount needs an amount or a percentage."),
    6100: hold(taxes), 6160: hold(taxes), 6230: hold(taxes),
    6140: Entry(.numberTaken, "The number already exists in QuickBooks."),
    6190: Entry(.stop, "The QuickBooks subscription is not active."),
    6200: hold(closed), 6210: hold(closed),
    6220: hold("It still has a balance, so it cannot be made inactive."),
    6240: Entry(
      .nameTaken, "QuickBooks already has a customer, vendor or employee with this name."),
    6250: hold("Customer is inactive."), 6280: hold("It has unbilled charges."),
    6430: hold("The income account must be an income account."),
    6440: hold("Every line needs a product/service."),
    6450: hold(settled), 6480: hold(settled), 6540: hold(settled),
    10000: Entry(.unknown, "QuickBooks had an internal problem."),
    10200: Entry(.stop, "The QuickBooks company was reset; mappings are invalid."),
  ]
}
