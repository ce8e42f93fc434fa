import Synchronization

/// The tier that instances share: values in envelopes, guarded by generations, in a store that may be slow or gone.
///
/// Nobody waits for it longer than the limits, and no failure of it reaches a caller. What it could not be told while it was
/// away (bumps, and tags that were loaded without it) it is told first when it is back; until then nothing under those tags
/// is read from it.
final class SharedTier: Sendable {
  struct State: Sendable {
    var breaker: TierBreaker
    var suspects = SuspectTags()
    var outrun = OutrunKeys()
    var isRecovering = false
    /// Changes of others that the store was not told of while it was away have been asked for.
    var knowsUntold = true
  }

  let store: any FenceStorePort
  let options: SharedTierOptions
  let environment: CacheEnvironment
  let origin: CacheOrigin
  let generations: Generations
  let trust: LocalTrust
  let counters = SharedTierCounters()
  let state: Mutex<State>
  private let hasSuspects = Atomic<Bool>(false)
  let gzip = GzipDecoder()
  let decoded = DecodedValues()
  /// Whether nothing is kept in memory, so that every read is one of the store. Bodies then stand there beside their gzip
  /// forms: the store's memory is given for not decompressing at each read.
  let isOnlyTier: Bool
  /// Tells other instances of bumps, after the store knows them.
  let announce: @Sendable (BackplaneMessage.Body) -> Void

  init(
    store: any FenceStorePort, isOnlyTier: Bool, options: SharedTierOptions, environment: CacheEnvironment,
    origin: CacheOrigin, generations: Generations, trust: LocalTrust,
    announce: @escaping @Sendable (BackplaneMessage.Body) -> Void
  ) {
    self.store = store
    self.isOnlyTier = isOnlyTier
    self.options = options
    self.environment = environment
    self.origin = origin
    self.generations = generations
    self.trust = trust
    self.announce = announce
    state = Mutex(State(breaker: TierBreaker(threshold: options.timeOutsToOpen)))
  }

  /// Whether the store is taken to answer.
  var isUp: Bool { !state.withLock(\.breaker.isOpen) }

  /// Whether values under `tags` may be read: the store answers, and nothing is owed to it about them.
  func isReadable(_ tags: [CacheTag]) -> Bool {
    guard hasSuspects.load(ordering: .acquiring) || !isUp else { return true }
    return state.withLock { !$0.breaker.isOpen && !$0.suspects.contains(any: tags) }
  }

  /// Keeps `tags` from being read until they have been bumped.
  func suspect(_ tags: [CacheTag]) {
    generations.unsettle(tags)
    let mustRecover = state.withLock { state in
      state.suspects.add(tags)
      hasSuspects.store(true, ordering: .releasing)
      return state.beginRecovery()
    }
    if mustRecover { startRecovery() }
  }

  /// One call of those that ``FenceStorePort/limited(to:)`` names, within a limit; nil when it failed, which counts towards
  /// the breaker.
  func call<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable (any FenceStorePort) async throws -> Value
  ) async -> Value? {
    await noted { () async throws(CacheStoreError) in try await timed(limit, operation) }
  }

  /// The same for what may take many calls to the store.
  func sweep<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable (any FenceStorePort) async throws -> Value
  ) async -> Value? {
    await noted { () async throws(CacheStoreError) in
      try await environment.within(limit) { [store] in try await operation(store) }
    }
  }

  /// One call within a limit, with nothing started beside it where the store keeps the time.
  func timed<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable (any FenceStorePort) async throws -> Value
  ) async throws(CacheStoreError) -> Value {
    guard let timely = store.limited(to: limit) else {
      return try await environment.within(limit) { [store] in try await operation(store) }
    }
    do {
      return try await operation(timely)
    } catch {
      // Stores throw nothing else, but for cancellation.
      throw error as? CacheStoreError ?? .timedOut
    }
  }

  private func noted<Value>(_ call: () async throws(CacheStoreError) -> Value) async -> Value? {
    do throws(CacheStoreError) {
      let value = try await call()
      succeeded()
      return value
    } catch {
      // A cancelled caller says nothing about the store.
      if !Task.isCancelled { failed(error) }
      return nil
    }
  }

  /// A call to the store has been answered.
  func succeeded() { state.withLock { $0.breaker.succeeded() } }

  /// A call to the store has failed.
  func failed(_ error: CacheStoreError) {
    counters.failures.add(1, ordering: .relaxed)
    let mustRecover = state.withLock { state in
      guard state.breaker.failed(error) else { return false }
      state.knowsUntold = origin.untold == nil
      trust.store(isUp: false, now: environment.ticker.nanoseconds())
      return state.beginRecovery()
    }
    if mustRecover { startRecovery() }
  }
}

