public import Vocabulary

/// Writes documents into files that have hidden names until the caller publishes them.
///
/// The lists that the documents refer to are given to the writer when it is made; they stand ahead of
/// the documents. After any error nothing that was written is left.
public protocol DocumentWriter: AnyObject {
  /// The files finished so far, in the order in which QuickBooks must take them.
  var stagedFiles: [StagedFile] { get }

  /// Adds an invoice or a credit memo.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when the document is not one that
  ///   QuickBooks can keep as it is: the caller has to hold such a document.
  func append(_ document: borrowing SalesDocument) throws(Failure)

  /// Completes the files, checks their bytes on disk and reads the documents back.
  ///
  /// - Returns: all files in order, with what was read back from them.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when a file is not what it must be.
  func finish() throws(Failure) -> [OutputFile]

  /// Removes everything written and not yet published.
  func discard()
}
