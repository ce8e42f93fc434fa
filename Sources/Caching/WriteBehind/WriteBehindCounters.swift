import Synchronization

/// Counters that are added to here and written to the shared store a little later, many at once: for what is counted often
/// and may be lost a little, such as views.
///
/// Adding never waits and never fails. What can be lost: on a crash what was added since the last flush, one interval at
/// most while the store answers; past ``Options/mostKeys`` keys that wait, further ones; and what a flush sent that got no
/// answer, since it is not sent twice. The last two are counted. A store that is away delays what waits and loses none of
/// it.
public final class WriteBehindCounters: Sendable {
  /// When and how much is written.
  public struct Options: Sendable {
    /// How often what waits is written.
    public var interval: Duration = .seconds(1)
    /// How many different keys may wait.
    public var mostKeys = 10_000
    /// How many keys are written in one call of the store.
    public var batch = 256
    /// How long one such call may take.
    public var limit: Duration = .seconds(1)
    /// How long a counter lives after it was made; nil for ever.
    public var timeToLive: Duration?

    public init() {}
  }

  /// What has become of the amounts that were added, in units of what is counted.
  public struct Statistics: Sendable, Equatable {
    /// Waits to be written.
    public var waiting = 0
    /// The store has it.
    public var written = 0
    /// Was not taken, since too many keys waited.
    public var dropped = 0
    /// Was sent and not answered: the store may have it or not.
    public var uncertain = 0
  }

  private struct State {
    var sums: [CacheKey: Int] = [:]
    var statistics = Statistics()
  }

  private let store: any CacheStorePort
  /// Whether the store keeps the limit by itself, and so can tell what was never sent from what got no answer.
  private let isTimely: Bool
  private let options: Options
  private let environment: CacheEnvironment
  private let state = Mutex(State())

  /// Counters in `store`. ``run()`` must be running for them to be written.
  public init(
    store: any CacheStorePort, options: Options = Options(), environment: CacheEnvironment = CacheEnvironment()
  ) {
    let timely = (store as? any FenceStorePort)?.limited(to: options.limit)
    self.store = timely ?? store
    isTimely = timely != nil
    self.options = options
    self.environment = environment
  }

  /// What has become of what was added.
  public var statistics: Statistics { state.withLock(\.statistics) }

  /// Adds to a counter, later.
  public func add(_ amount: Int = 1, to key: CacheKey) {
    state.withLock { state in
      if let sum = state.sums[key] {
        state.sums[key] = sum &+ amount
      } else if state.sums.count < options.mostKeys {
        state.sums[key] = amount
      } else {
        state.statistics.dropped += amount
        return
      }
      state.statistics.waiting += amount
    }
  }

  /// What waits to be added to a counter, for a reader who wants it counted.
  public func waiting(for key: CacheKey) -> Int { state.withLock { $0.sums[key] ?? 0 } }

  /// Writes what waits at every interval until the task is cancelled, and once more then.
  public func run() async {
    repeat {
      // Cancelled when the process is to end: what waits is written at once.
      try? await environment.sleep(options.interval)
      await environment.start { [self] in await flush() }.value
    } while !Task.isCancelled
  }

  /// Writes what waits now. When the store is out of reach the rest waits on.
  public func flush() async {
    let sums = state.withLock { state in
      defer { state.sums = [:] }
      return state.sums
    }
    var rest = sums[...]
    while !rest.isEmpty {
      let batch = rest.prefix(max(1, options.batch))
      rest = rest.dropFirst(batch.count)
      guard await write(batch) else { break }
    }
    putBack(rest)
  }

  /// Writes some counters in one call; false when the store was out of reach or silent for any.
  private func write(_ batch: Dictionary<CacheKey, Int>.SubSequence) async -> Bool {
    let increments = batch.map { Increment($0.key, by: $0.value, timeToLive: options.timeToLive) }
    var isReached = true
    for (increment, outcome) in zip(increments, await outcomes(of: increments)) {
      switch outcome {
      case .success: settle(increment.amount, \.written)
      case .failure(.unavailable):
        putBack(CollectionOfOne((key: increment.key, value: increment.amount)))
        isReached = false
      // Not sent again: that could count twice.
      case .failure(.timedOut):
        settle(increment.amount, \.uncertain)
        isReached = false
      // What is no number stays as it is.
      case .failure(.notANumber): settle(increment.amount, \.uncertain)
      }
    }
    return isReached
  }

  private func outcomes(of increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    if isTimely { return await store.increment(increments) }
    do throws(CacheStoreError) {
      return try await environment.within(options.limit) { [store] () async throws(CacheStoreError) in
        await store.increment(increments)
      }
    } catch {
      return increments.map { _ in .failure(error) }
    }
  }

  private func settle(_ sum: Int, _ fate: any WritableKeyPath<Statistics, Int> & Sendable) {
    state.withLock { state in
      state.statistics.waiting -= sum
      state.statistics[keyPath: fate] += sum
    }
  }

  /// What was not written waits on, and is not dropped for want of room.
  private func putBack(_ sums: some Sequence<(key: CacheKey, value: Int)>) {
    state.withLock { state in for (key, sum) in sums { state.sums[key, default: 0] &+= sum } }
  }
}
