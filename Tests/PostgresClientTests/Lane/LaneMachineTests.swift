import Testing

@testable import PostgresClient

@Suite("What a lane decides")
struct LaneMachineTests {
  let start = Instant(nanoseconds: 1_000_000_000_000)
  let one = SessionID(number: 1)
  let two = SessionID(number: 2)

  private func open(depth: Int = 2) -> LaneMachine {
    var settings = PostgresLaneSettings()
    settings.depth = depth
    var lane = LaneMachine(settings: settings, lifetime: .seconds(3600))
    for session in [one, two] {
      lane.opening(session)
      lane.connected(session, now: start)
    }
    return lane
  }

  @Test("Reads are spread evenly; what no connection can take goes to the pool")
  func spread() {
    var lane = open()
    let routes = (0..<5).map { _ in lane.route("a", now: start) }
    #expect(routes.filter { $0 == .send(one) }.count == 2)
    #expect(routes.filter { $0 == .send(two) }.count == 2)
    #expect(routes.last == .divert)
    lane.answered(two, now: start)
    let freed = lane.route("a", now: start)
    #expect(freed == .send(two))
  }

  @Test("A connection whose head takes more than its budget has stalled; one that makes progress has not")
  func stall() {
    var lane = open()
    for _ in 0..<4 { _ = lane.route("a", now: start) }
    lane.answered(one, now: start + .milliseconds(200))
    let stalled = lane.stalled(now: start + .milliseconds(250))
    #expect(stalled == [two])
    lane.lost(two, now: start)
    #expect(lane.missing(now: start) == 1)
  }

  @Test("A statement that was slow goes to the pool for a while")
  func slow() {
    var lane = open()
    lane.markSlow("a", now: start)
    let routes = [lane.route("a", now: start), lane.route("b", now: start), lane.route("a", now: start + .seconds(61))]
    #expect(routes[0] == .divert)
    #expect(routes[1] != .divert)
    #expect(routes[2] != .divert)
  }

  @Test("Attempts to connect wait longer each time")
  func backOff() {
    var lane = LaneMachine(settings: .init(), lifetime: .seconds(3600))
    lane.opening(one)
    lane.lost(one, now: start)
    #expect(lane.missing(now: start) == 0)
    #expect(lane.missing(now: start + .seconds(1)) == 2)
    lane.opening(two)
    lane.lost(two, now: start + .seconds(1))
    #expect(lane.missing(now: start + .seconds(2)) == 0)
    #expect(lane.missing(now: start + .seconds(3)) == 2)
  }
}
