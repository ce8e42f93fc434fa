package import Caching
package import Kernel
import Synchronization

/// A cache under test, with what a check needs to use it without meeting other checks.
package struct CacheServiceSubject: Sendable {
  package let service: any CacheServicePort
  /// Counts the cache's time to live.
  package let clock: ManualClock
  /// A tenant whose data only this check uses. So are its neighbours.
  package let tenant: TenantID

  /// A cache under test; it must be a new one for every check, since checks look at its statistics.
  package init(_ service: any CacheServicePort, clock: ManualClock, tenant: TenantID) {
    self.service = service
    self.clock = clock
    self.tenant = tenant
  }
}

extension CacheServiceSubject {
  var scope: CacheScope { .tenant(tenant) }

  var neighbour: CacheScope { neighbour(1) }

  /// Another tenant, whose identifier differs in the lowest bits.
  func neighbour(_ number: Int) -> CacheScope {
    .tenant(TenantID(UniqueID(high: tenant.raw.high, low: tenant.raw.low ^ UInt64(number))))
  }

  /// A key of the tenant, with tags.
  func key(_ name: String, tags: [String] = []) -> CacheKey { CacheKey("contract", scope, name, tags: tags) }

  /// A tag of the tenant.
  func tag(_ name: String) -> CacheTag { .named(name, scope) }

  /// The value through the cache, from its origin where need be.
  func read(_ key: CacheKey, _ origin: Origin, _ policy: CachePolicy = .forever) async throws -> String? {
    try await service.getOrSet(key, as: String.self, policy: policy) { try await origin.load() }?.value()
  }

  /// The value that the cache holds.
  func cached(_ key: CacheKey) async -> String? { await service.get(key, as: String.self) }
}

/// Where values come from: one text that changes, a count of the loads, and a place to hold loads up.
final class Origin: Sendable {
  /// Holds up one load after it has read the text.
  struct Pause: Sendable {
    let reached = Checkpoint()
    let end = Checkpoint()
  }

  /// What a load throws for ``Origin/fail(_:)``.
  struct Failure: Error, Equatable {
    let number: Int
  }

  private struct State {
    var outcome: Result<String?, Failure>
    var loads = 0
    var pause: Pause?
  }

  private let state: Mutex<State>

  /// An origin of one text; nil for none.
  init(_ text: String?) { state = Mutex(State(outcome: .success(text))) }

  /// How many loads have begun.
  var loads: Int { state.withLock(\.loads) }

  /// Changes the text.
  func write(_ text: String?) { state.withLock { $0.outcome = .success(text) } }

  /// Makes loads fail.
  func fail(_ number: Int) { state.withLock { $0.outcome = .failure(Failure(number: number)) } }

  /// Holds up the next load after it has read the text.
  func pauseNext() -> Pause {
    let pause = Pause()
    state.withLock { $0.pause = pause }
    return pause
  }

  /// Reads the text.
  func load() async throws -> Loaded<String>? {
    let (outcome, pause) = state.withLock { state in
      state.loads += 1
      defer { state.pause = nil }
      return (state.outcome, state.pause)
    }
    pause?.reached.open()
    try await pause?.end.wait()
    return try outcome.get().map { Loaded($0) }
  }
}
