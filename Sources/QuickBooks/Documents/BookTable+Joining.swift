internal import Vocabulary

/// Joins what several files tell of one document.
extension BookTable {
  /// How many contradictions are told of each file; the first ones show what is wrong.
  private static let contradictionLimit = 20

  /// How much two rows must have in common to tell the same document.
  private enum Likeness {
    /// Everything that both of them tell, but for what is due and open.
    case exact
    /// Everything but the total.
    case butForTotal
  }

  /// What documents without a number are found by.
  private struct BlankKey: Hashable {
    var kind: SalesDocument.Kind
    var customer: Int32
    var date: Int32
  }

  /// Joins: the first row counts, the others add what it lacks; where they say something else, that is a fault.
  ///
  /// What stands twice in a file is there twice, so one row of a file joins at most one row of another. To
  /// know the last file that joined a row is enough, because the rows of a file stand together.
  ///
  /// - Parameter index: Finds documents by their numbers.
  mutating func join(_ index: BookIndex) {
    let names = foldedCustomers()
    let blanks = documentsWithoutNumber(names)
    var joinedBy = Array(repeating: Int32(-1), count: count)
    var contradictions = Array(repeating: 0, count: files.count)
    for (file, start) in firsts.enumerated() where file > 0 {
      let end = file + 1 < firsts.count ? firsts[file + 1] : count
      for likeness in [Likeness.exact, .butForTotal] {
        for document in start..<end where !marks[document].contains(.told) {
          let candidates = candidates(document, index, names, blanks)
          guard
            let first = candidates.first(where: {
              $0 < start && joinedBy[$0] != Int32(file) && !marks[$0].contains(.told)
                && !(files[file].form.tellsDoubles && files[self.file($0)].form.tellsDoubles)
                && mayBeSame($0, document, likeness, names)
            })
          else { continue }
          joinedBy[first] = Int32(file)
          marks[document].insert(.told)
          joined += 1
          let words = said(first).differences(from: said(document))
          if !words.isEmpty {
            marks[first].insert(.contradicted)
            contradictions[file] += 1
            if contradictions[file] <= BookTable.contradictionLimit {
              tell(words, first, in: file, at: location(document))
            }
          }
          add(document, to: first)
        }
      }
    }
    for (file, count) in contradictions.enumerated() where count > BookTable.contradictionLimit {
      files[file].faults.append(
        BookFile.Fault(
          "and \(count - BookTable.contradictionLimit) more documents of which another file says "
            + "something else", remedy: "export both again, one right after the other",
          location: SourceLocation(file: files[file].name, line: 1, sheet: files[file].sheet)))
    }
  }

  /// The documents with the number of a document, or its customer and day where it has none.
  private func candidates(
    _ document: Int, _ index: BookIndex, _ names: [Int32], _ blanks: [BlankKey: [Int]]
  ) -> some Sequence<Int> {
    var next = hasNumber(document) ? index.first(hashes[document], in: self) : -1
    let blank = hasNumber(document) ? nil : key(document, names).flatMap { blanks[$0] }
    var place = 0
    return AnyIterator {
      if let blank {
        guard place < blank.count else { return nil }
        defer { place += 1 }
        return blank[place]
      }
      guard next >= 0 else { return nil }
      defer { next = index.next(next) }
      return next
    }
  }

  private func key(_ document: Int, _ names: [Int32]) -> BlankKey? {
    guard customers[document] >= 0, dates[document] != BookTable.noDate else { return nil }
    return BlankKey(
      kind: kind(document), customer: names[Int(customers[document])], date: dates[document])
  }

  private func documentsWithoutNumber(_ names: [Int32]) -> [BlankKey: [Int]] {
    var documents: [BlankKey: [Int]] = [:]
    for document in 0..<count where !hasNumber(document) {
      if let key = key(document, names) { documents[key, default: []].append(document) }
    }
    return documents
  }

  /// One number for all spellings of a customer: files for QuickBooks have no accents.
  private func foldedCustomers() -> [Int32] {
    let names = DesktopNames(.iifASCII)
    var numbers: [String: Int32] = [:]
    return (0..<customerCount).map { customer in
      let name = names.path(customerName(customer))
      if let number = numbers[name] { return number }
      numbers[name] = Int32(customer)
      return Int32(customer)
    }
  }

