import Foundation
import Synchronization

/// The sandbox's time: it can run faster than the wall's and can be moved forward by hand.
///
/// Tokens expire, limits refill and invoices take their service time on this clock, so a year of
/// connection or an hour of pushing can be had in seconds.
public final class SandboxClock: Sendable {
  private struct State {
    var start: Double
    var begun: ContinuousClock.Instant
    var factor: Double
    var isStopped = false
  }

  private let state: Mutex<State>

  /// A clock that starts at an instant and runs `factor` times as fast as the wall's.
  ///
  /// With a factor of zero time stands still and only moves by ``advance(by:)``.
  public init(startingAt start: Double? = nil, factor: Double = 1) {
    let start = start ?? Date().timeIntervalSince1970
    state = Mutex(State(start: start, begun: .now, factor: max(0, factor)))
  }

  /// Seconds since 1970 on this clock.
  public var now: Double { state.withLock { Self.now($0) } }

  /// How many of this clock's seconds pass in one second of the wall's.
  public var factor: Double {
    get { state.withLock { $0.factor } }
    set {
      state.withLock {
        $0.start = Self.now($0)
        $0.begun = .now
        $0.factor = max(0, newValue)
      }
    }
  }

  /// Moves the clock forward; whoever sleeps on it wakes when its instant has passed.
  public func advance(by seconds: Double) { state.withLock { $0.start += max(0, seconds) } }

  /// Waits until this many of the clock's seconds have passed.
  ///
  /// The wait ends early when the task is cancelled or the sandbox stops.
  public func sleep(_ seconds: Double) async {
    let end = now + seconds
    while !Task.isCancelled {
      let (left, factor, isStopped) = state.withLock {
        (end - Self.now($0), $0.factor, $0.isStopped)
      }
      guard left > 0, !isStopped else { return }
      let wait = factor > 0 ? min(left / factor, 0.05) : 0.005
      try? await Task.sleep(for: .seconds(max(wait, 0.000_2)))
    }
  }

  /// Wakes everybody who sleeps, now and from now on.
  func stop() { state.withLock { $0.isStopped = true } }

  private static func now(_ state: State) -> Double {
    let passed = ContinuousClock.now - state.begun
    let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
    return state.start + seconds * state.factor
  }
}

/// Dates and times as the service writes them: US Pacific, with the offset.
enum ServiceTime {
  private static let pacific = TimeZone(identifier: "America/Los_Angeles")

  /// An instant as `2026-10-02T08:15:04.211-07:00`.
  static func text(_ instant: Double, milliseconds: Bool = true) -> String {
    let thousandths = Int((instant * 1000).rounded(.down))
    let offset = offset(at: instant)
    let local = thousandths / 1000 + offset
    let (day, second) = local.quotientAndRemainder(dividingBy: 86_400)
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }
    let fraction = milliseconds ? "." + padded(thousandths % 1000, 3) : ""
    let zone =
      (offset < 0 ? "-" : "+") + padded(abs(offset) / 3600, 2) + ":"
      + padded(abs(offset) / 60 % 60, 2)
    return day.civilDate + "T" + clock.joined(separator: ":") + fraction + zone
  }

  /// The service's day at an instant, as `2026-10-02`.
  static func day(_ instant: Double) -> String {
    ((Int(instant) + offset(at: instant)) / 86_400).civilDate
  }

  /// The instant a written time means, or nil when it is none; a bare day is its first second.
  static func instant(_ text: String) -> Double? {
    let parts = text.split(separator: "T", maxSplits: 1)
    guard let first = parts.first, let day = civilDay(String(first)) else { return nil }
    let midnight = Double(day * 86_400)
    guard parts.count == 2 else { return midnight - Double(offset(at: midnight)) }
    var clock = parts[1]
    var zone: Double?
    if clock.hasSuffix("Z") {
      clock = clock.dropLast()
      zone = 0
    } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let digits = clock[sign...].dropFirst().split(separator: ":").compactMap { Double($0) }
      guard digits.count == 2 else { return nil }
      zone = (digits[0] * 3600 + digits[1] * 60) * (clock[sign] == "-" ? -1 : 1)
      clock = clock[..<sign]
    }
    let digits = clock.split(separator: ":").compactMap { Double($0) }
    guard digits.count >= 2 else { return nil }
    let local = midnight + digits[0] * 3600 + digits[1] * 60 + (digits.count > 2 ? digits[2] : 0)
    return local - (zone ?? Double(offset(at: local)))
  }

  /// The number of a day written as `2026-10-02`, or nil when there is no such day.
  static func civilDay(_ text: String) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, parts[0].count == 4, parts[1].count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let number = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    return number.civilDate == text ? number : nil
  }

  private static func offset(at instant: Double) -> Int {
    pacific?.secondsFromGMT(for: Date(timeIntervalSince1970: instant)) ?? -8 * 3600
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int {
  /// The day with this number (days since 1970), as `2026-10-02`.
  var civilDate: String {
    let shifted = self + 719_468
    let era = shifted / 146_097
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let step = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * step + 2) / 5 + 1
    let month = step < 10 ? step + 3 : step - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return String(repeating: "0", count: Swift.max(0, 4 - "\(year)".count)) + "\(year)-"
      + two(month) + "-" + two(day)
  }
}
