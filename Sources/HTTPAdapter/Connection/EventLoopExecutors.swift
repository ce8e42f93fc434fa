import NIOCore
import NIOPosix
import Synchronization

/// Runs tasks on one event loop.
final class EventLoopExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The executors of all event loops: what a connection waits for then goes on where the connection is, without a hand-over
/// between threads.
package final class EventLoopExecutors: Sendable {
  private let executors = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

  package init() {}

  /// Starts a task on the event loop whose thread this is; elsewhere as any other task.
  @discardableResult
  package func start(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    Task(executorPreference: MultiThreadedEventLoopGroup.currentEventLoop.map(executor(of:))) { await work() }
  }

  /// Suspends for a while; throws `CancellationError`. On an event loop its timers are used, which wake no other thread.
  package func sleep(for duration: Duration) async throws {
    guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else {
      return try await Task.sleep(for: duration)
    }
    let end = eventLoop.scheduleTask(in: TimeAmount(duration)) {}
    do {
      try await withTaskCancellationHandler {
        try await end.futureResult.get()
      } onCancel: {
        end.cancel()
      }
    } catch {
      // The event loop's own error, for a timer that is cancelled and for one that it no longer waits for.
      throw CancellationError()
    }
  }

  func executor(of eventLoop: any EventLoop) -> EventLoopExecutor {
    executors.withLock { executors in
      if let known = executors[ObjectIdentifier(eventLoop)] { return known }
      let executor = EventLoopExecutor(eventLoop)
      executors[ObjectIdentifier(eventLoop)] = executor
      return executor
    }
  }
}
