internal import Foundation
internal import QuickBooksOnline
internal import Sync
internal import Vocabulary

/// Renews the tokens of a connection in a process of its own, so that a kill of this one cannot fall
/// between QuickBooks' answer and the disk.
struct RefreshProcess: Sendable {
  /// Says to a process that it is such a one, and which access token is used up, by its sum.
  private static let variable = "LOADBOOKS_REFRESHING"

  private let folder: String
  private let api: String
  private let environment: [String: String]

  /// Nil inside such a process.
  init?(_ folder: CompanyFolder, _ settings: Settings, _ environment: [String: String]) {
    guard !RefreshProcess.isThis(environment) else { return nil }
    self.folder = folder.path
    api = settings.online.api
    self.environment = environment
  }

  /// Whether this process is there for nothing but that.
  static func isThis(_ environment: [String: String]) -> Bool { environment[variable] != nil }

  /// The access token of a connection, when it is the one that is used up.
  static func usedUp(_ connection: OnlineConnection, _ environment: [String: String]) -> Secret? {
    let token = connection.tokens.access
    return environment[variable] == sum(token) ? token : nil
  }

  private static func sum(_ token: Secret) -> String {
    Fingerprint(of: token.reveal()).hex
  }

  /// Starts `loadbooks session` and waits for its end; what it could not do is done by whoever waits.
  @Sendable func run(_ usedUp: Secret) async {
    guard let program = Bundle.main.executablePath else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["session", "--company", folder, "--set", "online.api=\(api)"]
    process.environment = environment.merging([RefreshProcess.variable: RefreshProcess.sum(usedUp)])
    { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume()
      }
    }
  }
}
