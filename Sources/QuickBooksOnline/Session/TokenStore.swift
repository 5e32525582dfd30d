internal import Crypto
internal import Foundation
public import Vocabulary

/// Keeps a company's connection: encrypted, whole or not at all, and changed by one process at a time.
public struct TokenStore: Sendable {
  /// The file.
  public let path: String
  private let folder: String
  private let environment: [String: String]
  private static let format = "loadbooks-credentials"

  /// The store in a private folder, such as `.loadbooks` of a company.
  ///
  /// - Parameters:
  ///   - folder: The folder; it is made when it is missing, for its owner only.
  ///   - environment: Where the passphrase and the keyring are looked for.
  public init(folder: String, environment: [String: String]) {
    self.folder = folder
    self.environment = environment
    path = folder + "/credentials.json"
  }

  private var key: CredentialKey { CredentialKey(folder: folder, environment: environment) }

  /// The connection; nil when there is none.
  ///
  /// - Throws: `Failure` with cause `notAllowed` when it cannot be unlocked.
  public func load() throws(Failure) -> OnlineConnection? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    try PrivateFile.check(path)
    guard let file = try? JSONDecoder().decode(LockedFile.self, from: data),
      file.format == TokenStore.format, file.version == 1,
      let place = CredentialKey.Place(rawValue: file.key)
    else {
      throw Failure(
        .notAllowed, "\(path) is damaged or of a newer version",
        remedy: "connect again with: loadbooks connect --replace")
    }
    let key = try key.key(place, salt: [UInt8](file.salt), label: file.label, making: false)
    guard let box = try? AES.GCM.SealedBox(combined: file.sealed),
      let opened = try? AES.GCM.open(box, using: key, authenticating: file.authenticated),
      let stored = try? JSONDecoder().decode(StoredConnection.self, from: opened)
    else {
      throw Failure(
        .notAllowed, "\(path) cannot be unlocked with this key",
        remedy: place == .passphrase
          ? "check \(CredentialKey.passphraseVariable)"
          : "connect again with: loadbooks connect --replace")
    }
    return stored.connection
  }

  /// Keeps a connection in place of the one that is there, if any.
  ///
  /// When it returns, the disk has it.
  ///
  /// - Parameters:
  ///   - connection: The connection.
  ///   - keepingLock: Whether it is locked as the one that is there. A new connection is locked with the
  ///     best that there is now, such as a passphrase that was not given before.
  /// - Throws: `Failure` with cause `cannotWrite` or `notAllowed`.
  public func save(_ connection: OnlineConnection, keepingLock: Bool = true) throws(Failure) {
    PrivateFile.clear(path)
    // A renewal of another connection that was cut off says nothing about a new one.
    if !keepingLock { endRenewal() }
    var file = LockedFile()
    if keepingLock, let data = FileManager.default.contents(atPath: path),
      let old = try? JSONDecoder().decode(LockedFile.self, from: data)
    {
      (file.key, file.salt, file.label) = (old.key, old.salt, old.label)
    } else {
      file.key = key.choose().rawValue
      file.salt = Data((0..<16).map { _ in UInt8.random(in: 0...255) })
      file.label = UUID().uuidString.lowercased()
    }
    guard let place = CredentialKey.Place(rawValue: file.key) else { return }
    let key = try key.key(place, salt: [UInt8](file.salt), label: file.label, making: true)
    guard let plain = try? JSONEncoder().encode(StoredConnection(connection)),
      let sealed = try? AES.GCM.seal(plain, using: key, authenticating: file.authenticated),
      let combined = sealed.combined
    else {
      throw Failure(.ownBug, "the connection cannot be encrypted", remedy: "please report this")
    }
    file.sealed = combined
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let data = try? encoder.encode(file) else { return }
    try PrivateFile.write(String(decoding: data, as: UTF8.self) + "\n", to: path)
  }

  // MARK: - Renewals

  private var renewalPath: String { folder + "/credentials.renewal" }

  /// Notes on disk that tokens are being renewed.
  ///
  /// - Returns: Whether that was noted before, and never came to its end.
  /// - Throws: `Failure` with cause `cannotWrite`.
  func beginRenewal() throws(Failure) -> Bool {
    guard access(renewalPath, F_OK) != 0 else { return true }
    try PrivateFile.write("", to: renewalPath)
    return false
  }

  /// The new tokens are on disk, or it is known that there are none.
  func endRenewal() { unlink(renewalPath) }

  /// Forgets the connection and its key.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  public func remove() throws(Failure) {
    PrivateFile.clear(path)
    if let data = FileManager.default.contents(atPath: path),
      let file = try? JSONDecoder().decode(LockedFile.self, from: data),
      file.key == CredentialKey.Place.keyring.rawValue
    {
      Keyring(environment: environment)?.clear(file.label)
    }
    for path in [path, folder + "/credentials.key", renewalPath]
    where unlink(path) != 0 && errno != ENOENT {
      throw Failure.cannotWrite("cannot remove \(path)", errno)
    }
  }

  /// Where the key is kept, for people; nil when there is no connection.
  public func keyPlace() -> String? {
    guard let data = FileManager.default.contents(atPath: path),
      let file = try? JSONDecoder().decode(LockedFile.self, from: data)
    else { return nil }
    switch CredentialKey.Place(rawValue: file.key) {
    case .keyring: return "the system keyring"
    case .passphrase: return "a passphrase (\(CredentialKey.passphraseVariable))"
    case .file: return "the file credentials.key, which only its owner may read"
    case nil: return nil
    }
  }

  /// Does something while no other process changes the connection.
  ///
  /// - Throws: `Failure` with cause `tryAgain` when another process does not come to an end.
  public func locked<Value>(
    _ clock: any OnlineClock, _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    if mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw Failure.cannotWrite("cannot make \(folder)", errno)
    }
    let lock = folder + "/credentials.lock"
    let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot open \(lock)", errno) }
    defer { close(descriptor) }
    let start = clock.now
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw Failure.cannotWrite("cannot lock \(lock)", errno)
      }
      guard clock.now - start < .seconds(200) else {
        throw Failure(
          .tryAgain, "another program is using the connection and does not come to an end",
          remedy: "look for a loadbooks that hangs, and try again")
      }
      await clock.sleep(.milliseconds(50))
    }
    return try await body()
  }
}

