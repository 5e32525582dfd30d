internal import ArgumentParser
internal import Foundation
internal import Vocabulary

/// The command `loadbooks`.
@main
struct LoadBooks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loadbooks",
    abstract: "Carries what was billed in LoadOps into QuickBooks, and accounts for every cent.",
    discussion: """
      A company folder (loadbooks init DIR) keeps settings, mapping, suppression list and memory.
      Exit codes: 0 done, nothing held; 3 done, some held or refused; 4 not clean; 64 usage; \
      65 input cannot be read; 66 input missing; 69 QuickBooks unavailable; 70 a mistake of ours; \
      73 cannot write; 75 try again; 77 not allowed now; 78 settings, mapping or plan wrong.
      """,
    version: "0.1.0",
    subcommands: [
      Init.self, Inspect.self, Plan.self, Convert.self, Watch.self, Push.self, Accept.self,
      Connect.self, Session.self, Disconnect.self, Pull.self, List.self,
      Suppress.self, Release.self, Adopt.self, Explain.self, Map.self, Runs.self, Undo.self,
      Verify.self, Reconcile.self, LedgerCommand.self,
    ])

  static func main() {
    // A file that grows beyond a limit is an error to be told, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    let code = run(CommandLine.arguments.dropFirst().map { $0 })
    Foundation.exit(code)
  }

  /// Runs a command line and returns its exit code; what it prints goes to ``Surroundings/current``.
  static func run(_ arguments: [String]) -> Int32 {
    let here = Surroundings.current
    defer { here.cleanUp() }
    let code = execute(arguments)
    guard let failure = here.outputFailure else { return code }
    here.tell(failure.description)
    return code == ExitCode.done.rawValue || code == ExitCode.held.rawValue
      ? ExitCode(failure.cause).rawValue : code
  }

  /// The command that a command line begins with, when nothing is wrong with what follows.
  ///
  /// Parsing from the root looks at every option of every command on the way, which is much of a small run; it says
  /// what is wrong, and what is `loadbooks --help`.
  private static func direct(_ arguments: [String]) -> (any ParsableCommand)? {
    guard let name = arguments.first,
      let command = configuration.subcommands.first(where: {
        $0.configuration.commandName == name
      }),
      command.configuration.subcommands.isEmpty
    else { return nil }
    return try? command.parseAsRoot(Array(arguments.dropFirst()))
  }

  private static func execute(_ arguments: [String]) -> Int32 {
    let here = Surroundings.current
    do {
      var command = try direct(arguments) ?? parseAsRoot(arguments)
      try command.run()
      return ExitCode.done.rawValue
    } catch let failure as Failure {
      here.tell(failure.description)
      return ExitCode(failure.cause).rawValue
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code.isSuccess {
        here.print(text)
      } else {
        here.tell(text)
      }
      return code.rawValue
    }
  }
}
