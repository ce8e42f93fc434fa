import Caching
import PortContracts
import Synchronization

extension World {
  private enum Ending: Sendable { case committed, unchanged, throwsBefore, throwsAfter }

  /// A change of one or two entities, and a read of it by the one who made it.
  func change(_ node: Node) async {
    let (entities, tags, ending, before, after) = draw { chance in
      let choices = [[0], [0], [1], [0, 1], [3], [0, 3]]
      let entities = choices[chance.below(choices.count)]
      let isWhole = entities == [0, 1] && chance.chance(0.3)
      let endings: [Ending] = [.committed, .committed, .committed, .committed, .unchanged, .throwsBefore, .throwsAfter]
      let most: Duration = [.zero, .milliseconds(3), .milliseconds(40)][chance.below(3)]
      return (
        entities, isWhole ? [CacheTag.all(Subjects.tenant)] : Subjects.tags(of: entities),
        endings[chance.below(endings.count)], chance.duration(.zero...most), chance.duration(.zero...most)
      )
    }
    let start = now
    let made = Mutex<(versions: [Int: Int], wasGuarded: Bool)?>(nil)
    state.withLock { state in
      for entity in entities {
        state.changing[entity, default: 0] += 1
        state.begun[entity, default: 0] += 1
      }
    }
    do {
      try await call(node, "change \(entities) \(ending)") {
        try await node.cache.change(tags) { [self] () -> CacheChange<Void> in
          if before > .zero { try await node.environment.sleep(before) }
          if ending == .unchanged { return .unchanged(()) }
          if ending == .throwsBefore { throw LoadFailure() }
          let wasGuarded = tags.allSatisfy(store.isInDoubt)
          let versions = database.commit(entities)
          scheduler.log("n\(node.number)   committed \(versions)\(wasGuarded ? "" : " unguarded")")
          made.withLock { made in
            made = (Dictionary(uniqueKeysWithValues: entities.map { ($0, versions[$0]) }), wasGuarded)
          }
          if after > .zero { try await node.environment.sleep(after) }
          if ending == .throwsAfter { throw LoadFailure() }
          return .committed((), position: UInt64(versions.reduce(0, +)))
        }
      }
    } catch {
      scheduler.log("n\(node.number) change \(entities): \(error)")
    }
    state.withLock { state in for entity in entities { state.changing[entity, default: 0] -= 1 } }
    guard let (versions, wasGuarded) = made.withLock({ $0 }) else { return }
    scheduler.log("n\(node.number) acknowledged \(versions)")
    history.acknowledged(
      History.Change(node: node.number, started: start, ended: now, versions: versions, wasGuarded: wasGuarded))
    let subjects = Subjects.all.filter { !$0.entities.filter(entities.contains).isEmpty }
    let subject = subjects[draw { $0.below(subjects.count) }]
    if draw({ $0.chance(0.5) }) { await read(subject, node) } else { peek(subject, node) }
  }

  /// A change by somebody who knows nothing of the cache, and is told to it afterwards.
  func changeOutside(_ node: Node) async {
    let start = now
    let versions = database.commit([Subjects.external])
    let pause = draw { $0.duration(.zero ... .milliseconds(5)) }
    await sleep(pause)
    await call(node, "invalidate \(versions)") { await node.cache.invalidate([Subjects.tags[Subjects.external]]) }
    history.acknowledged(
      History.Change(
        node: node.number, started: start, ended: now,
        versions: [Subjects.external: versions[Subjects.external]], wasGuarded: false))
  }

  /// Sets the register, and reads it where nobody else sets it meanwhile.
  func set(_ node: Node) async {
    let register = Subjects.all[Subjects.register]
    let (value, settings, isFirst) = state.withLock { state in
      state.setting += 1
      state.settings += 1
      state.registerValues.append(state.settings)
      return (state.settings, state.settings, state.setting == 1)
    }
    do {
      try await call(node, "set \(value)") {
        try await node.cache.set(register.key, to: [register.number, value], policy: .forever)
      }
    } catch {
      history.report(.foreign, "set threw \(error)")
    }
    let isAlone = state.withLock { state in
      state.setting -= 1
      return state.setting == 0 && state.settings == settings
    }
    guard isFirst, isAlone, plan.weather == .calm, !plan.removals else { return }
    let found = await call(node, "get back") { await node.cache.get(register.key, as: [Int].self) }
    let isStillAlone = state.withLock { $0.settings == settings }
    // While a change of the whole tenant is under way nothing is kept.
    if isStillAlone, let found, found != [register.number, value] {
      history.report(.ownChange, "n\(node.number) set \(value), got \(found)")
    }
  }

  func remove(_ node: Node) async {
    let subject = Subjects.all[draw { $0.below(Subjects.all.count) }]
    if draw({ $0.chance(0.7) }) {
      await call(node, "del \(subject.number)") { await node.cache.del([subject.key]) }
    } else {
      _ = await call(node, "flush", limit: 61_000_000_000) {
        await node.cache.flush(CachePattern("simulation", Subjects.tenant, "package*"))
      }
    }
  }
}
