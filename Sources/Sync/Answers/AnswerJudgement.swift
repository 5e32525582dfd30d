internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// What a status of QuickBooks means for us.
///
/// The codes are those of Intuit's SDK; below 1000 a request was carried out.
enum AnswerJudgement: Hashable {
  /// Done.
  case done
  /// Done by the status and not done by the severity, or the other way round: nobody knows.
  case contradictory
  /// The name of a list entry is taken.
  case nameTaken
  /// Something that the record refers to is not there; the kind and the name as QuickBooks calls them,
  /// empty when its words do not say.
  case referenceMissing(kind: String, name: String)
  /// Not reached, locked or in use: asking again may do.
  case later(String)
  /// Refused for good; the remedy, when there is one that is better than QuickBooks' words.
  case refused(String?)

  /// Judges a status.
  init(_ answer: QBXMLAnswer) {
    if answer.isContradictory {
      self = .contradictory
      return
    }
    if answer.isDone {
      self = .done
      return
    }
    let words = answer.message.lowercased()
    switch answer.status {
    case 3100: self = .nameTaken
    case 3120, 3130, 3140:
      let (kind, name) = AnswerJudgement.reference(in: answer.message)
      self = .referenceMissing(kind: kind, name: name)
    case 3231: self = .later("QuickBooks stopped before it")
    case 3175, 3176: self = .later("it is open in a window of QuickBooks")
    case 1010: self = .later("QuickBooks was not available")
    case 3170, 3180:
      let isLocked = AnswerJudgement.lockWords.contains { words.contains($0) }
      self = isLocked ? .later("somebody else was working on it") : .refused(nil)
    case 3260, 3261: self = .later("LoadBooks' tool may not do this")
    case 3250:
      self = .refused(
        "switch the feature on in QuickBooks (Edit > Preferences), or leave out what needs it")
    case 3270: self = .refused("give the item an income account in QuickBooks, then convert again")
    case 3171:
      self = .refused("the books are closed for that day: reopen them or redate the invoice")
    case 1000, 1030, 1060, 3000...3099, 3150, 3151:
      self = .refused("report this as a bug, with the request if you may share it")
    default: self = .refused(nil)
    }
  }

  /// Words by which QuickBooks says that something is locked.
  private static let lockWords = [
    "could not be locked", "failed to acquire the lock", "in use", "modified by another user",
    "being modified", "another user", "is editing", "being edited", "being used",
    "currently using",
  ]

  /// Finds what is missing in words such as `There is an invalid reference to QuickBooks Item "Fuel"`.
  static func reference(in message: String) -> (kind: String, name: String) {
    guard
      let match = message.firstMatch(of: /QuickBooks ([A-Za-z ]+?) "(.*?)"(?: in |\.|$)/)
    else { return ("", "") }
    return (String(match.1), String(match.2))
  }

  /// The object that QuickBooks does not find, by its own id, in words such as
  /// `Object "80000A1C-1709560000" specified in the request cannot be found`; nil when they do not say.
  static func object(in message: String) -> String? {
    message.firstMatch(of: /[Oo]bject "(.+?)"/).map { String($0.1) }
  }

  /// A kind of QuickBooks, `SalesTaxCode` for one, in words.
  static func words(_ kind: String) -> String {
    var words = ""
    var last: Character = " "
    for letter in kind {
      if letter.isUppercase, last.isLowercase { words += " " }
      words += letter.lowercased()
      last = letter
    }
    return words
  }

  /// What is held when this kind of thing is missing; nil when nothing can be.
  static func hold(_ kind: String) -> LedgerHold.Kind? {
    switch words(kind) {
    case "customer", "customer:job": .customer
    case "item": .item
    case "account": .account
    case "terms": .terms
    case "class": .class
    case "sales tax code": .taxCode
    default: nil
    }
  }

  /// What has to be done before asking again; nil when nothing has to.
  var condition: String? {
    guard case .later(let why) = self else { return nil }
    switch why {
    case "it is open in a window of QuickBooks", "somebody else was working on it":
      return "close all windows in QuickBooks, best in single-user mode"
    case "LoadBooks' tool may not do this":
      return
        "let the tool read and change the company file: Edit > Preferences > Integrated Applications"
    default: return nil
    }
  }
}
