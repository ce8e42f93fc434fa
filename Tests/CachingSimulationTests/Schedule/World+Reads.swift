import Caching
import PortContracts
import Synchronization

/// What a load throws.
struct LoadFailure: Error {}

extension World {
  func draw<Drawn: Sendable>(_ body: (inout SplitMix64) -> Drawn) -> Drawn { scheduler.draw(body) }

  /// Runs one call, which must end within its limits.
  func call<Value: Sendable>(
    _ node: Node, _ what: String, limit: UInt64? = nil, _ body: () async throws -> Value
  ) async rethrows -> Value {
    let start = now
    let number = state.withLock { state in
      state.lastCall += 1
      state.outstanding[state.lastCall] = "n\(node.number) \(what) since \(Scheduler.text(start))"
      return state.lastCall
    }
    scheduler.log("n\(node.number) #\(number) \(what)")
    defer {
      let time = now - start
      state.withLock { state in
        state.outstanding[number] = nil
        state.slowest = max(state.slowest, time)
      }
      if time > limit ?? plan.callLimit {
        history.report(.hang, "n\(node.number) #\(number) \(what) took \(Scheduler.text(time)) s")
      }
    }
    return try await body()
  }

  /// Reads the record behind a subject, in its own time.
  /// - Parameter calm: what ``calm(_:)`` was when the caller asked; nil where more than one load is no fault.
  func load(_ subject: Subject, _ node: Node, since calm: Int?) async throws -> Loaded<[Int]>? {
    if let calm, calm == self.calm(subject), !isOutrun(subject, node, calm) { count(subject, since: calm) }
    let found = try await load([subject], node)
    return found[subject.key]
  }

  func load(_ subjects: [Subject], _ node: Node) async throws -> [CacheKey: Loaded<[Int]>] {
    let (before, after, fails) = draw { chance in
      let isSlow = chance.chance(plan.slowLoads)
      let most: Duration = isSlow ? .seconds(4) : [.zero, .milliseconds(2), .milliseconds(30)][chance.below(3)]
      return (chance.duration(.zero...most / 2), chance.duration(.zero...most / 2), chance.chance(plan.failingLoads))
    }
    if before > .zero { try await node.environment.sleep(before) }
    if fails || state.withLock({ $0.failing > 0 }) { throw LoadFailure() }
    let versions = database.snapshot
    scheduler.log("n\(node.number)   loaded \(subjects.map(\.number)) \(versions)")
    if after > .zero { try await node.environment.sleep(after) }
    return Dictionary(
      uniqueKeysWithValues: subjects.map { subject in
        (subject.key, Loaded([subject.number] + subject.entities.map { versions[$0] }))
      })
  }

  /// Counts a load under the generations that hold. A change that turned out to be none leaves them as they are, but keeps
  /// the loads that ran meanwhile from being stored.
  private func count(_ subject: Subject, since calm: Int) {
    guard let nonces = store.nonces(subject.key) else { return }
    state.withLock { $0.loads[Load(subject: subject.number, nonces: nonces + [UInt64(calm)]), default: 0] += 1 }
  }

  private func isOutrun(_ subject: Subject, _ node: Node, _ calm: Int) -> Bool {
    state.withLock { $0.outrun.contains(Outrun(node: node.number, subject: subject.number, calm: calm)) }
  }

  /// A read that began when ``calm(_:)`` was `calm` has been given something.
  private func ended(_ subject: Subject, _ node: Node, since calm: Int?) {
    guard let now = self.calm(subject), now != calm else { return }
    state.withLock { _ = $0.outrun.insert(Outrun(node: node.number, subject: subject.number, calm: now)) }
  }

  /// How many changes of a subject there have been; nil while one is under way.
  private func calm(_ subject: Subject) -> Int? {
    state.withLock { state in
      guard !subject.entities.contains(where: { state.changing[$0, default: 0] > 0 }) else { return nil }
      return subject.entities.reduce(0) { $0 + state.begun[$1, default: 0] }
    }
  }

  func read(_ subject: Subject, _ node: Node, policy: CachePolicy? = nil) async {
    let floor = history.floor(node.number, subject, at: now)
    let began = calm(subject)
    let calm = policy == nil ? began : nil
    defer { ended(subject, node, since: began) }
    do {
      if policy == nil, let entry = await glance(subject, node) {
        return check(try Cached<[Int]>(entry).value(), subject, node, floor)
      }
      let found = try await call(node, "read \(subject.number)") {
        try await node.cache.getOrSet(subject.key, as: [Int].self, policy: policy ?? subject.policy) { [self] in
          try await load(subject, node, since: calm)
        }
      }
      check(try found?.value(), subject, node, floor)
    } catch {
      scheduler.log("n\(node.number) read \(subject.number): \(error)")
    }
  }