extension SharedTier {
  private enum Recovery {
    case finished
    /// The store answers; what has come to be owed meanwhile is left.
    case answered
    case failed
  }

  /// Tries, with growing pauses, until the store answers and knows all that it was not told. One at a time.
  private func startRecovery() {
    _ = environment.start { [self] in
      var pause = options.firstProbe
      while true {
        do { try await environment.sleep(pause) } catch { return }
        switch await recover() {
        case .finished: return
        case .answered: pause = options.firstProbe
        case .failed: pause = min(pause * 2, options.lastProbe)
        }
      }
    }
  }

  /// One attempt.
  private func recover() async -> Recovery {
    if !state.withLock(\.knowsUntold) {
      guard await probe() else { return .failed }
      await learnUntold()
    }
    var isAllRepaid = true
    for scope in state.withLock(\.suspects.scopes) {
      let owed = state.withLock { $0.suspects.tags(scope) }
      guard await !repay(owed) else { continue }
      // What one owner is owed may be out of reach while the rest of the store answers.
      guard await probe() else { return .failed }
      isAllRepaid = false
    }
    guard await probe() else { return .failed }
    let recovery = finishRecovery()
    return recovery == .answered && !isAllRepaid ? .failed : recovery
  }

  private func repay(_ owed: [CacheTag: UInt64]) async -> Bool {
    let tags = owed.sorted { $0.value < $1.value }.map(\.key)
    // What is owed has happened, as far as anybody knows, so it lies before a position of now.
    let position = await originPosition(options.readLimit)
    let nonces: [FenceGuard]
    // The breaker goes by the probe: one owner who is out of reach is not the store.
    do throws(CacheStoreError) { nonces = try await bump(tags, change: 0, position) } catch { return false }
    state.withLock { state in
      state.suspects.remove(owed)
      hasSuspects.store(!state.suspects.isEmpty, ordering: .releasing)
    }
    announce(.bumped(nonces))
    return true
  }

  /// What others could not tell the store either is owed to it as well. A database that does not answer has taken no change
  /// of late, and is not waited for.
  private func learnUntold() async {
    guard let untold = origin.untold else { return }
    // Any failure means that the database cannot tell.
    let tags = try? await environment.within(options.writeLimit) { try await untold() }
    if let tags { generations.unsettle(tags) }
    state.withLock { state in
      state.knowsUntold = true
      guard let tags, !tags.isEmpty else { return }
      state.suspects.add(tags)
      hasSuspects.store(true, ordering: .releasing)
    }
  }

  private func probe() async -> Bool {
    do throws(CacheStoreError) {
      _ = try await environment.within(options.readLimit) { [store] in
        try await store.read([], [.all(.platform)])
      }
      return true
    } catch {
      return false
    }
  }

  /// Under steady traffic more comes to be owed while the last of it is repaid. That keeps its own tags from being read and
  /// nothing else: were the store to stay closed until nothing is owed, it might for ever.
  private func finishRecovery() -> Recovery {
    state.withLock { state in
      guard state.knowsUntold else { return .failed }
      if state.breaker.isOpen {
        state.breaker.close()
        trust.store(isUp: true, now: environment.ticker.nanoseconds())
      }
      state.isRecovering = !state.suspects.isEmpty
      return state.isRecovering ? .answered : .finished
    }
  }

  /// Bumps tags of one owner, whatever the breaker says; the new generations are known here before anybody can ask.
  func tell(_ tags: [CacheTag], change: UInt64, position: UInt64?) async -> [FenceGuard]? {
    do throws(CacheStoreError) {
      return try await bump(tags, change: change, position)
    } catch {
      failed(error)
      return nil
    }
  }

  private func bump(
    _ tags: [CacheTag], change: UInt64, _ position: UInt64?
  ) async throws(CacheStoreError) -> [FenceGuard] {
    let serial = state.withLock(\.outrun.lastSerial)
    let bumped = try await timed(options.writeLimit) { try await $0.bump(tags, by: change, position: position) }
    let guards = zip(tags, bumped).map { FenceGuard($0, nonce: $1.nonce) }
    for guarded in guards { generations.learn(guarded.tag, nonce: guarded.nonce) }
    state.withLock { $0.outrun.moved(tags, since: serial) }
    return guards
  }
}

extension SharedTier.State {
  /// Whether the caller is to start the recovery: there is cause, and none is under way.
  fileprivate mutating func beginRecovery() -> Bool {
    guard !isRecovering, breaker.isOpen || !suspects.isEmpty else { return false }
    isRecovering = true
    return true
  }
}
