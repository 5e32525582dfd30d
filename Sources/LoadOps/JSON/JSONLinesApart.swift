internal import Vocabulary

/// Where the lines of invoices stand in a JSON file that has them in an array of their own, by invoice
/// number.
///
/// A few bytes are held for each line, not the lines: an invoice's are read where they stand when the
/// invoice is, and keep their places.
struct JSONLinesApart {
  /// A line.
  struct Entry {
    /// The offset of its first byte in the text.
    var offset: UInt64
    /// How many bytes it has.
    var length: UInt32
    /// The line of the file it begins on, from 1.
    var line: UInt32
    /// The next line of the same invoice; -1 for none.
    var next: Int32 = -1
  }

  /// All lines in the order of the file.
  private(set) var entries: [Entry] = []
  private var numbers = ByteInterner()
  /// For each number its first and its last line, and whether an invoice took them.
  private var groups: [(first: Int32, last: Int32, isTaken: Bool)] = []
  /// The number of each line; -1 for a line that says none.
  private var numberOfEntry: [Int32] = []

  /// Adds a line; what says no number belongs to no invoice.
  mutating func add(_ entry: Entry, _ text: [UInt8], _ number: Range<Int>) {
    let position = Int32(entries.count)
    entries.append(entry)
    guard !number.isEmpty else {
      numberOfEntry.append(-1)
      return
    }
    let index = numbers.intern(text.span.extracting(number))
    numberOfEntry.append(Int32(index))
    if index == groups.count {
      groups.append((position, position, false))
    } else {
      entries[Int(groups[index].last)].next = position
      groups[index].last = position
    }
  }

  /// The first line of an invoice, which is thereby taken.
  mutating func take(_ text: [UInt8], _ number: Range<Int>) -> Int? {
    guard let index = numbers.number(of: text.span.extracting(number)) else { return nil }
    groups[index].isTaken = true
    return Int(groups[index].first)
  }

  /// Whether a line begins what no invoice took: the first of its number, or one without a number.
  func isLeftOver(_ position: Int) -> Bool {
    let index = Int(numberOfEntry[position])
    guard index >= 0 else { return true }
    return groups[index].first == position && !groups[index].isTaken
  }

  /// The line that begins at an offset of the text.
  func position(at offset: UInt64) -> Int? {
    var range = 0..<entries.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if entries[middle].offset == offset { return middle }
      range =
        entries[middle].offset < offset
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// A line and those behind it that have the same number.
  func following(_ position: Int) -> [Entry] {
    var found: [Entry] = []
    var next = position
    while next >= 0 {
      found.append(entries[next])
      next = Int(entries[next].next)
    }
    return found
  }
}

extension Record {
  /// Whether an object of JSON is a line that says whose it is, and nothing else about the invoice.
  ///
  /// LoadOps's own lists of income name the customer beside the day of the payment.
  var isLineAlone: Bool {
    func has(_ field: Field) -> Bool { !cell(0, field).isEmpty }
    return isLoneObject && faults.isEmpty && has(.invoiceNumber)
      && (has(.amount) || has(.category)) && !has(.invoiceDate) && !has(.completedOn)
      && !has(.invoiceTotal) && !has(.customerID) && (!has(.customerName) || has(.paidOn))
  }
}
