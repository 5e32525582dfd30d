public import Vocabulary

/// Every rule that an invoice is checked against; a new one is a case here and a kind beside its check.
///
/// A planned invoice remembers its rules as bits, so that a million of them stay small; the findings
/// themselves are made when they are shown, by reading those invoices again.
public enum Rule: UInt8, Sendable, CaseIterable {
  // Reading
  case unreadableRecord
  case numberMissing
  case dateMissing
  case dateUnreadable
  case datesMixed
  case amountMissing
  case amountUnreadable
  case fieldsConflict
  case linesMissing
  case mayBeIncomplete
  case loadIDDiffers
  case cellError
  case digitsLost
  case amountExponent
  case invoiceLumped
  // Arithmetic
  case totalMismatch
  case rateMismatch
  case dueAmountExceedsTotal
  case negativeTotal
  case zeroTotal
  // Numbers
  case numberIllegal
  case numberTooLong
  case numberShortened
  case numberTaken
  case rowsNotAdjacent
  case invoiceRepeated
  case rowsIdentical
  case sameNumberDifferentContent
  // Customers
  case customerMissing
  case customerUnknown
  case customerIDDisagrees
  case customerNotPaired
  case customerNameIllegal
  case customerNameTooLong
  case customerNameClash
  case customerListedTwice
  case customerNameTaken
  // Items and terms
  case categoryMissing
  case categoryUnmapped
  case termsUnknown
  case lineTaxable
  // The books
  case itemUnfit
  case itemNotInBooks
  case termsUnfit
  case classUnfit
  case receivableUnfit
  // Policies
  case statusNotSendable
  case periodClosed
  case dateInFuture
  case dueBeforeInvoice
  case currencyDiffers
  // Memory
  case changedSinceSynced
  case syncedWithoutRecord
  case zerosLost
  case suppressedAfterSync
  case suppressed
  case suppressionGuardDiffers
  // Text
  case textChanged
  case textCut
  case textUnrepresentable
  // What was sent and is stated otherwise now
  case statusChangedSinceSynced
  case restatedSinceSynced
  /// A number that may mean a thousand times as much or as little.
  case numberDoubtful
  // What QuickBooks answered
  case refusedByQuickBooks
  case inQuickBooksAfterUndo
  /// Its last row ends the file without a line end.
  case mayBeCutOff

  /// The kind of finding it raises.
  public var kind: Finding.Kind { Rule.kinds[Int(rawValue)] }

  /// Whether it is about what stands in the export, whatever QuickBooks, the mapping and the policies say.
  var liesInTheFile: Bool {
    switch self {
    case .negativeTotal, .zeroTotal, .numberIllegal, .numberTooLong, .numberShortened, .numberTaken,
      .customerUnknown, .customerIDDisagrees, .customerNotPaired, .customerNameIllegal,
      .customerNameTooLong, .customerNameClash, .customerListedTwice, .categoryUnmapped,
      .termsUnknown, .lineTaxable, .statusNotSendable, .periodClosed, .dateInFuture,
      .currencyDiffers, .changedSinceSynced, .syncedWithoutRecord, .suppressedAfterSync,
      .suppressed, .suppressionGuardDiffers, .refusedByQuickBooks, .inQuickBooksAfterUndo,
      .textChanged, .textCut, .textUnrepresentable:
      false
    default: true
    }
  }

  private static let kinds = allCases.map(\.declaredKind)

