public import Vocabulary

/// What the ledger remembers about one invoice.
public struct LedgerEntry: Hashable, Sendable {
  /// What the invoice became in QuickBooks.
  ///
  /// Raw values are stored and therefore never change.
  public enum DocumentKind: String, Hashable, Sendable, CaseIterable {
    /// An invoice.
    case invoice
    /// A credit memo.
    case creditMemo = "credit_memo"
  }

  /// The number in LoadOps; the ledger knows each number once.
  public var number: InvoiceNumber
  /// Stands for everything that was sent, to notice later changes.
  public var contentHash: ContentHash
  /// Where it stands.
  public var state: SyncState
  /// How sure that is.
  public var evidence: SyncEvidence
  /// When evidence came that is newer than the run, ISO 8601 with zone.
  public var evidenceAt: String?
  /// The id of the run that sent it; nil for what somebody entered by hand.
  public var run: String?
  /// The form it has in QuickBooks.
  public var documentKind: DocumentKind
  /// Its number in QuickBooks, which no other form of this kind has.
  public var documentNumber: String
  /// The customer's name in LoadOps.
  public var customer: String
  /// The customer's name in QuickBooks.
  public var quickBooksCustomer: String
  /// The invoice date.
  public var date: CalendarDate
  /// The total with the sign it has in LoadOps: a credit memo's is negative.
  public var amount: Money
  /// How many lines it has.
  public var lines: Int
  /// What QuickBooks calls the document (TxnID, or Id), once it has answered.
  public var quickBooksID: String?
  /// The version that QuickBooks wants to hear of before a change (EditSequence, or SyncToken).
  public var editSequence: String?

  /// An entry for an invoice that `run` sends, or that was entered by hand.
  public init(
    number: InvoiceNumber, contentHash: ContentHash, state: SyncState = .synced,
    evidence: SyncEvidence = .written, evidenceAt: String? = nil, run: String?,
    documentKind: DocumentKind,
    documentNumber: String, customer: String, quickBooksCustomer: String, date: CalendarDate,
    amount: Money, lines: Int, quickBooksID: String? = nil, editSequence: String? = nil
  ) {
    self.number = number
    self.contentHash = contentHash
    self.state = state
    self.evidence = evidence
    self.evidenceAt = evidenceAt
    self.run = run
    self.documentKind = documentKind
    self.documentNumber = documentNumber
    self.customer = customer
    self.quickBooksCustomer = quickBooksCustomer
    self.date = date
    self.amount = amount
    self.lines = lines
    self.quickBooksID = quickBooksID
    self.editSequence = editSequence
  }
}

/// What the ledger remembers about one entry of a QuickBooks list that a run declared.
public struct LedgerListEntry: Hashable, Sendable {
  /// Which list.
  ///
  /// Raw values are stored and therefore never change.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Customers and jobs.
    case customer
    /// Items.
    case item
    /// The chart of accounts.
    case account
    /// Terms of payment.
    case terms
    /// Classes.
    case `class`
  }

  /// The list.
  public var kind: Kind
  /// The full path in QuickBooks.
  public var quickBooksName: String
  /// The name in LoadOps that led to it; nil when there is none, as for accounts.
  public var loadOpsName: String?
  /// Stands for everything that was declared.
  public var contentHash: ContentHash

  /// An entry of a list.
  public init(kind: Kind, quickBooksName: String, loadOpsName: String?, contentHash: ContentHash) {
    self.kind = kind
    self.quickBooksName = quickBooksName
    self.loadOpsName = loadOpsName
    self.contentHash = contentHash
  }
}
