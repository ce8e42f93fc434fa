import Caching
import PortContracts
import Synchronization

extension World {
  /// All that goes wrong, until it is over.
  func misfortune() async {
    let tasks = plan.faults.enumerated().map { number, fault in
      director.start { [self] in
        await sleep(fault.start)
        await happen(fault, number)
      }
    }
    for task in tasks { await task.value }
  }

  /// The weather clears: from now on nothing goes wrong.
  func clear() {
    var odds = ChaosOdds()
    odds.delay = plan.delay
    odds.messageDelay = plan.delay
    for node in nodes { node.link.odds = odds }
    scheduler.log("-- nothing goes wrong from here on")
  }

  private func happen(_ fault: Plan.Fault, _ number: Int) async {
    scheduler.log("-- \(fault.kind) n\(fault.node) for \(fault.length)")
    let node = nodes[fault.node]
    switch fault.kind {
    case .refusing:
      await disturb([node], .refusing, number, fault.length) { $0.link.endSubscriptions() }
    case .partitioned: await disturb([node], .partitioned, number, fault.length)
    case .messageLoss:
      var odds = ChaosOdds()
      odds.messageLoss = 0.7
      await disturb([node], odds, number, fault.length)
    case .silence: node.link.silenceSubscriptions()
    case .ending: node.link.endSubscriptions()
    case .storeDown: await disturb(nodes, .refusing, number, fault.length) { $0.link.endSubscriptions() }
    case .storeSilent: await disturb(nodes, .partitioned, number, fault.length)
    case .storeLate:
      var odds = ChaosOdds.partitioned
      odds.hang = 0
      odds.lateEffect = 1
      odds.lateness = fault.length / 4...fault.length
      await disturb(nodes, odds, number, fault.length)
    case .storeRestart:
      store.takeSnapshot()
      await sleep(fault.length / 2)
      await disturb(nodes, .refusing, number, fault.length / 2) { $0.link.endSubscriptions() }
      store.restart()
      scheduler.log("-- the store has restarted")
    case .eviction:
      let (probability, seed) = draw { ([0.1, 0.5, 1][$0.below(3)], $0.next()) }
      store.evict(probability, seed: seed)
    case .stall:
      scheduler.stall(fault.node)
      await sleep(fault.length)
      scheduler.wake(fault.node)
      scheduler.log("-- n\(fault.node) goes on")
    case .clockSet:
      node.clock.setBack(byMilliseconds: draw { Int64($0.below(20_000)) - 10_000 })
    case .loadFailures:
      state.withLock { $0.failing += 1 }
      await sleep(fault.length)
      state.withLock { $0.failing -= 1 }
    }
  }

  /// Makes the links of some nodes bad for a while.
  private func disturb(
    _ disturbed: [Node], _ odds: ChaosOdds, _ number: Int, _ length: Duration, _ begin: (Node) -> Void = { _ in }
  ) async {
    let place = state.withLock { state in
      for node in disturbed { state.active[node.number].append((number, odds)) }
      state.bad.append((disturbed.map(\.number), now, .max))
      return state.bad.count - 1
    }
    for node in disturbed {
      renew(node)
      begin(node)
    }
    await sleep(length)
    state.withLock { state in
      for node in disturbed { state.active[node.number].removeAll { $0.number == number } }
      state.bad[place].end = now
    }
    for node in disturbed { renew(node) }
    scheduler.log("-- fault \(number) is over")
  }

  private func renew(_ node: Node) {
    node.link.odds = state.withLock { $0.active[node.number].map(\.odds) }.reduce(plan.odds) { $0.worse($1) }
  }
}

extension ChaosOdds {
  /// What happens where both are at work.
  func worse(_ other: ChaosOdds) -> ChaosOdds {
    var worse = self
    let paths: [WritableKeyPath<ChaosOdds, Double>] = [
      \.refusal, \.loss, \.lostAnswer, \.hang, \.lateEffect, \.messageLoss, \.silence, \.ending,
    ]
    for path in paths { worse[keyPath: path] = max(self[keyPath: path], other[keyPath: path]) }
    if other.lateEffect > 0 { worse.lateness = other.lateness }
    return worse
  }
}