  private var declaredKind: Finding.Kind {
    switch self {
    case .unreadableRecord: ReadingRules.unreadableRecord
    case .numberMissing: ReadingRules.numberMissing
    case .dateMissing: ReadingRules.dateMissing
    case .dateUnreadable: ReadingRules.dateUnreadable
    case .datesMixed: ReadingRules.datesMixed
    case .amountMissing: ReadingRules.amountMissing
    case .amountUnreadable: ReadingRules.amountUnreadable
    case .fieldsConflict: ReadingRules.fieldsConflict
    case .linesMissing: ReadingRules.linesMissing
    case .mayBeIncomplete: ReadingRules.mayBeIncomplete
    case .loadIDDiffers: ReadingRules.loadIDDiffers
    case .cellError: ReadingRules.cellError
    case .digitsLost: ReadingRules.digitsLost
    case .amountExponent: ReadingRules.amountExponent
    case .invoiceLumped: ReadingRules.invoiceLumped
    case .totalMismatch: ArithmeticRules.totalMismatch
    case .rateMismatch: ArithmeticRules.rateMismatch
    case .dueAmountExceedsTotal: ArithmeticRules.dueAmountExceedsTotal
    case .negativeTotal: ArithmeticRules.negativeTotal
    case .zeroTotal: ArithmeticRules.zeroTotal
    case .numberIllegal: NumberRules.numberIllegal
    case .numberTooLong: NumberRules.numberTooLong
    case .numberShortened: NumberRules.numberShortened
    case .numberTaken: NumberRules.numberTaken
    case .rowsNotAdjacent: NumberRules.rowsNotAdjacent
    case .invoiceRepeated: NumberRules.invoiceRepeated
    case .rowsIdentical: NumberRules.rowsIdentical
    case .sameNumberDifferentContent: NumberRules.sameNumberDifferentContent
    case .customerMissing: CustomerRules.customerMissing
    case .customerUnknown: CustomerRules.customerUnknown
    case .customerIDDisagrees: CustomerRules.customerIDDisagrees
    case .customerNotPaired: CustomerRules.customerNotPaired
    case .customerNameIllegal: CustomerRules.customerNameIllegal
    case .customerNameTooLong: CustomerRules.customerNameTooLong
    case .customerNameClash: CustomerRules.customerNameClash
    case .customerListedTwice: CustomerRules.customerListedTwice
    case .customerNameTaken: CustomerRules.customerNameTaken
    case .categoryMissing: ItemRules.categoryMissing
    case .categoryUnmapped: ItemRules.categoryUnmapped
    case .termsUnknown: ItemRules.termsUnknown
    case .lineTaxable: ItemRules.lineTaxable
    case .itemUnfit: BooksRules.itemUnfit
    case .itemNotInBooks: BooksRules.itemNotInBooks
    case .termsUnfit: BooksRules.termsUnfit
    case .classUnfit: BooksRules.classUnfit
    case .receivableUnfit: BooksRules.receivableUnfit
    case .statusNotSendable: PolicyRules.statusNotSendable
    case .periodClosed: PolicyRules.periodClosed
    case .dateInFuture: PolicyRules.dateInFuture
    case .dueBeforeInvoice: PolicyRules.dueBeforeInvoice
    case .currencyDiffers: PolicyRules.currencyDiffers
    case .changedSinceSynced: MemoryRules.changedSinceSynced
    case .syncedWithoutRecord: MemoryRules.syncedWithoutRecord
    case .zerosLost: MemoryRules.zerosLost
    case .suppressedAfterSync: MemoryRules.suppressedAfterSync
    case .suppressed: MemoryRules.suppressed
    case .suppressionGuardDiffers: MemoryRules.suppressionGuardDiffers
    case .textChanged: TextRules.textChanged
    case .textCut: TextRules.textCut
    case .textUnrepresentable: TextRules.textUnrepresentable
    case .statusChangedSinceSynced: MemoryRules.statusChangedSinceSynced
    case .restatedSinceSynced: MemoryRules.restatedSinceSynced
    case .numberDoubtful: ReadingRules.numberDoubtful
    case .refusedByQuickBooks: MemoryRules.refusedByQuickBooks
    case .inQuickBooksAfterUndo: MemoryRules.inQuickBooksAfterUndo
    case .mayBeCutOff: ReadingRules.mayBeCutOff
    }
  }
}

/// A set of at most 128 rules in two words.
public struct RuleSet: Hashable, Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// No rules.
  public static let none = RuleSet()

  /// Whether there are none.
  public var isEmpty: Bool { low | high == 0 }

  /// The rules in order of declaration.
  public var rules: [Rule] {
    var rules: [Rule] = []
    for (first, word) in [(0, low), (64, high)] {
      var word = word
      while word != 0 {
        if let rule = Rule(rawValue: UInt8(first + word.trailingZeroBitCount)) {
          rules.append(rule)
        }
        word &= word - 1
      }
    }
    return rules
  }

  /// Whether a rule is in the set.
  public func contains(_ rule: Rule) -> Bool {
    let mask: UInt64 = 1 << UInt64(rule.rawValue & 63)
    return (rule.rawValue < 64 ? low : high) & mask != 0
  }

  /// Adds a rule.
  public mutating func insert(_ rule: Rule) {
    let mask: UInt64 = 1 << UInt64(rule.rawValue & 63)
    if rule.rawValue < 64 { low |= mask } else { high |= mask }
  }

  /// Adds the rules of another set.
  public mutating func formUnion(_ other: RuleSet) {
    low |= other.low
    high |= other.high
  }

  /// Whether both sets share a rule.
  public func intersects(_ other: RuleSet) -> Bool {
    low & other.low | high & other.high != 0
  }

  /// The set as two numbers, for fingerprints.
  var words: (UInt64, UInt64) { (low, high) }
}
