internal import Vocabulary

/// What a cell holds by its type, and what it may mean.
extension InvoiceDecoder {
  /// What is wrong with a text that is no number.
  static func problem(
    _ fault: NumberFault, _ text: Span<UInt8>, _ style: NumberStyle
  ) -> Invoice.Problem {
    if SpreadsheetText.isError(text) { return .cellError }
    if text[0] == UInt8(ascii: "=") { return .formula }
    guard fault == .notANumber else { return .number(fault) }
    let other = NumberStyle(style.convention == .us ? .eu : .us, currency: style.currency)
    if case .value = FixedDecimal.parse(text, other) { return .otherConvention }
    return .number(fault)
  }

  /// What kind of thing stands where an identifier or words should.
  static func isWrongType(_ text: Span<UInt8>, _ field: Field, isJSON: Bool) -> Bool {
    let first = text[0]
    if first | 0x20 == UInt8(ascii: "t") || first | 0x20 == UInt8(ascii: "f") {
      var word: [UInt8] = []
      for index in text.indices.prefix(6) { word.append(text[index] | 0x20) }
      return word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8)
    }
    guard field.isIdentifier, field != .lineNumber else { return false }
    var (digits, dashes, points) = (0, 0, 0)
    for index in text.indices {
      switch text[index] {
      case 0x30...0x39: digits += 1
      case UInt8(ascii: "-"): dashes += 1
      case UInt8(ascii: "."): points += 1
      default: break
      }
    }
    if isJSON { return digits != text.count }
    // A sheet's cell keeps fifteen digits of a number.
    if digits == text.count { return digits > 15 }
    let isNumber = digits + dashes + points == text.count && (points == 1 || dashes == 1)
    let isDate = digits >= 8 && dashes == 2 && text.count >= 10 && first &- 0x30 < 10
    return isNumber && (points == 1 || first == UInt8(ascii: "-")) || isDate
  }

  /// Whether a text is what a program made of a number that it took an identifier for: `1001.0`.
  static func hasIdleFraction(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 3, text[text.count - 1] == 0x30 else { return false }
    var index = 0
    while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
    guard index > 0, index + 1 < text.count, text[index] == UInt8(ascii: ".") else { return false }
    index += 1
    while index < text.count, text[index] == 0x30 { index += 1 }
    return index == text.count
  }
}

/// What a number's text says about how numbers are written where it comes from.
package enum WrittenNumber {
  /// Whether a text is `1234.50` or `1234`, as a program writes numbers whatever the country.
  package static func isCanonical(_ text: Span<UInt8>) -> Bool {
    var (digits, points) = (0, 0)
    for index in text.indices {
      switch text[index] {
      case 0x30...0x39: digits += 1
      case UInt8(ascii: "."): points += 1
      case UInt8(ascii: "-") where index == 0: break
      default: return false
      }
    }
    return digits > 0 && points <= 1
  }

  /// Whether a text is `1.500` or `12,000`: one mark, with three digits behind it and up to three in front,
  /// which may set thousands or decimals apart.
  static func isAmbiguous(_ text: Span<UInt8>) -> Bool {
    var before = 0
    var behind: Int?
    var leadsWithZero = false
    for index in text.indices {
      switch text[index] {
      case 0x30...0x39:
        if before == 0, behind == nil { leadsWithZero = text[index] == 0x30 }
        if let count = behind { behind = count + 1 } else { before += 1 }
      case UInt8(ascii: "."), UInt8(ascii: ","):
        if behind != nil { return false }
        behind = 0
      default: break
      }
    }
    return behind == 3 && (1...3).contains(before) && !leadsWithZero
  }
}
