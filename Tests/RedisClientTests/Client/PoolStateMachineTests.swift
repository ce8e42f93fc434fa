import Testing

@testable import RedisClient

@Suite("The pool's state machine")
struct PoolStateMachineTests {
  private final class Line: Sendable {}
  private typealias Machine = PoolStateMachine<Line, String>
  private static let second: UInt64 = 1_000_000_000

  private func machine(lines: Int = 1, waiters: Int = 10) -> Machine {
    Machine(lines: lines, schedule: BackOff.Schedule(), maximumWaiters: waiters)
  }

  @Test("Tries come after 1, 2, 4, 8 and 10 s, and after ten at the steady interval for ever")
  func schedule() {
    var backOff = BackOff(BackOff.Schedule())
    let delays = (0..<14).map { _ in backOff.next(jitter: 0) }
    #expect(delays == [1, 2, 4, 8, 10, 10, 10, 10, 10, 10, 5, 5, 5, 5].map { .seconds($0) })
    backOff.reset()
    #expect(backOff.next(jitter: 0.999) < .seconds(1))
    #expect(backOff.next(jitter: 0.999) > .milliseconds(1499))
  }

  @Test("A connection that was stable is replaced at once, one that fell early after a pause")
  func stability() throws {
    var machine = machine()
    var actions = machine.start()
    var attempt = try #require(actions.connect.first).attempt
    let (early, stable) = (Line(), Line())
    let step1 = machine.connected(0, attempt, early, now: 0)
    #expect(step1 != nil)
    let step2 = machine.lost(0, early, now: Self.second / 2, jitter: 0)
    actions = try #require(step2)
    #expect(actions.connect.isEmpty && actions.schedule.first?.delay == .seconds(1))
    let step3 = machine.isDue(0, now: Self.second)
    #expect(step3.connect.isEmpty)
    let step4 = machine.isDue(0, now: 2 * Self.second).connect.first
    attempt = try #require(step4).attempt
    let step5 = machine.connected(0, attempt, stable, now: 0)
    #expect(step5 != nil)
    let step6 = machine.lost(0, early, now: 9 * Self.second, jitter: 0)
    #expect(step6 == nil, "it is not the one in use")
    let step7 = machine.lost(0, stable, now: 2 * Self.second, jitter: 0)
    actions = try #require(step7)
    #expect(actions.connect.count == 1 && actions.schedule.isEmpty)
  }

  @Test("Those who wait get the first connection; those whose time ends before the next try are refused at once")
  func waiting() throws {
    var machine = machine(waiters: 1)
    let step8 = machine.start().connect.first
    let attempt = try #require(step8).attempt
    guard case .queued(let number) = machine.lease("a", until: Self.second) else {
      Issue.record("not queued")
      return
    }
    if case .queueFull = machine.lease("b", until: Self.second) {} else { Issue.record("the queue has no bound") }
    let step9 = machine.abandon(number)
    #expect(step9 == "a")
    let step10 = machine.abandon(number)
    #expect(step10 == nil)
    guard case .queued = machine.lease("c", until: Self.second) else {
      Issue.record("not queued")
      return
    }
    let step11 = machine.connected(0, attempt, Line(), now: 0)
    let actions = try #require(step11)
    #expect(actions.serve.map(\.0) == ["c"])

    var down = self.machine()
    let step12 = down.start().connect.first
    let failing = try #require(step12).attempt
    let step13 = down.failed(0, failing, now: 0, jitter: 0)
    #expect(step13?.schedule.count == 1)
    if case .hopeless = down.lease("d", until: Self.second / 2) {} else { Issue.record("it waits for nothing") }
    if case .queued = down.lease("e", until: 2 * Self.second) {} else { Issue.record("it does not wait") }
    let end = down.shutDown()
    #expect(end.refuse == ["e"])
    if case .shutDown = down.lease("f", until: .max) {} else { Issue.record("it is shut down") }
  }

  @Test("Connections are used in turn, and only those that stand")
  func turns() throws {
    var machine = machine(lines: 3)
    let tries = machine.start().connect
    let step14 = machine.connection()
    #expect(step14 == nil)
    let lines = [Line(), Line()]
    for (line, (index, attempt)) in zip(lines, tries) {
      let step15 = machine.connected(index, attempt, line, now: 0)
      #expect(step15 != nil)
    }
    let used = (0..<10).compactMap { _ in machine.connection() }
    #expect(used.count { $0 === lines[0] } == 5)
    #expect(used.count { $0 === lines[1] } == 5)
  }

  @Test("When the server has moved, a try under way is given up for a new one")
  func seeking() throws {
    var machine = machine()
    let step16 = machine.start().connect.first
    let old = try #require(step16).attempt
    let step17 = machine.seek().connect.first
    let new = try #require(step17).attempt
    let step18 = machine.connected(0, old, Line(), now: 0)
    #expect(step18 == nil)
    let step19 = machine.failed(0, old, now: 0, jitter: 0)
    #expect(step19 == nil)
    let step20 = machine.connected(0, new, Line(), now: 0)
    #expect(step20 != nil)
    let step21 = machine.seek()
    #expect(step21.connect.isEmpty)
  }
}
