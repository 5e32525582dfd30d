internal import Foundation
internal import FuzzSupport
internal import LoadOps
internal import Sheets
internal import Vocabulary

/// Amounts, dates and what else is read out of a cell; what is read must come back as it was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  for convention in NumberConvention.allCases { number(bytes, convention) }
  date(bytes)
  spreadsheet(bytes)
  let text = String(decoding: bytes, as: UTF8.self)
  _ = HeaderName.normalised(text)
  _ = FindingText.visible(text)
  _ = Money(canonical: text)
  if let date = CalendarDate(iso: text) { precondition(date.description == text) }
  return 0
}

private func number(_ bytes: [UInt8], _ convention: NumberConvention) {
  guard case .value(let value) = FixedDecimal.parse(bytes.span, convention) else { return }
  let text = Array(value.description.utf8)
  precondition(FixedDecimal.parse(text.span, .us) == .value(value), "a number comes back")
  guard let money = Money(value) else { return }
  precondition(Money(canonical: money.description) == money, "an amount comes back")
  precondition(FixedDecimal(money) == value)
}

private func date(_ bytes: [UInt8]) {
  let written = WrittenDate(bytes.span)
  _ = DateForm(written.shape)
  _ = written.instant(.mdy)
  for order in DateOrder.allCases {
    guard let day = written.day(order) else { continue }
    precondition(CalendarDate(iso: day.description) == day, "a day comes back")
    switch written.shape {
    case .iso(let year, let month, let number), .named(let year, let month, let number):
      precondition(day.components == (year, month, number))
    case .slashed(let first, let second, let year):
      precondition(
        day.components == (year, order == .mdy ? first : second, order == .mdy ? second : first))
    default: break
    }
  }
}

private func spreadsheet(_ bytes: [UInt8]) {
  var text: [UInt8] = []
  SpreadsheetNumber.append(bytes.span, to: &text)
  var again: [UInt8] = []
  SpreadsheetNumber.append(text.span, to: &again)
  precondition(text == again, "a number that was written out stays as it is")
  // An amount that is exact already is not touched.
  if case .value(let value) = FixedDecimal.parse(bytes.span, .us), let money = Money(value) {
    let canonical = Array(money.description.utf8)
    var written: [UInt8] = []
    SpreadsheetNumber.append(canonical.span, to: &written)
    precondition(
      FixedDecimal.parse(written.span, .us) == .value(FixedDecimal(money)), "no cent moves")
  }
}
