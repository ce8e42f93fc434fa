import Caching
import Synchronization

extension CacheServiceContract {
  static var batches: [Rule] {
    [
      Rule("Several values are read in the order of their keys") { subject in
        let keys = (0..<5).map { subject.key("k\($0)") }
        try await subject.service.mset([(keys[3], "3"), (keys[1], "1")], policy: .forever)
        try requireEqual(
          await subject.service.mget(keys, as: String.self), [nil, "1", nil, "3", nil], "the values")
      },
      Rule("Missing keys are loaded together, once, and what the load leaves out is remembered as absent") { subject in
        let keys = (0..<4).map { subject.key("k\($0)") }
        let origin = BatchOrigin(leavesOut: [keys[2]])
        try await subject.service.set(keys[0], to: "cached", policy: .forever)
        for _ in 0..<2 {
          let found = try await subject.many(keys, origin)
          try requireEqual(found, [keys[0]: "cached", keys[1]: "1", keys[3]: "1"], "the values")
        }
        try requireEqual(origin.asked, [Set(keys.dropFirst())], "what was loaded")
        try requireEqual(try await subject.many([], origin), [:], "nothing")
      },
      Rule("Two callers whose keys overlap load no key twice") { subject in
        let keys = (0..<6).map { subject.key("k\($0)") }
        let origin = BatchOrigin()
        let pause = origin.pauseNext()
        let first = Task { try await subject.many(Array(keys[0..<4]), origin) }
        try await pause.reached.wait()
        let second = Task { try await subject.many(Array(keys[2..<6]), origin) }
        try await eventually("the second load") { origin.asked.count == 2 }
        pause.end.open()
        try requireEqual(try await first.value.count, 4, "values of the first")
        try requireEqual(try await second.value.count, 4, "values of the second")
        try requireEqual(origin.asked, [Set(keys[0..<4]), Set(keys[4..<6])], "what was loaded")
      },
      Rule("A caller of one key joins a load for several") { subject in
        let keys = (0..<3).map { subject.key("k\($0)") }
        let (origin, single) = (BatchOrigin(), Origin("single"))
        let pause = origin.pauseNext()
        let batch = Task { try await subject.many(keys, origin) }
        try await pause.reached.wait()
        let one = Task { try await subject.read(keys[1], single) }
        try await eventually("the caller of one") { subject.service.getStats().coalesced == 1 }
        batch.cancel()
        pause.end.open()
        try requireEqual(try await one.value, "1", "the value")
        try requireEqual(single.loads, 0, "loads of the one key")
        _ = await batch.result
      },
      Rule("A batch that began before a change leaves nothing of what was changed behind") { subject in
        let (changed, kept) = (subject.key("a", tags: ["t"]), subject.key("b", tags: ["u"]))
        let origin = BatchOrigin()
        let pause = origin.pauseNext()
        let batch = Task { try await subject.many([changed, kept], origin) }
        try await pause.reached.wait()
        await subject.service.invalidate([subject.tag("t")])
        pause.end.open()
        try requireEqual(try await batch.value.count, 2, "values")
        try requireEqual(await subject.cached(changed), nil, "the value that was changed meanwhile")
        try requireEqual(await subject.cached(kept), "1", "the value that was not")
      },
      Rule("A batch that fails gives its error to every caller and is not stored") { subject in
        let keys = (0..<3).map { subject.key("k\($0)") }
        let origin = BatchOrigin()
        origin.fails = true
        do {
          _ = try await subject.many(keys, origin)
          throw ContractViolation(description: "the load's error did not come out")
        } catch is Origin.Failure {}
        origin.fails = false
        try requireEqual(try await subject.many(keys, origin).count, 3, "values after the failure")
      },
      Rule("While a change runs, a batch goes past the cache and is not stored") { subject in
        let keys = [subject.key("a", tags: ["t"]), subject.key("b", tags: ["u"])]
        let origin = BatchOrigin()
        _ = try await subject.service.change([subject.tag("t")]) {
          for _ in 0..<2 { try requireEqual(try await subject.many(keys, origin).count, 2, "values") }
          return .unchanged(())
        }
        try requireEqual(await subject.cached(keys[0]), nil, "what was in doubt")
        try requireEqual(await subject.cached(keys[1]), "1", "what was not")
      },
    ]
  }
}

/// Where several values come from at once: `"1"` for every key.
private final class BatchOrigin: Sendable {
  private struct State {
    var asked: [Set<CacheKey>] = []
    var pause: Origin.Pause?
    var fails = false
  }

  private let state = Mutex(State())
  private let leftOut: Set<CacheKey>

  init(leavesOut leftOut: Set<CacheKey> = []) { self.leftOut = leftOut }

  /// The keys of each load so far.
  var asked: [Set<CacheKey>] { state.withLock(\.asked) }

  var fails: Bool {
    get { state.withLock(\.fails) }
    set { state.withLock { $0.fails = newValue } }
  }

  func pauseNext() -> Origin.Pause {
    let pause = Origin.Pause()
    state.withLock { $0.pause = pause }
    return pause
  }

  func load(_ keys: [CacheKey]) async throws -> [CacheKey: Loaded<String>] {
    let (pause, fails) = state.withLock { state in
      state.asked.append(Set(keys))
      defer { state.pause = nil }
      return (state.pause, state.fails)
    }
    pause?.reached.open()
    try await pause?.end.wait()
    if fails { throw Origin.Failure(number: 0) }
    return Dictionary(uniqueKeysWithValues: keys.filter { !leftOut.contains($0) }.map { ($0, Loaded("1")) })
  }
}

extension CacheServiceSubject {
  fileprivate func many(_ keys: [CacheKey], _ origin: BatchOrigin) async throws -> [CacheKey: String] {
    try await service.getOrSetMany(keys, as: String.self, policy: .forever) { try await origin.load($0) }
      .mapValues { try $0.value() }
  }
}
