public import Vocabulary

/// A file that a destination has written, checked and read back.
public struct OutputFile: Hashable, Sendable {
  /// The file's name within the output folder.
  public var name: String
  /// The sum of its bytes.
  public var fingerprint: Fingerprint
  /// How many invoices and credit memos it holds; zero for lists.
  public var documents: Int
  /// Invoices less credit memos, as read back from the bytes.
  public var amount: Money
  /// The id under which QuickBooks remembers what became of the file; nil where there is none.
  public var messageSet: String?

  /// A written file.
  public init(
    name: String, fingerprint: Fingerprint, documents: Int, amount: Money,
    messageSet: String? = nil
  ) {
    self.name = name
    self.fingerprint = fingerprint
    self.documents = documents
    self.amount = amount
    self.messageSet = messageSet
  }
}
