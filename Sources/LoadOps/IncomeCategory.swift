/// A pay item, as LoadOps's invoice types screen calls it: what a line is billed for.
public struct IncomeCategory: Sendable {
  /// The name, without outer blanks.
  public var name: String
  /// The description; may be empty.
  public var description: String
  /// The QuickBooks item that somebody wrote into the export; a hint, never a mapping.
  public var quickBooksItem: String
  /// Where it stands.
  public var place: RecordPlace

  /// Makes a category of a record.
  public init(_ record: Record) {
    name = record.string(.payItem)
    description = record.string(.lineDescription)
    quickBooksItem = record.string(.quickBooksItem)
    place = record.place
  }
}
