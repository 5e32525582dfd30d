internal import QuickBooks
internal import Vocabulary

/// The answers to one set, in a file that may hold several.
struct AnsweredSet {
  let file: String
  var messageSet: QBXMLMessageSet
  var answers: [(answer: QBXMLAnswer, record: QBXMLRecord?)] = []
  /// Whether the answers are what the books showed when they were asked for documents.
  var isLookUp = false
  /// Records of queries, which have many.
  private(set) var records: [QBXMLRecord] = []

  /// The sets of a file, in its order.
  static func all(_ path: String) throws(Failure) -> [AnsweredSet] {
    var sets: [AnsweredSet] = []
    var pending: QBXMLRecord?
    try QBXMLAnswers.forEach(ofFile: path) { event throws(Failure) in
      switch event {
      case .messageSet(let new): sets.append(AnsweredSet(file: path, messageSet: new))
      case .record(let record, let answer):
        if answer.type.hasSuffix("Query") {
          sets[sets.count - 1].records.append(record)
        } else {
          pending = record
        }
      case .answer(let answer):
        sets[sets.count - 1].answers.append((answer, pending))
        pending = nil
      }
    }
    return sets
  }

  private init(file: String, messageSet: QBXMLMessageSet) {
    (self.file, self.messageSet) = (file, messageSet)
  }

  /// Whether all answers are about what was asked with one of these kinds of request, and there are any.
  func isAll(_ suffixes: String...) -> Bool {
    !answers.isEmpty
      && answers.allSatisfy { answer in suffixes.contains { answer.answer.type.hasSuffix($0) } }
  }
}
