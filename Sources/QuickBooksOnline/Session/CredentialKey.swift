internal import Crypto
internal import CryptoExtras
internal import Foundation
internal import Vocabulary

/// The key that a credentials file is locked with, and where it is kept.
///
/// The system keyring when there is one, else a passphrase from the environment, else a key file that
/// only its owner may read. The last keeps tokens out of backups of single files and out of sight, not
/// from whoever can read the whole folder; the README says so.
struct CredentialKey {
  /// Where a key is kept; raw values stand in credentials files and therefore never change.
  enum Place: String {
    case keyring
    case passphrase
    case file
  }

  static let passphraseVariable = "LOADBOOKS_PASSPHRASE"

  let folder: String
  let environment: [String: String]

  private var keyPath: String { folder + "/credentials.key" }

  /// The best place there is for a new key.
  func choose() -> Place {
    if environment[CredentialKey.passphraseVariable]?.isEmpty == false { return .passphrase }
    return Keyring(environment: environment) != nil ? .keyring : .file
  }

  /// The key; made when there is none and it may be.
  func key(_ place: Place, salt: [UInt8], label: String, making: Bool) throws(Failure)
    -> SymmetricKey
  {
    switch place {
    case .passphrase: return try derived(salt)
    case .file: return try fromFile(making: making)
    case .keyring: return try fromKeyring(label, making: making)
    }
  }

  private func derived(_ salt: [UInt8]) throws(Failure) -> SymmetricKey {
    guard let passphrase = environment[CredentialKey.passphraseVariable], !passphrase.isEmpty else {
      throw Failure(
        .notAllowed, "the connection is locked with a passphrase",
        remedy: "set \(CredentialKey.passphraseVariable) as it was when you connected")
    }
    do {
      return try KDF.Scrypt.deriveKey(
        from: Array(passphrase.utf8), salt: salt, outputByteCount: 32, rounds: 1 << 14,
        blockSize: 8, parallelism: 1)
    } catch {
      throw Failure(
        .ownBug, "no key could be derived from the passphrase", remedy: "please report this")
    }
  }

  private func fromFile(making: Bool) throws(Failure) -> SymmetricKey {
    if let text = FileManager.default.contents(atPath: keyPath),
      let data = Data(base64Encoded: String(decoding: text, as: UTF8.self).trimmed),
      data.count == 32
    {
      try PrivateFile.check(keyPath)
      return SymmetricKey(data: data)
    }
    guard making else {
      throw Failure(
        .notAllowed, "the key file \(keyPath) is missing or damaged",
        remedy: "put it back, or connect again with: loadbooks connect --replace")
    }
    let key = SymmetricKey(size: .bits256)
    try PrivateFile.write(
      key.withUnsafeBytes { Data($0).base64EncodedString() } + "\n", to: keyPath)
    return key
  }

  private func fromKeyring(_ label: String, making: Bool) throws(Failure) -> SymmetricKey {
    guard let keyring = Keyring(environment: environment) else {
      throw Failure(
        .notAllowed, "the connection is locked with the system keyring, which is not there now",
        remedy: "log in to the desktop, or connect again with: loadbooks connect --replace")
    }
    if let text = keyring.lookUp(label), let data = Data(base64Encoded: text), data.count == 32 {
      return SymmetricKey(data: data)
    }
    guard making else {
      throw Failure(
        .notAllowed, "the system keyring has no key for this connection any more",
        remedy: "unlock the keyring, or connect again with: loadbooks connect --replace")
    }
    let key = SymmetricKey(size: .bits256)
    guard keyring.store(key.withUnsafeBytes { Data($0).base64EncodedString() }, label) else {
      throw Failure(
        .notAllowed, "the system keyring does not take the key",
        remedy: "unlock the keyring, or set \(CredentialKey.passphraseVariable)")
    }
    return key
  }
}

/// The desktop's keyring, by the program `secret-tool`.
struct Keyring {
  private let program: String
  private let environment: [String: String]

  /// The keyring; nil when there is none, or nobody is logged in to a desktop.
  init?(environment: [String: String]) {
    guard environment["DBUS_SESSION_BUS_ADDRESS"]?.isEmpty == false else { return nil }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    guard
      let program = folders.map({ $0 + "/secret-tool" }).first(where: {
        FileManager.default.isExecutableFile(atPath: $0)
      })
    else { return nil }
    self.program = program
    self.environment = environment
  }

  func lookUp(_ label: String) -> String? {
    run(["lookup", "application", "loadbooks", "connection", label], input: nil)?.trimmed
  }

  /// The key goes through standard input: arguments can be seen by everybody on the machine.
  func store(_ key: String, _ label: String) -> Bool {
    run(
      [
        "store", "--label", "LoadBooks: QuickBooks Online", "application", "loadbooks",
        "connection", label,
      ], input: key) != nil
  }

  func clear(_ label: String) {
    _ = run(["clear", "application", "loadbooks", "connection", label], input: nil)
  }

  private func run(_ arguments: [String], input: String?) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // The passphrase and the keys of the app are none of its business.
    process.environment = environment.filter { !$0.key.hasPrefix("LOADBOOKS_") }
    let (output, source) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = source
    do { try process.run() } catch { return nil }
    if let input { try? source.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try? source.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}

extension String {
  /// The text without blanks and line ends around it.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
