@testable import Caching
import NIOCore
import PortContracts
import Synchronization

extension World {
  /// The whole schedule: nodes begin, clients work while things go wrong, then it is quiet and all must agree.
  func direct() async {
    let feeds = nodes.map { node in node.executor.start { await node.cache.run() } }
    if plan.beginsWell {
      clear()
      await sleep(.milliseconds(25))
      for node in nodes { node.link.odds = plan.odds }
    }
    let faults = director.start { [self] in await misfortune() }
    let end = now + plan.work.nanoseconds
    let clients = nodes.flatMap { node in
      (0..<plan.clients).map { _ in node.executor.start { [self] in await work(node, until: end) } }
    }
    for client in clients { await client.value }
    await faults.value
    clear()
    await sleep(plan.quiet)
    await agree()
    if plan.waitsForLeases { await sleep(.seconds(12)) }
    if plan.waitsForLeases || plan.weather == .calm { await cacheAgain() }
    if draw({ $0.chance(0.3) }) { await tellAgain() }
    for feed in feeds { feed.cancel() }
    for feed in feeds { await feed.value }
  }

  /// All tiers of all nodes agree with the database.
  private func agree() async {
    scheduler.log("-- all must agree")
    for node in nodes {
      for subject in Subjects.all where subject.kind != .register {
        await compare(await current(subject, node), subject, "n\(node.number)")
        await compare(await node.cache.get(subject.key, as: [Int].self), subject, "n\(node.number)'s copy")
      }
    }
    for subject in Subjects.all where subject.kind != .register { await compare(stored(subject), subject, "the store") }
    let register = Subjects.all[Subjects.register]
    var values: [String: [Int]] = [:]
    for node in nodes { values["n\(node.number)"] = await node.cache.get(register.key, as: [Int].self) }
    if Set(values.values).count > 1 {
      history.report(.disagreement, "the register is \(values.sorted { $0.key < $1.key })")
    }
  }

  private func current(_ subject: Subject, _ node: Node) async -> [Int]? {
    do {
      let found = try await call(node, "read \(subject.number)") {
        try await node.cache.getOrSet(subject.key, as: [Int].self, policy: subject.policy) { [self] in
          try await quietLoad(subject, node)
        }
      }
      return try found?.value()
    } catch {
      history.report(.disagreement, "n\(node.number) read \(subject.number): \(error)")
      return nil
    }
  }

  private func quietLoad(_ subject: Subject, _ node: Node) async throws -> Loaded<[Int]>? {
    try await node.environment.sleep(.milliseconds(2))
    state.withLock { $0.loads[Load(subject: -1, nonces: []), default: 0] += 1 }
    let versions = database.snapshot
    scheduler.log("n\(node.number)   loaded \(subject.number)")
    return Loaded([subject.number] + subject.entities.map { versions[$0] })
  }

  /// What the store has of a subject under the generations that hold.
  private func stored(_ subject: Subject) -> [Int]? {
    guard let nonces = store.nonces(subject.key), let bytes = store.bytes(subject.key) else { return nil }
    do {
      let envelope = try Envelope(bytes)
      guard envelope.nonces == nonces else { return nil }
      return try CacheCodec.decode([Int].self, from: envelope.payload)
    } catch {
      history.report(.foreign, "the store's \(subject.number): \(error)")
      return nil
    }
  }

  private func compare(_ value: [Int]?, _ subject: Subject, _ whose: String) async {
    let versions = database.snapshot
    let expected = [subject.number] + subject.entities.map { versions[$0] }
    if let value, value != expected {
      history.report(.disagreement, "\(whose) has \(value) for \(expected) at \(Scheduler.text(now))")
    }
  }

  /// What was read once is not loaded again.
  private func cacheAgain() async {
    scheduler.log("-- all must cache")
    for round in 0..<2 {
      let before = quietLoads
      for node in nodes {
        for subject in Subjects.all where subject.kind == .guarded && subject.policy.timeToLive == nil {
          await compare(await current(subject, node), subject, "n\(node.number)")
        }
      }
      if round == 1, quietLoads > before {
        history.report(.idle, "\(quietLoads - before) loads of what was read before")
      }
    }
    for node in nodes where !node.cache.isFeedLive { history.report(.idle, "n\(node.number) has no feed") }
    for node in nodes {
      let owed = node.cache.getStats().shared?.owed ?? 0
      if owed > 0 { history.report(.idle, "n\(node.number) owes \(owed) bumps") }
    }
  }

  private var quietLoads: Int { state.withLock { $0.loads[Load(subject: -1, nonces: []), default: 0] } }

  /// A change on each node shows on the others within 50 ms.
  private func tellAgain() async {
    scheduler.log("-- all must tell")
    for node in nodes {
      do {
        try await node.cache.change([Subjects.tags[0]]) { [self] in .committed(_ = database.commit([0])) }
      } catch {
        history.report(.late, "a change threw \(error)")
      }
      await sleep(.milliseconds(50))
      for other in nodes {
        let before = history.violations.count
        await compare(await current(Subjects.all[0], other), Subjects.all[0], "n\(other.number)")
        if history.violations.count > before { history.report(.late, "n\(other.number) does not show it after 50 ms") }
      }
    }
  }
}
