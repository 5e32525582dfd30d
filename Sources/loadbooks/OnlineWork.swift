internal import Dispatch
internal import Foundation
internal import Sync
internal import QuickBooksOnline
internal import Synchronization
internal import Vocabulary

/// Lets commands, which run to their end one after the other, wait for what happens at the same time.
enum Waiting {
  /// A thread for the work that somebody waits for.
  ///
  /// Whoever waits may hold one of the few threads that all tasks share, and so may others who wait: work that
  /// needed one of those would never begin.
  private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "loadbooks.waiting")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  /// Runs asynchronous work and waits for it.
  static func wait<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result = Mutex<Result<Value, Failure>?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = OwnThread()
    defer { withExtendedLifetime(thread) {} }
    Task(executorPreference: thread) {
      let value: Result<Value, Failure>
      do throws(Failure) { value = .success(try await body()) } catch { value = .failure(error) }
      result.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    guard let value = result.withLock({ $0 }) else {
      throw Failure(.ownBug, "work ended without a result", remedy: "please report this")
    }
    return try value.get()
  }
}

/// What online commands are made of, and what tests put in their place.
struct OnlineWork: Sendable {
  /// Carries requests in tests; nil for real ones.
  @TaskLocal static var transport: (any OnlineTransport)?
  /// The clock in tests.
  @TaskLocal static var clock: any OnlineClock = SystemClock()
  /// The environment.
  @TaskLocal static var environment = ProcessInfo.processInfo.environment

  /// Does something with a company's QuickBooks Online, and closes the connections after it.
  static func with<Value: Sendable>(
    _ folder: CompanyFolder, _ settings: Settings,
    _ body: @escaping @Sendable (OnlineCompany) async throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let (given, clock, environment) = (Self.transport, Self.clock, Self.environment)
    return try Waiting.wait { () async throws(Failure) in
      let real = given == nil ? HTTPTransport() : nil
      guard let transport = given ?? real else {
        throw Failure(.ownBug, "there is no transport", remedy: "please report this")
      }
      let company = OnlineCompany(
        folder, settings: settings, environment: environment, transport: transport, clock: clock,
        elsewhere: real == nil ? nil : RefreshProcess(folder, settings, environment)?.run)
      do throws(Failure) {
        let value = try await body(company)
        await real?.shutdown()
        return value
      } catch {
        await real?.shutdown()
        throw error
      }
    }
  }
}

/// Notices Ctrl-C while something is sent: the first one says stop, the second ends the program.
final class Interruption {
  private let source: any DispatchSourceSignal

  init(_ stop: PushStop) {
    signal(SIGINT, SIG_IGN)
    let here = Surroundings.current
    source = DispatchSource.makeSignalSource(
      signal: SIGINT, queue: DispatchQueue(label: "interruption"))
    source.setEventHandler {
      if stop.isStopped { Foundation.exit(130) }
      stop.stop()
      here.tell("stopping: waiting for what has left already; Ctrl-C again ends at once")
    }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }
}

extension Surroundings {
  /// A time since 1970 as a day, for people.
  static func day(_ epoch: Double) -> String {
    String(timestamp(Date(timeIntervalSince1970: epoch)).prefix(10))
  }
}
