package import Caching
import NIOCore
import Synchronization

/// A store as one instance sees it over a bad network: any store, with failures, delays, hangs, late effects, lost messages
/// and dead subscriptions between, drawn from a seed. Locks are calls like any other, and the messages are the backplane,
/// so this one double serves for store, lock and backplane.
package final class ChaosStore: FenceStorePort {
  /// What happens to one call.
  enum Fate: Sendable {
    case done
    case refused
    case lost
    case answerLost
    case hung
    case late(Duration)
  }

  struct Passage: Sendable {
    let fate: Fate
    let before: Duration
    let after: Duration
  }

  private struct State {
    var odds: ChaosOdds
    var subscriptions: [Int: Subscription] = [:]
    var lastSubscription = 0
  }

  let inner: any FenceStorePort
  let environment: CacheEnvironment
  let chance: SharedChance
  private let state: Mutex<State>

  /// A store behind a bad network.
  /// - Parameters:
  ///   - environment: its `sleep` and `start` make delays and late effects.
  ///   - seed: what happens to which call follows from it and the order of the calls.
  package init(
    _ inner: any FenceStorePort, odds: ChaosOdds = ChaosOdds(), seed: UInt64,
    environment: CacheEnvironment = CacheEnvironment()
  ) {
    self.inner = inner
    self.environment = environment
    chance = SharedChance(seed: seed)
    state = Mutex(State(odds: odds))
  }

  /// What goes wrong from now on. Calls under way keep their fate.
  package var odds: ChaosOdds {
    get { state.withLock(\.odds) }
    set { state.withLock { $0.odds = newValue } }
  }

  /// Ends the subscriptions there are, as a closed connection does.
  package func endSubscriptions() {
    let ended = state.withLock { state in
      defer { state.subscriptions = [:] }
      return state.subscriptions.sorted { $0.key < $1.key }.map(\.value)
    }
    for subscription in ended { subscription.end() }
  }

  /// Silences the subscriptions there are: they do not end, and nothing comes any more.
  package func silenceSubscriptions() {
    for subscription in state.withLock({ $0.subscriptions }).values { subscription.silence() }
  }

  func add(_ subscription: Subscription) -> Int {
    state.withLock { state in
      state.lastSubscription += 1
      state.subscriptions[state.lastSubscription] = subscription
      return state.lastSubscription
    }
  }

  func remove(_ number: Int) { state.withLock { _ = $0.subscriptions.removeValue(forKey: number) } }

  private func passage() -> Passage {
    let odds = odds
    return chance.draw { chance in
      let before = chance.duration(odds.delay)
      let after = chance.duration(odds.delay)
      let fate: Fate =
        if chance.chance(odds.refusal) {
          .refused
        } else if chance.chance(odds.loss) {
          .lost
        } else if chance.chance(odds.lostAnswer) {
          .answerLost
        } else if chance.chance(odds.hang) {
          .hung
        } else if chance.chance(odds.lateEffect) {
          .late(chance.duration(odds.lateness))
        } else {
          .done
        }
      return Passage(fate: fate, before: before, after: after)
    }
  }

  /// One call through the network. A cancelled one ends with `timedOut` where it stands.
  func pass<Value: Sendable>(
    _ call: @escaping @Sendable (any FenceStorePort) async throws(CacheStoreError) -> Value
  ) async throws(CacheStoreError) -> Value {
    let passage = passage()
    if case .refused = passage.fate { throw .unavailable }
    try await spend(passage.before)
    switch passage.fate {
    case .done:
      let value = try await call(inner)
      try await spend(passage.after)
      return value
    case .refused: throw .unavailable
    case .lost: throw .timedOut
    case .answerLost:
      _ = try await call(inner)
      throw .timedOut
    case .hung: throw await hang()
    case .late(let lateness):
      _ = environment.start { [inner, environment] in
        do {
          try await environment.sleep(lateness)
          _ = try await call(inner)
        } catch {
          // Nobody hears of it.
        }
      }
      throw await hang()
    }
  }

  private func spend(_ time: Duration) async throws(CacheStoreError) {
    guard time > .zero else { return }
    do { try await environment.sleep(time) } catch { throw .timedOut }
  }

  /// Waits until the caller is cancelled.
  private func hang() async -> CacheStoreError {
    while !Task.isCancelled {
      do { try await environment.sleep(.seconds(3600)) } catch { break }
    }
    return .timedOut
  }
}
