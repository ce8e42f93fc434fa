import Kernel
import PortContracts
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One run of a simulated world: tasks, chance and time. Everything happens on the thread that calls ``run(most:)``; of the
/// jobs that could run next, the seed chooses one, and when there is none the time moves to the next timer. So the
/// seed decides all, and a run can be repeated.
final class Scheduler: Sendable {
  typealias Sleeper = CheckedContinuation<Void, any Error>

  struct State {
    var chance: SplitMix64
    var now: UInt64 = 1_000_000_000
    var ready: [(job: UnownedJob, executor: SimulatedExecutor)] = []
    /// Jobs of machines that stand still.
    var held: [(job: UnownedJob, executor: SimulatedExecutor)] = []
    var stalled: Set<Int> = []
    var timers = TimerHeap()
    var sleepers: [UInt64: Sleeper] = [:]
    var cancelled: Set<UInt64> = []
    var lastTimer: UInt64 = 0
    var steps = 0
    var trace: [String]?
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    var hasEscaped = false
  }

  private let state: Mutex<State>
  private let owner = pthread_self()

  init(seed: UInt64, isTracing: Bool = false) {
    var state = State(chance: SplitMix64(seed: seed))
    if isTracing { state.trace = [] }
    self.state = Mutex(state)
  }

  var now: UInt64 { state.withLock(\.now) }
  var trace: [String] { state.withLock { $0.trace ?? [] } }
  /// A number that two runs share only if they did the same in the same order.
  var digest: UInt64 { state.withLock(\.digest) }
  var steps: Int { state.withLock(\.steps) }
  /// Whether a job came from another thread, so that the run cannot be repeated.
  var hasEscaped: Bool { state.withLock(\.hasEscaped) }

  func draw<Drawn: Sendable>(_ body: (inout SplitMix64) -> Drawn) -> Drawn { state.withLock { body(&$0.chance) } }

  /// Adds a line to the trace, where one is kept.
  func log(_ line: @autoclosure () -> String) {
    guard state.withLock({ $0.trace != nil }) else { return }
    let line = line()
    state.withLock { $0.trace?.append("\(Self.text($0.now)) \(line)") }
  }

  /// Makes something part of what a repetition must do again.
  func note(_ number: UInt64) { state.withLock { $0.mix(number) } }

  func enqueue(_ job: UnownedJob, on executor: SimulatedExecutor) {
    state.withLock { state in
      if pthread_equal(pthread_self(), owner) == 0 { state.hasEscaped = true }
      if state.stalled.contains(executor.machine) {
        state.held.append((job, executor))
      } else {
        state.ready.append((job, executor))
      }
    }
  }

  /// Stops a machine: what it has to do waits, while time goes on for it too.
  func stall(_ machine: Int) {
    state.withLock { state in
      state.stalled.insert(machine)
      state.held += state.ready.filter { $0.executor.machine == machine }
      state.ready.removeAll { $0.executor.machine == machine }
    }
  }

  func wake(_ machine: Int) {
    state.withLock { state in
      state.stalled.remove(machine)
      state.ready += state.held.filter { $0.executor.machine == machine }
      state.held.removeAll { $0.executor.machine == machine }
    }
  }

  func sleep(_ duration: Duration) async throws {
    let number = state.withLock { state in
      state.lastTimer += 1
      return state.lastTimer
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (sleeper: Sleeper) in
        let isCancelled = state.withLock { state in
          if state.cancelled.remove(number) != nil { return true }
          state.sleepers[number] = sleeper
          state.timers.insert(at: state.now + duration.nanoseconds, number)
          return false
        }
        if isCancelled { sleeper.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: number)
        if sleeper == nil { state.cancelled.insert(number) }
        return sleeper
      }
      sleeper?.resume(throwing: CancellationError())
    }
  }

  /// Runs until nothing is left to do, `isOver`, or more than `most` jobs have run.
  func run(most: Int, until isOver: () -> Bool) {
    while !isOver() {
      if let (job, executor) = next() {
        job.runSynchronously(on: executor.asUnownedTaskExecutor())
        guard steps < most else { return }
      } else {
        let due = advance()
        if due.isEmpty { return }
        for sleeper in due { sleeper.resume() }
      }
    }
  }

  /// Ends all waiting and runs what follows, so that nothing of this world is left in memory.
  func drain() {
    for _ in 0..<1000 {
      let sleepers = state.withLock { state in
        defer { state.sleepers = [:] }
        return state.sleepers.sorted { $0.key < $1.key }.map(\.value)
      }
      for sleeper in sleepers { sleeper.resume(throwing: CancellationError()) }
      guard let (job, executor) = next() else { return }
      job.runSynchronously(on: executor.asUnownedTaskExecutor())
      while let (job, executor) = next() { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
    }
  }

  private func next() -> (UnownedJob, SimulatedExecutor)? {
    state.withLock { state in
      guard !state.ready.isEmpty else { return nil }
      let place = state.ready.count == 1 ? 0 : state.chance.below(state.ready.count)
      state.steps += 1
      state.mix(UInt64(place) << 32 | UInt64(state.ready.count))
      state.ready.swapAt(place, state.ready.count - 1)
      return state.ready.popLast()
    }
  }

  /// Moves the time to the next timers and returns those who wait for them.
  private func advance() -> [Sleeper] {
    state.withLock { state in
      var due: [Sleeper] = []
      while let (deadline, number) = state.timers.first {
        if state.sleepers[number] != nil {
          guard due.isEmpty || deadline == state.now else { break }
          state.now = max(state.now, deadline)
        }
        state.timers.removeFirst()
        if let sleeper = state.sleepers.removeValue(forKey: number) { due.append(sleeper) }
      }
      state.mix(state.now)
      return due
    }
  }

  static func text(_ time: UInt64) -> String {
    let microseconds = String(time / 1000 % 1_000_000)
    return "\(time / 1_000_000_000).\(String(repeating: "0", count: 6 - microseconds.count))\(microseconds)"
  }
}

extension Scheduler.State {
  /// FNV-1a over words.
  mutating func mix(_ number: UInt64) { digest = (digest ^ number) &* 0x100_0000_01B3 }
}

extension Duration {
  /// Whole nanoseconds.
  var nanoseconds: UInt64 {
    UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
  }
}
