import ArgumentParser
import Foundation
import QuickBooksSandbox

/// `quickbooks-sandbox`: a QuickBooks Online for one machine, to try and to test against.
@main
struct QuickBooksSandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quickbooks-sandbox",
    abstract: "Stands in for QuickBooks Online on this machine.",
    discussion: """
      Listens on 127.0.0.1 only and speaks the accounting API, the authorisation page and the token \
      endpoints. Every fault and rule is a knob: --knob NAME=VALUE, or POST /sandbox/knobs while it \
      runs. The state folder survives a restart and a kill.
      """)

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port = 8470

  @Option(help: "The folder that keeps the books; without it they are gone at the end.")
  var state: String?

  @Option(help: "Sets a knob or a fault's probability, as in commit-then-drop=0.05 (repeatable).")
  var knob: [String] = []

  @Option(help: "The seed of the faults by chance; printed at the start.")
  var seed: UInt64?

  @Option(help: "How fast the sandbox's clock runs; 0 lets it stand still.")
  var clockFactor = 1.0

  @Option(help: "A registered redirect address (repeatable); without any, this machine's are.")
  var redirect: [String] = []

  @Option(help: "The id of the registered app.")
  var clientID = SandboxOptions().clientIdentifier

  @Option(help: "The secret of the registered app.")
  var clientSecret = SandboxOptions().clientSecret

  @Option(help: "Writes the address to this file once the sandbox answers.")
  var addressFile: String?

  @Flag(help: "Shows all knobs and faults and ends.")
  var listKnobs = false

  func run() async throws {
    if listKnobs {
      Self.say(Self.knobList, to: .standardOutput)
      return
    }
    let sandbox: Sandbox
    do {
      sandbox = try await Sandbox.start(try options())
    } catch let failure as SandboxFailure {
      throw Self.stop("\(failure)", remedy: failure.remedy)
    } catch let refusal as KnobRefusal {
      throw Self.stop("\(refusal)", remedy: "quickbooks-sandbox --list-knobs shows them all")
    }
    Self.say(
      """
      QuickBooks sandbox
        address      \(sandbox.baseURL)
        discovery    \(sandbox.discoveryURL)
        company      \(Sandbox.realm)   another: \(Sandbox.otherRealm)
        client       \(clientID) / \(clientSecret)
        controls     \(sandbox.baseURL)/sandbox
        state        \(state ?? "in memory")
        seed         \(sandbox.seed)
      Press Ctrl-C to end.
      """, to: .standardOutput)
    if let addressFile {
      try Data((sandbox.baseURL + "\n").utf8).write(
        to: URL(filePath: addressFile), options: .atomic)
    }
    try await sandbox.run()
  }

  private func options() throws -> SandboxOptions {
    var options = SandboxOptions()
    options.folder = state.map { URL(filePath: $0, directoryHint: .isDirectory) }
    options.port = port
    options.seed = seed
    options.clockFactor = clockFactor
    options.redirects = redirect
    options.clientIdentifier = clientID
    options.clientSecret = clientSecret
    for setting in knob {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw Self.stop("--knob takes NAME=VALUE, not \"\(setting)\"", remedy: "add the value")
      }
      try options.knobs.set(parts[0], to: parts[1])
    }
    return options
  }

  private static var knobList: String {
    let knobs = Knob.allCases.map { knob in
      "  \(padded(knob.rawValue)) \(padded(knob.initial, 13)) \(knob.summary)"
        + " (\(knob.values))"
    }
    let faults = InjectedFault.allCases.map { "  \(padded($0.rawValue)) \($0.summary)" }
    return "Knobs: name, value at the start, what it does\n" + knobs.joined(separator: "\n")
      + "\n\nFaults: a probability from 0 to 1 for each\n" + faults.joined(separator: "\n")
  }

  /// Writes at once, also into a pipe: whoever started the sandbox waits for the address.
  private static func say(_ text: String, to handle: FileHandle) {
    handle.write(Data((text + "\n").utf8))
  }

  /// Tells what is wrong and what to do, and gives the exit code for a wrong use.
  private static func stop(_ reason: String, remedy: String) -> ExitCode {
    say("error: \(reason)\n  remedy: \(remedy)", to: .standardError)
    return ExitCode(64)
  }

  private static func padded(_ text: String, _ width: Int = 28) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
