/// The bill-to block of a customer, in lines that QuickBooks keeps whole.
public enum DesktopAddress {
  /// The lines of a customer's address as they are written: converted, long ones wrapped.
  ///
  /// A line that is too long goes on in the next one, at a blank when there is one. Lines beyond the
  /// fifth and a fifth line's surplus are lost; ``isCut(_:as:)`` tells.
  public static func lines(of customer: Customer, as text: DesktopText) -> [String] {
    Array(wrapped(customer, text).prefix(DesktopLimits.addressLines))
  }

  /// Whether the address does not fit into the block.
  public static func isCut(_ customer: Customer, as text: DesktopText) -> Bool {
    wrapped(customer, text).count > DesktopLimits.addressLines
  }

  private static func wrapped(
    _ customer: Customer, _ text: DesktopText
  ) -> [String] {
    let lines = customer.addressLines.map { text.converted($0) }
      .filter { !$0.isEmpty }
    let limit = DesktopLimits.addressLine
    guard lines.contains(where: { $0.unicodeScalars.count > limit }) else { return lines }
    var result: [String] = []
    for line in lines {
      var rest = Array(line.unicodeScalars)
      while rest.count > limit {
        let cut = rest[...limit].lastIndex(of: " ").flatMap { $0 > 0 ? $0 : nil } ?? limit
        result.append(joined(rest[..<cut]))
        rest = Array(rest[cut...].drop { $0 == " " })
      }
      if !rest.isEmpty { result.append(joined(rest[...])) }
    }
    return result
  }

  private static func joined(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
