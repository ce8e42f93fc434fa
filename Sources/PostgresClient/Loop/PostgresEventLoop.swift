import Glibc
public import Logging
import Synchronization

/// The one thread that touches connections. Share one between the nodes of a process.
public final class PostgresEventLoop: Sendable {
  let inbox: LoopInbox
  private let numbers = Atomic<UInt64>(1)

  /// Starts the thread.
  /// - Throws: ``PostgresError/Code/unavailable`` when the system has no descriptors or threads left.
  public init(logger: Logger) throws(PostgresError) {
    let poller = try Poller()
    inbox = LoopInbox(poller: poller)
    let start = ThreadStart(poller: poller, inbox: inbox, logger: logger)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
        LoopCore(poller: start.poller, inbox: start.inbox, logger: start.logger).run()
        return nil
      }, Unmanaged.passRetained(start).toOpaque())
    guard failure == 0 else { throw PostgresError(.unavailable, "the event loop's thread could not be started") }
    pthread_detach(thread)
  }

  deinit { inbox.send(.stop) }

  /// Ends the thread; connections are closed, callers that wait get ``PostgresError/Code/shutDown``.
  public func stop() { inbox.send(.stop) }

  /// A number that nothing else on this loop has.
  func makeNumber() -> UInt64 { numbers.add(1, ordering: .relaxed).newValue }
}

private final class ThreadStart: Sendable {
  let poller: Poller
  let inbox: LoopInbox
  let logger: Logger

  init(poller: Poller, inbox: LoopInbox, logger: Logger) {
    self.poller = poller
    self.inbox = inbox
    self.logger = logger
  }
}
