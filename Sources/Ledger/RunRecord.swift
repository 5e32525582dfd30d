public import Vocabulary

/// What the ledger remembers about one run.
public struct RunRecord: Hashable, Sendable {
  /// How far the run has come; raw values are stored and therefore never change.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Its invoices are being recorded.
    case preparing
    /// Its invoices are recorded, its files may still have their hidden names.
    case prepared
    /// Its files have their names.
    case finished
    /// Taken back: the ledger has none of its invoices any more.
    case undone
  }

  /// How many invoices and lines, and how much money.
  public struct Tally: Hashable, Sendable {
    /// Invoices.
    public var invoices: Int
    /// Their lines.
    public var lines: Int
    /// The sum of the lines.
    public var amount: Money

    /// Nothing.
    public static let zero = Tally()

    /// A tally.
    public init(invoices: Int = 0, lines: Int = 0, amount: Money = .zero) {
      self.invoices = invoices
      self.lines = lines
      self.amount = amount
    }
  }

  /// The control totals: what was read is what was delivered, already synced, suppressed or held.
  public struct Totals: Hashable, Sendable {
    /// Counted by the reader.
    public var read: Tally
    /// Written or sent; these are the invoices that the run records.
    public var delivered: Tally
    /// Known before with the same content.
    public var alreadySynced: Tally
    /// On the suppression list.
    public var suppressed: Tally
    /// Waiting for somebody.
    public var held: Tally

    /// Totals, zero where not given.
    public init(
      read: Tally = .zero, delivered: Tally = .zero, alreadySynced: Tally = .zero,
      suppressed: Tally = .zero, held: Tally = .zero
    ) {
      self.read = read
      self.delivered = delivered
      self.alreadySynced = alreadySynced
      self.suppressed = suppressed
      self.held = held
    }
  }

  /// A file that was read.
  public struct Input: Hashable, Sendable {
    /// The path as the user named it.
    public var path: String
    /// What it holds, such as `invoices`.
    public var kind: String
    /// The sum of its bytes.
    public var fingerprint: Fingerprint
    /// Rows or objects.
    public var records: Int

    /// An input.
    public init(path: String, kind: String, fingerprint: Fingerprint, records: Int) {
      self.path = path
      self.kind = kind
      self.fingerprint = fingerprint
      self.records = records
    }
  }

  /// A file that was written.
  public struct Output: Hashable, Sendable {
    /// The final name within the output folder.
    public var name: String
    /// The sum of its bytes.
    public var fingerprint: Fingerprint
    /// How many invoices and credit memos it holds; zero for lists.
    public var documents: Int
    /// Invoices less credit memos.
    public var amount: Money

    /// An output.
    public init(name: String, fingerprint: Fingerprint, documents: Int, amount: Money) {
      self.name = name
      self.fingerprint = fingerprint
      self.documents = documents
      self.amount = amount
    }
  }

  /// The run's id, which no other run has.
  public var id: String
  /// The command, such as `convert`.
  public var command: String
  /// The target, such as `iif`.
  public var target: String
  /// How far it has come.
  public var state: State = .preparing
  /// Start, ISO 8601 with zone.
  public var startedAt: String
  /// When its files had their names, ISO 8601 with zone.
  public var finishedAt: String?
  /// The plan's fingerprint.
  public var plan: Fingerprint
  /// Where its files are; nil when it writes none.
  public var outputFolder: String?
  /// What was read, in the order it was read.
  public var inputs: [Input]
  /// What was written, in the order it was written.
  public var outputs: [Output] = []
  /// Its control totals.
  public var totals = Totals()

  /// A run that is about to be recorded.
  public init(
    id: String, command: String, target: String, startedAt: String, plan: Fingerprint,
    outputFolder: String?, inputs: [Input]
  ) {
    self.id = id
    self.command = command
    self.target = target
    self.startedAt = startedAt
    self.plan = plan
    self.outputFolder = outputFolder
    self.inputs = inputs
  }
}

/// What a run knows about itself once all its invoices are recorded.
public struct RunCompletion: Hashable, Sendable {
  /// The control totals; they must tie, and tie with what was recorded.
  public var totals: RunRecord.Totals
  /// The files, staged under hidden names; when there are any, they must tie with the totals.
  public var outputs: [RunRecord.Output]

  /// The end of a run.
  public init(totals: RunRecord.Totals, outputs: [RunRecord.Output]) {
    self.totals = totals
    self.outputs = outputs
  }
}
