internal import Foundation
internal import Synchronization

/// Tells which day it is somewhere at a given moment.
///
/// Who asks for more than a few days is answered from a table of the moments at which the clocks change, so that
/// a million times cost little.
public final class LocalDays: Sendable {
  /// The time zone's name in the time zone database.
  public let name: String
  private let zone: TimeZone
  private let table = Mutex(Table())

  private struct Table {
    var lookUps = 0
    /// The changes, once they were worth the making.
    var changes: [Change]?
  }

  /// After how many look-ups the table is made, which takes some five thousand.
  private static let few = 64

  private struct Change {
    var moment: Int64
    var offset: Int64
  }

  /// The years that the table covers; outside them every moment is looked up by itself.
  private static let covered: Range<Int64> = 946_684_800..<4_102_444_800

  private static let known = Mutex<[String: LocalDays]>([:])

  /// The days of a time zone, with a table that is made once; UTC where the name is none.
  public static func of(timeZone name: String) -> LocalDays {
    known.withLock { known in
      if let days = known[name] { return days }
      let days = LocalDays(timeZone: name)
      known[name] = days
      return days
    }
  }

  private init(timeZone name: String) {
    self.name = name
    zone = TimeZone(identifier: name) ?? TimeZone(secondsFromGMT: 0) ?? .current
  }

  /// The day at a moment, given in seconds since 1970; nil outside the years 1900 to 2199.
  public func day(at moment: Int64) -> CalendarDate? {
    guard (-2_208_988_800..<7_258_118_400).contains(moment) else { return nil }
    let local = moment + offset(at: moment)
    let days = local >= 0 ? local / 86_400 : -((86_399 - local) / 86_400)
    return CalendarDate(daysSince1970: Int32(days))
  }

  private func offset(at moment: Int64) -> Int64 {
    guard LocalDays.covered.contains(moment) else { return lookUp(moment) }
    return table.withLock { table in
      table.lookUps += 1
      if table.changes == nil, table.lookUps <= LocalDays.few { return lookUp(moment) }
      let changes = table.changes ?? changes()
      table.changes = changes
      var (low, high) = (0, changes.count)
      while low < high {
        let middle = (low + high) / 2
        if changes[middle].moment <= moment { low = middle + 1 } else { high = middle }
      }
      return low > 0 ? changes[low - 1].offset : lookUp(moment)
    }
  }

  private func lookUp(_ moment: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment))))
  }

  /// All changes of the clock, found by looking once a week and narrowing down where it differs.
  private func changes() -> [Change] {
    let week: Int64 = 7 * 86_400
    var moment = LocalDays.covered.lowerBound
    var changes = [Change(moment: moment, offset: lookUp(moment))]
    while moment < LocalDays.covered.upperBound {
      let next = moment + week
      let offset = lookUp(next)
      if offset != changes[changes.count - 1].offset {
        var (before, after) = (moment, next)
        while after - before > 1 {
          let middle = (before + after) / 2
          if lookUp(middle) == offset { after = middle } else { before = middle }
        }
        changes.append(Change(moment: after, offset: offset))
      }
      moment = next
    }
    return changes
  }
}
