public import Vocabulary

/// The connection in use: gives access tokens, and refreshes them once, however many ask.
///
/// Two refreshes at the same time can end a connection for good. Within this process they queue here;
/// across processes they queue at the store's lock, and whoever comes second finds the new tokens in the
/// store. New tokens are on disk before they are used.
///
/// One gap cannot be closed from here: once a day the refresh token changes, and when the whole computer
/// stops between Intuit's answer and the disk, nobody has the new one. A mark on disk tells that a renewal
/// was under way, so that at least the reason can be told.
public actor OnlineSession {
  private let store: TokenStore
  private let authority: Authority
  private let clock: any OnlineClock
  private let elsewhere: (@Sendable (Secret) async -> Void)?
  private var connection: OnlineConnection
  private var refreshing: Task<Result<OnlineConnection, Failure>, Never>?

  /// How long before its end an access token counts as used up.
  private static let margin = 300.0

  /// A session of a connection that the store has.
  ///
  /// - Parameters:
  ///   - connection: The connection.
  ///   - store: Where it is kept.
  ///   - authority: Gives new tokens.
  ///   - clock: What time it is.
  ///   - elsewhere: Refreshes in another process, which a kill of this one does not reach: once a day the
  ///     refresh token changes, and whoever dies before the new one is on disk has lost the connection.
  ///     It is told which access token is used up; what it does not do is done here.
  public init(
    _ connection: OnlineConnection, store: TokenStore, authority: Authority,
    clock: any OnlineClock, elsewhere: (@Sendable (Secret) async -> Void)? = nil
  ) {
    self.elsewhere = elsewhere
    self.connection = connection
    self.store = store
    self.authority = authority
    self.clock = clock
  }

  /// The connection as it is now.
  public var current: OnlineConnection { connection }

  /// A valid access token.
  ///
  /// - Parameter used: A token that QuickBooks does not take any more; a different one is wanted.
  /// - Returns: The token.
  /// - Throws: `Failure`: `notAllowed` when somebody has to connect again.
  public func accessToken(insteadOf used: Secret? = nil) async throws(Failure) -> Secret {
    if connection.isDead { throw connection.end }
    let isFresh = connection.tokens.accessEnds - OnlineSession.margin > clock.epoch
    if isFresh, connection.tokens.access != used { return connection.tokens.access }
    let task: Task<Result<OnlineConnection, Failure>, Never>
    if let refreshing {
      task = refreshing
    } else {
      let (known, store, authority, clock) = (connection, store, authority, clock)
      let elsewhere = elsewhere
      task = Task {
        await elsewhere?(used ?? known.tokens.access)
        return await OnlineSession.refreshed(known, used, store, authority, clock)
      }
      refreshing = task
    }
    let result = await task.value
    refreshing = nil
    connection = try result.get()
    if connection.isDead { throw connection.end }
    return connection.tokens.access
  }

  /// Refreshes under the store's lock, unless another process has done it.
  private static func refreshed(
    _ known: OnlineConnection, _ used: Secret?, _ store: TokenStore, _ authority: Authority,
    _ clock: any OnlineClock
  ) async -> Result<OnlineConnection, Failure> {
    do throws(Failure) {
      let connection = try await store.locked(clock) { () async throws(Failure) in
        guard var newest = try store.load() else { throw known.end }
        guard newest.realm == known.realm else {
          throw Failure(
            .notAllowed, "the folder was connected to another QuickBooks company meanwhile",
            remedy: "see which with: loadbooks session")
        }
        let isFresh = newest.tokens.accessEnds - OnlineSession.margin > clock.epoch
        if newest.isDead || isFresh && newest.tokens.access != (used ?? known.tokens.access) {
          return newest
        }
        let wasCutOff = try store.beginRenewal()
        switch try await authority.refresh(newest.tokens, newest.endpoints) {
        case .tokens(let tokens): newest.tokens = tokens
        case .dead: (newest.isDead, newest.wasCutOff) = (true, wasCutOff)
        }
        try store.save(newest)
        store.endRenewal()
        return newest
      }
      return .success(connection)
    } catch {
      return .failure(error)
    }
  }
}