  private func mayBeSame(
    _ left: Int, _ right: Int, _ likeness: Likeness, _ names: [Int32]
  ) -> Bool {
    func agree<Value: Equatable>(_ column: [Value], _ nothing: Value) -> Bool {
      column[left] == column[right] || column[left] == nothing || column[right] == nothing
    }
    guard kind(left) == kind(right), agree(dates, BookTable.noDate) else { return false }
    if customers[left] >= 0, customers[right] >= 0,
      names[Int(customers[left])] != names[Int(customers[right])]
    {
      return false
    }
    guard hasNumber(left) else {
      // Without a number only an amount can show that they are one.
      let (one, other) = (total(left) ?? balance(left), total(right) ?? balance(right))
      if let first = total(left), let second = total(right) { return first == second }
      if let first = balance(left), let second = balance(right) { return first == second }
      return likeness == .exact && one != nil && one == other
    }
    guard haveSameNumber(left, right) else { return false }
    return likeness == .exact ? agree(totals, BookTable.noAmount) : true
  }

  /// Adds to a document what another row tells of it.
  private mutating func add(_ other: Int, to first: Int) {
    if totals[first] == BookTable.noAmount, totals[other] != BookTable.noAmount {
      totals[first] = totals[other]
      if !marks[other].contains(.amountUnreadable) { marks[first].remove(.amountUnreadable) }
    }
    if dates[first] == BookTable.noDate, dates[other] != BookTable.noDate {
      dates[first] = dates[other]
      if !marks[other].contains(.dateUnreadable) { marks[first].remove(.dateUnreadable) }
    }
    if customers[first] < 0 { customers[first] = customers[other] }
    if !balances.isEmpty, balances[first] == BookTable.noAmount {
      balances[first] = balances[other]
    }
    if !dueDates.isEmpty, dueDates[first] == BookTable.noDate { dueDates[first] = dueDates[other] }
    marks[first].formUnion(marks[other].intersection([.voided, .pending]))
  }

  // MARK: - Contradictions

  /// What a row says of a document.
  private struct Said {
    var date: CalendarDate?
    var dueDate: CalendarDate?
    var total: Money?
    var balance: Money?

    /// What both of them say, where it is not the same.
    func differences(from other: Said) -> [String] {
      var words: [String] = []
      func add<Value: Equatable>(
        _ name: String, _ mine: Value?, _ theirs: Value?, _ text: (Value) -> String
      ) {
        guard let mine, let theirs, mine != theirs else { return }
        words.append("\(name) \(text(mine)) and \(text(theirs))")
      }
      add("date", date, other.date, \.description)
      add("due date", dueDate, other.dueDate, \.description)
      add("total", total, other.total, \.grouped)
      add("open", balance, other.balance, \.grouped)
      return words
    }
  }

  private func said(_ document: Int) -> Said {
    Said(
      date: date(document), dueDate: dueDate(document), total: total(document),
      balance: balance(document))
  }

  /// Takes what another answer says of a document that was met before.
  mutating func meetAgain(_ first: Int, _ document: Document) {
    let again = Said(
      date: document.date, dueDate: document.dueDate, total: document.total,
      balance: document.balance)
    joined += 1
    let words = said(first).differences(from: again)
    guard !words.isEmpty else { return }
    marks[first].insert(.contradicted)
    let file = files.count - 1
    guard files[file].faults.count < BookTable.contradictionLimit else { return }
    tell(words, first, in: file, at: SourceLocation(file: files[file].name, line: document.line))
  }

  private mutating func tell(
    _ words: [String], _ first: Int, in file: Int, at place: SourceLocation
  ) {
    let name = hasNumber(first) ? number(first) : "a document without number"
    let isOneFile = location(first).file == place.file && files[file].sheet == nil
    files[file].faults.append(
      BookFile.Fault(
        (isOneFile ? "the file says" : "two files say")
          + " different things about \(name): \(words.joined(separator: ", ")), in "
          + "\(location(first)) and here",
        remedy: "export both again, one right after the other, so that they agree", location: place)
    )
  }
}
