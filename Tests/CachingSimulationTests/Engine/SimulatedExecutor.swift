import Caching
import Kernel

/// Where the tasks of one simulated machine run.
final class SimulatedExecutor: TaskExecutor {
  let machine: Int
  private let scheduler: Scheduler

  init(machine: Int, _ scheduler: Scheduler) {
    self.machine = machine
    self.scheduler = scheduler
  }

  func enqueue(_ job: consuming ExecutorJob) { scheduler.enqueue(UnownedJob(job), on: self) }

  /// Begins a task on this machine.
  @discardableResult
  func start<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Task<Value, Never> {
    Task(executorPreference: self) { await work() }
  }
}

/// The clock of the simulated world.
struct SimulatedClock: WallClock, Ticker {
  let scheduler: Scheduler

  func now() -> Timestamp { Timestamp(milliseconds: 1_800_000_000_000 + Int64(nanoseconds() / 1_000_000)) }

  func nanoseconds() -> UInt64 { scheduler.now }
}

extension CacheEnvironment {
  /// Everything from one simulated world.
  init(_ executor: SimulatedExecutor, _ scheduler: Scheduler, wallClock: any WallClock) {
    self.init(ticker: SimulatedClock(scheduler: scheduler), wallClock: wallClock)
    random = { scheduler.draw { $0.next() } }
    start = { work in executor.start(work) }
    sleep = { try await scheduler.sleep($0) }
  }
}
