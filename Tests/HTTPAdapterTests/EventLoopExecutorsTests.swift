import NIOPosix
import Testing

@testable import HTTPAdapter

@Suite("Executors of event loops", .timeLimit(.minutes(1)))
struct EventLoopExecutorsTests {
  private let executors = EventLoopExecutors()

  @Test("A task sleeps for as long as it wants, on an event loop and elsewhere, and goes on where it was")
  func sleeping() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    try await withTaskExecutorPreference(executors.executor(of: loop)) {
      let start = ContinuousClock.now
      try await executors.sleep(for: .milliseconds(20))
      #expect(ContinuousClock.now - start >= .milliseconds(20))
      #expect(MultiThreadedEventLoopGroup.currentEventLoop === loop)
    }
    let start = ContinuousClock.now
    try await executors.sleep(for: .milliseconds(20))
    #expect(ContinuousClock.now - start >= .milliseconds(20))
  }

  @Test("A sleep ends with its task, before it has begun, while it lasts, and elsewhere", arguments: [true, false])
  func cancellation(isEarly: Bool) async throws {
    let executor = executors.executor(of: MultiThreadedEventLoopGroup.singleton.next())
    for preference in [executor, nil] {
      let task = Task(executorPreference: preference) { [executors] in
        if isEarly { while !Task.isCancelled { await Task.yield() } }
        try await executors.sleep(for: .seconds(600))
      }
      if !isEarly { try await Task.sleep(for: .milliseconds(20)) }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }
}
