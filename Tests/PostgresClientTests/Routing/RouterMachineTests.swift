import Testing

@testable import PostgresClient

@Suite("What a router decides")
struct RouterMachineTests {
  let start = Instant(nanoseconds: 1_000_000_000_000)

  private func machine(_ addresses: [(weight: Double, region: Int)]) -> RouterMachine {
    RouterMachine(
      addresses: addresses.enumerated().map {
        PostgresServerAddress(PostgresURL(host: "h\($0)"), weight: $1.weight, region: $1.region)
      }, settings: .init())
  }

  private func primary(_ timeline: UInt32 = 1, at position: UInt64 = 100, isWritable: Bool = true) -> ServerReport {
    ServerReport(
      isInRecovery: false, position: PostgresWALPosition(position), timeline: timeline, isWritable: isWritable,
      latency: .milliseconds(1))
  }

  private func replica(
    _ timeline: UInt32 = 1, at position: UInt64 = 100, latency: Duration = .milliseconds(1)
  ) -> ServerReport {
    ServerReport(
      isInRecovery: true, position: PostgresWALPosition(position), timeline: timeline, isWritable: false,
      latency: latency)
  }

  private func shares(_ machine: RouterMachine, loads: [Int], _ source: PostgresReadOptions.Source = .any) -> [Int?:
    Int]
  {
    var machine = machine
    var counts: [Int?: Int] = [:]
    for step in 0..<1000 {
      counts[
        machine.chooseReader(source, loads: loads, random: Double(step) / 1000, now: start), default: 0] += 1
    }
    return counts
  }

  @Test("Reads are shared out by weight, latency and load")
  func shares() {
    var machine = machine([(1, 0), (3, 0), (1, 0)])
    _ = machine.checked([primary(), replica(), replica()], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [1: 750, 2: 250])
    #expect(shares(machine, loads: [0, 2, 0]) == [1: 500, 2: 500])
    _ = machine.checked([primary(), replica(), replica(latency: .milliseconds(17))], now: start)
    #expect(shares(machine, loads: [0, 2, 0])[1, default: 0] > 700)
  }

  @Test("A replica above the CPU threshold gets a quarter of its reads")
  func cpu() {
    var machine = machine([(1, 0), (1, 0), (1, 0)])
    var busy = replica()
    busy.cpuPercent = 81
    _ = machine.checked([primary(), busy, replica()], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [1: 200, 2: 800])
  }