  /// What is found without a task: in memory, or by a look at the store.
  private func glance(_ subject: Subject, _ node: Node) async -> CacheEntry? {
    guard let glance = node.cache.glance(at: subject.key, policy: subject.policy) else { return nil }
    if let entry = glance.peek() { return entry }
    return await call(node, "glance at \(subject.number)") {
      await withCheckedContinuation { continuation in
        if !glance.look({ continuation.resume(returning: $0) }) { continuation.resume(returning: nil) }
      }
    }
  }

  func readMany(_ subjects: [Subject], _ node: Node) async {
    let floors = subjects.map { history.floor(node.number, $0, at: now) }
    let began = subjects.map(calm)
    defer { for (subject, calm) in zip(subjects, began) { ended(subject, node, since: calm) } }
    do {
      let found = try await call(node, "read \(subjects.map(\.number))") {
        try await node.cache.getOrSetMany(subjects.map(\.key), as: [Int].self, policy: .forever) { [self] keys in
          try await load(subjects.filter { keys.contains($0.key) }, node)
        }
      }
      for (subject, floor) in zip(subjects, floors) { check(try found[subject.key]?.value(), subject, node, floor) }
    } catch {
      scheduler.log("n\(node.number) read \(subjects.map(\.number)): \(error)")
    }
  }

  func get(_ subject: Subject, _ node: Node) async {
    let floor = history.floor(node.number, subject, at: now)
    let found = await call(node, "get \(subject.number)") { await node.cache.get(subject.key, as: [Int].self) }
    check(found, subject, node, floor)
  }

  func peek(_ subject: Subject, _ node: Node) {
    let floor = history.floor(node.number, subject, at: now)
    guard let entry = node.cache.peek(subject.key), !entry.isAbsent else { return }
    do {
      check(try CacheCodec.decode([Int].self, from: entry.body), subject, node, floor)
    } catch {
      history.report(.foreign, "n\(node.number) peek \(subject.number): \(error)")
    }
  }

  private func check(_ value: [Int]?, _ subject: Subject, _ node: Node, _ floor: History.Floor) {
    guard let value else { return }
    for number in value { scheduler.note(UInt64(number)) }
    scheduler.log("n\(node.number) got \(subject.number): \(value)")
    if subject.kind == .register {
      if value.count != 2 || value[0] != subject.number || !state.withLock({ $0.registerValues.contains(value[1]) }) {
        history.report(.foreign, "n\(node.number) read the register, got \(value)")
      }
      return
    }
    guard value.first == subject.number, value.count == subject.entities.count + 1 else {
      return history.report(.foreign, "n\(node.number) read \(subject.number), got \(value)")
    }
    let versions = Array(value.dropFirst())
    func report(_ rule: History.Rule, _ entity: Int, _ version: Int, _ floor: Int) {
      history.report(
        rule,
        "n\(node.number) got \(version) of entity \(entity) by key \(subject.number) at "
          + "\(Scheduler.text(now)) after \(floor)")
    }
    for (entity, version) in zip(subject.entities, versions) {
      if version < floor.own[entity] {
        report(.ownChange, entity, version, floor.own[entity])
      } else if subject.kind == .guarded, version < floor.key[entity] {
        report(.backwards, entity, version, floor.key[entity])
      } else if subject.kind == .guarded, subject.entities.count == 1, version < floor.entity[entity] {
        report(.backwardsAcrossKeys, entity, version, floor.entity[entity])
      }
      for change in history.changes where change.node != node.number {
        if let made = change.versions[entity], version < made, isDue(change, on: node.number, at: floor.time) {
          report(.late, entity, version, made)
        }
      }
    }
    history.saw(versions, of: subject, on: node.number)
  }

  /// Whether a change must show on other nodes.
  private func isDue(_ change: History.Change, on node: Int, at time: UInt64) -> Bool {
    // A machine that stood still does not know it at once.
    guard time > change.ended, !plan.stalls(node) else { return false }
    if plan.weather == .calm { return time > change.ended + 50_000_000 }
    guard plan.hasWorkingLoads, time > change.ended + 6_000_000_000 else { return false }
    return state.withLock { state in
      !state.bad.contains { bad in
        guard bad.start <= time, bad.end.addingSaturated(9_000_000_000) >= change.started else { return false }
        // The one who made the change could not tell the store, which he does within three seconds when he can.
        if bad.nodes.count == 1 { return bad.nodes[0] == change.node && time < bad.end.addingSaturated(9_000_000_000) }
        return time >= bad.end && time < bad.end.addingSaturated(3_000_000_000)
      } && plan.weather == .outages
    }
  }
}