/// The file as it is on disk.
private struct LockedFile: Codable {
  var format = "loadbooks-credentials"
  var version = 1
  var key = ""
  var label = ""
  var salt = Data()
  var sealed = Data()

  /// What cannot be changed without the key noticing it.
  var authenticated: Data { Data("\(format) \(version) \(key) \(label)".utf8) }
}

/// What is inside, in the clear only while it is read or written.
private struct StoredConnection: Codable {
  var realm: String
  var companyName: String
  var displayName: String
  var connectedAt: String
  var api: String
  var authorization: String
  var token: String
  var revocation: String
  var access: String
  var refresh: String
  var accessEnds: Double
  var refreshEnds: Double
  var grantEnds: Double?
  var isDead: Bool
  var wasCutOff: Bool?

  init(_ connection: OnlineConnection) {
    realm = connection.realm
    companyName = connection.companyName
    displayName = connection.displayName
    connectedAt = connection.connectedAt
    api = connection.endpoints.api
    authorization = connection.endpoints.authorization
    token = connection.endpoints.token
    revocation = connection.endpoints.revocation
    access = connection.tokens.access.reveal()
    refresh = connection.tokens.refresh.reveal()
    accessEnds = connection.tokens.accessEnds
    refreshEnds = connection.tokens.refreshEnds
    grantEnds = connection.tokens.grantEnds
    isDead = connection.isDead
    wasCutOff = connection.wasCutOff
  }

  var connection: OnlineConnection {
    var connection = OnlineConnection(
      realm: realm, companyName: companyName, displayName: displayName, connectedAt: connectedAt,
      endpoints: OnlineEndpoints(
        api: api, authorization: authorization, token: token, revocation: revocation),
      tokens: OnlineTokens(
        access: Secret(access), refresh: Secret(refresh), accessEnds: accessEnds,
        refreshEnds: refreshEnds, grantEnds: grantEnds))
    connection.isDead = isDead
    connection.wasCutOff = wasCutOff ?? false
    return connection
  }
}