  @Test("A critical read goes to the primary, and every read when no replica is fit")
  func primaryReads() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([primary(), replica()], now: start)
    #expect(shares(machine, loads: [0, 0], .primary) == [0: 1000])
    _ = machine.checked([primary(), nil], now: start)
    #expect(shares(machine, loads: [0, 0]) == [0: 1000])
  }

  @Test("A read that must see a position goes to a replica that has replayed it, else to the primary")
  func replayed() {
    var machine = machine([(1, 0), (1, 0), (1, 0)])
    _ = machine.checked([primary(at: 200), replica(at: 150), replica(at: 199)], now: start)
    #expect(shares(machine, loads: [0, 0, 0], .replayed(PostgresWALPosition(160))) == [2: 1000])
    #expect(shares(machine, loads: [0, 0, 0], .replayed(PostgresWALPosition(200))) == [0: 1000])
  }

  @Test(
    "A replica that stays behind what the primary wrote longer than the threshold gets nothing until it has caught up")
  func lag() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([primary(at: 200), replica(at: 150)], now: start)
    #expect(machine.isAnyBehind)
    #expect(shares(machine, loads: [0, 0]) == [1: 1000])
    _ = machine.checked([primary(at: 300), replica(at: 150)], now: start + .seconds(6))
    #expect(machine.servers[1].lag == .seconds(6))
    #expect(shares(machine, loads: [0, 0]) == [0: 1000])
    _ = machine.checked([primary(at: 300), replica(at: 250)], now: start + .seconds(7))
    #expect(machine.servers[1].lag == .seconds(1))
    #expect(shares(machine, loads: [0, 0])[1] == 1000)
  }

  @Test("A replica does not fall further behind a primary that is silent")
  func silentPrimary() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([primary(at: 200), replica(at: 150)], now: start)
    _ = machine.checked([nil, replica(at: 150)], now: start + .seconds(60))
    #expect(machine.servers[1].lag == .zero)
    #expect(shares(machine, loads: [0, 0]) == [1: 1000])
  }

  @Test("The highest timeline wins, and an old primary that returns gets nothing even when the new one is away")
  func timelines() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([primary(), replica()], now: start)
    let outcome1 = machine.chooseWriter(now: start)
    #expect(outcome1 == 0)
    let outcome2 = machine.checked([nil, replica()], now: start)
    #expect(outcome2 == nil)
    let outcome3 = machine.checked([nil, primary(2)], now: start)
    #expect(outcome3 == 0)
    let outcome4 = machine.chooseWriter(now: start)
    #expect(outcome4 == 1)
    let outcome5 = machine.checked([primary(1, at: 500), primary(2)], now: start)
    #expect(outcome5 == nil)
    let outcome6 = machine.chooseWriter(now: start)
    #expect(outcome6 == 1)
    #expect(machine.servers[0].role == .deposed)
    _ = machine.checked([primary(1, at: 500), nil], now: start)
    let outcome7 = machine.chooseWriter(now: start)
    #expect(outcome7 == 1)
    #expect(shares(machine, loads: [0, 0]) == [1: 1000])
  }

  @Test("After a promotion a replica gets reads when it is seen to follow, however far it goes on the old timeline")
  func following() {
    var machine = machine([(1, 0), (1, 0), (1, 0)])
    _ = machine.checked([primary(at: 100), replica(at: 90), replica(at: 100)], now: start)
    _ = machine.checked([nil, primary(2, at: 95), replica(at: 100)], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [1: 1000])
    _ = machine.checked([nil, primary(2, at: 96), replica(at: 130)], now: start)
    #expect(shares(machine, loads: [0, 0, 0], .replayed(PostgresWALPosition(96))) == [1: 1000])
    _ = machine.checked([nil, primary(2, at: 96), replica(2, at: 96)], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [2: 1000])
    // Without a primary it receives nothing, and may not tell the timeline that it is on.
    _ = machine.checked([nil, nil, replica(1, at: 96)], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [2: 1000])
  }

  @Test("An old primary that comes back as a replica gets no reads before it is on the new timeline")
  func rejoining() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([nil, primary(2, at: 96)], now: start)
    _ = machine.checked([replica(1, at: 100), primary(2, at: 96)], now: start)
    #expect(shares(machine, loads: [0, 0]) == [1: 1000])
    #expect(shares(machine, loads: [0, 0], .replayed(PostgresWALPosition(96))) == [1: 1000])
    _ = machine.checked([replica(2, at: 110), primary(2, at: 110)], now: start)
    #expect(shares(machine, loads: [0, 0]) == [0: 1000])
  }

  @Test("With the primary down a replica that missed its check is still asked")
  func lastResort() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([primary(), replica()], now: start)
    _ = machine.checked([nil, nil], now: start)
    #expect(shares(machine, loads: [0, 0]) == [1: 1000])
    #expect(shares(machine, loads: [0, 0], .primary) == [0: 1000])
  }

  @Test("Without any answer there is no server")
  func nothing() {
    var machine = machine([(1, 0)])
    _ = machine.checked([nil], now: start)
    let outcome8 = machine.chooseWriter(now: start)
    #expect(outcome8 == nil)
    let outcome9 = machine.chooseReader(.any, loads: [0], random: 0, now: start)
    #expect(outcome9 == nil)
  }

  @Test("Reads stay in the nearest region that has a server for them")
  func regions() {
    var machine = machine([(1, 0), (1, 0), (1, 1)])
    _ = machine.checked([primary(), replica(), replica()], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [1: 1000])
    _ = machine.checked([primary(), nil, replica()], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [0: 1000])
    _ = machine.checked([nil, nil, replica()], now: start)
    #expect(shares(machine, loads: [0, 0, 0]) == [2: 1000])
  }

  @Test("A server whose breaker for reads is open gets none, and a primary still its writes; each pool has its own")
  func breaker() {
    var machine = machine([(1, 0), (1, 0)])
    _ = machine.checked([primary(), replica()], now: start)
    for _ in 0..<10 { machine.record(1, .reads, isSuccess: false, now: start) }
    #expect(shares(machine, loads: [0, 0]) == [0: 1000])
    for _ in 0..<10 { machine.record(0, .reads, isSuccess: false, now: start) }
    #expect(shares(machine, loads: [0, 0]) == [nil: 1000])
    let writer = machine.chooseWriter(now: start)
    #expect(writer == 0)
    for _ in 0..<10 { machine.record(0, .writes, isSuccess: false, now: start) }
    let none = machine.chooseWriter(now: start)
    #expect(none == nil)
  }
}
