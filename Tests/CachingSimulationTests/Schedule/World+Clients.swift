import Caching
import PortContracts

extension World {
  /// One client of a node: calls and pauses until the time for work is over.
  func work(_ node: Node, until end: UInt64) async {
    while now < end {
      await oneCall(node)
      let pause = draw { chance in
        let most = plan.pauses[chance.below(plan.pauses.count)]
        return chance.duration(.microseconds(10)...most)
      }
      await sleep(pause)
    }
  }

  private func oneCall(_ node: Node) async {
    let (choice, number, other) = draw { ($0.below(100), $0.below(Subjects.all.count - 1), $0.below(6)) }
    let subject = Subjects.all[number]
    switch choice {
    case 0..<38: await read(subject, node)
    case 38..<46: peek(subject, node)
    case 46..<54: await get(Subjects.all[draw { $0.below(Subjects.all.count) }], node)
    case 54..<62: await readMany([subject, Subjects.all[(number + 1 + other % 5) % 6]], node)
    case 62..<74 where plan.setsOften: await set(node)
    case 62..<80: await change(node)
    case 80..<84: await changeOutside(node)
    case 84..<88: await set(node)
    case 88..<91: if plan.removals { await remove(node) }
    case 91..<93:
      var policy = subject.policy
      policy.skipsRead = true
      await read(subject, node, policy: policy)
    case 93..<95:
      var policy = subject.policy
      policy.staleGrace = .seconds(3)
      policy.timeToLive = .seconds(1)
      policy.softLoadLimit = .milliseconds(5)
      policy.hardLoadLimit = .milliseconds(500)
      await read(subject, node, policy: policy)
    default:
      guard draw({ $0.chance(plan.cancellations * 4) }) else { return await read(subject, node) }
      let task = node.executor.start { [self] in await read(subject, node) }
      await sleep(draw { $0.duration(.zero ... .milliseconds(10)) })
      task.cancel()
      await task.value
    }
  }
}
