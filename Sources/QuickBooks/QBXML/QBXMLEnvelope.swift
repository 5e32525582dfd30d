internal import Vocabulary

/// The ids of a run's message sets.
///
/// QuickBooks remembers the id of a set with what became of it: the same file sent again is not
/// carried out again, its answer is given again. So an id belongs to one file of one run for ever, and
/// the same documents sent by a later run, after an undo, get another.
public struct QBXMLMessageSets: Sendable {
  private let prefix: String

  /// The ids of a run.
  public init(run: String) {
    prefix = "LB" + String(Fingerprint(of: run).hex.prefix(12))
  }

  /// Whether an id is one of the run's.
  public func owns(_ messageSet: String) -> Bool { messageSet.hasPrefix(prefix + "-") }

  /// The number of the run's file that an id belongs to; nil for an id that is none of the run's.
  public func number(of messageSet: String) -> Int? {
    owns(messageSet) ? Int(messageSet.dropFirst(prefix.count + 1)) : nil
  }

  /// The id of a run's file, from 1; at most the 24 characters that QuickBooks takes.
  public func id(_ file: Int) -> String {
    let number = String(file)
    return prefix + "-" + String(repeating: "0", count: max(0, 3 - number.utf8.count)) + number
  }
}

/// What stands around the requests of a file.
public enum QBXMLEnvelope {
  /// The beginning of a file; sets that write nothing have no id.
  public static func start(
    version: String, onError: QBXMLFormat.OnError, messageSet: String?,
    oldMessageSet: String? = nil
  ) -> String {
    let id =
      (messageSet.map { " newMessageSetID=\"\($0)\"" } ?? "")
      + (oldMessageSet.map { " oldMessageSetID=\"\($0)\"" } ?? "")
    return """
      <?xml version="1.0" encoding="utf-8"?>
      <?qbxml version="\(version)"?>
      <QBXML>
      <QBXMLMsgsRq onError="\(onError.rawValue)"\(id)>

      """
  }

  /// The end of a file.
  public static let end = "</QBXMLMsgsRq>\n</QBXML>\n"
}

/// The ids of requests: what they are about, in a form that comes back in the answer.
///
/// QuickBooks takes 50 characters; ids are plain ASCII, and no two of a run are equal.
struct QBXMLRequestIDs {
  private var used: Set<String> = []

  /// An id such as `customer-Pine & Fir Brokerage LLC`.
  mutating func make(_ kind: String, _ name: String) -> String {
    let text = "\(kind)-" + DesktopText.iifASCII.converted(name)
    var id = text
    if text.utf8.count > QBXMLRequestIDs.limit {
      let sum = Fingerprint(of: name).hex.prefix(8)
      id = "\(text.prefix(QBXMLRequestIDs.limit - 9))~\(sum)"
    }
    var number = 2
    var unique = id
    while !used.insert(unique).inserted {
      unique = id.prefix(QBXMLRequestIDs.limit - 4) + "~\(number)"
      number += 1
    }
    return unique
  }

  static let limit = 50
}
