/// What ends a run: thrown, unlike a ``Finding``, which is collected.
///
/// The cause decides the exit code; one table in the command-line module does that.
public struct Failure: Error, Hashable, Sendable {
  /// What kind of thing went wrong, sorted by what to do next.
  public enum Cause: String, Hashable, Sendable, CaseIterable {
    /// Flags or arguments that make no sense together.
    case usage
    /// An input that is there but cannot be read as an export.
    case inputUnreadable
    /// An input that is not there.
    case inputMissing
    /// QuickBooks could not be reached.
    case quickBooksUnavailable
    /// Our own mistake: a control total that does not tie, an impossible state.
    case ownBug
    /// A file or folder that cannot be written.
    case cannotWrite
    /// Locked or throttled: the same command may work later.
    case tryAgain
    /// Not connected, or not allowed.
    case notAllowed
    /// Settings, mapping or suppression list wrong, or a plan that has changed.
    case settingsWrong
  }

  /// Decides the exit code.
  public var cause: Cause
  /// What went wrong, naming the thing.
  public var message: String
  /// What to do about it.
  public var remedy: String
  /// Where, when it stands in a file.
  public var location: SourceLocation?
  /// The line it stands in.
  public var excerpt: Excerpt?

  /// A failure with its cause.
  public init(
    _ cause: Cause, _ message: String, remedy: String, location: SourceLocation? = nil,
    excerpt: Excerpt? = nil
  ) {
    self.cause = cause
    self.message = message
    self.remedy = remedy
    self.location = location
    self.excerpt = excerpt
  }
}

extension Failure: CustomStringConvertible {
  /// The message with place and remedy, as printed on standard error.
  public var description: String {
    var text = location.map { "\(FindingText.visible($0.description)): " } ?? ""
    text += "error: \(FindingText.visible(message))\n"
    if let excerpt, let location {
      text += FindingText.marked(excerpt, line: location.line)
    }
    return text + "  remedy: \(FindingText.visible(remedy))"
  }
}
