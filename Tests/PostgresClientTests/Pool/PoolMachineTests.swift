import Testing

@testable import PostgresClient

@Suite("What a pool decides")
struct PoolMachineTests {
  /// Somebody who waits.
  final class Caller: PoolJob, CustomStringConvertible {
    let name: String
    let waitsUntil: Instant
    var isWanted = true

    init(_ name: String, until waitsUntil: Instant = .distantFuture) {
      self.name = name
      self.waitsUntil = waitsUntil
    }

    var description: String { name }
  }

  /// A machine with its connections numbered from 1, its actions as text.
  final class Subject {
    var machine: PoolMachine<Caller>
    var now = Instant(nanoseconds: 1_000_000_000_000)

    init(minimum: Int = 0, maximum: Int = 2, _ change: (inout PostgresPoolSettings) -> Void = { _ in }) {
      var settings = PostgresPoolSettings()
      settings.minimum = minimum
      settings.maximum = maximum
      change(&settings)
      var last: UInt64 = 0
      machine = PoolMachine(settings: settings) {
        last += 1
        return SessionID(number: last)
      }
    }

    func submit(_ caller: Caller) -> [String] { text(machine.submit(caller, now: now)) }
    func connected(_ id: UInt64) -> [String] { text(machine.connected(SessionID(number: id), now: now)) }
    func released(_ id: UInt64) -> [String] { text(machine.released(SessionID(number: id), now: now)) }
    func lost(_ id: UInt64) -> [String] { text(machine.lost(SessionID(number: id), now: now)) }
    func failed(_ id: UInt64) -> [String] {
      text(machine.connectFailed(SessionID(number: id), PostgresError(.connectFailed, "refused"), now: now))
    }
    func tick(after duration: Duration = .zero) -> [String] {
      now = now + duration
      return text(machine.tick(now: now))
    }
    func shutDown() -> [String] { text(machine.shutDown()) }

    private func text(_ actions: [PoolMachine<Caller>.Action]) -> [String] {
      actions.map { action in
        switch action {
        case .open(let id): "open \(id.number)"
        case .run(let caller, let id): "\(caller) on \(id.number)"
        case .close(let id): "close \(id.number)"
        case .fail(let caller, let error): "\(caller) fails: \(error.code)"
        }
      }
    }
  }

  @Test("Connections are opened as callers need them, up to the maximum, and given out in order of arrival")
  func growth() {
    let pool = Subject()
    #expect(pool.submit(Caller("a")) == ["open 1"])
    #expect(pool.submit(Caller("b")) == ["open 2"])
    #expect(pool.submit(Caller("c")) == [])
    #expect(pool.connected(2) == ["a on 2"])
    #expect(pool.connected(1) == ["b on 1"])
    #expect(pool.released(1) == ["c on 1"])
    #expect(pool.machine.statistics.active == 2)
  }

  @Test("Who waited in vain is told of the server when there is no connection, and of the other callers when there is")
  func reasons() {
    let pool = Subject(maximum: 1)
    let soon = pool.now + .seconds(1)
    _ = pool.submit(Caller("early", until: soon))
    _ = pool.failed(1)
    #expect(pool.tick(after: .seconds(1)).first == "early fails: connectFailed")
    _ = pool.submit(Caller("a"))
    _ = pool.connected(2)
    _ = pool.submit(Caller("late", until: pool.now + .seconds(1)))
    #expect(pool.tick(after: .seconds(1)) == ["late fails: poolExhausted"])
  }

  @Test("A caller who has gone is passed over")
  func abandoned() {
    let pool = Subject(maximum: 1)
    let gone = Caller("gone")
    _ = pool.submit(Caller("a"))
    _ = pool.connected(1)
    _ = pool.submit(gone)
    _ = pool.submit(Caller("b"))
    gone.isWanted = false
    #expect(pool.machine.statistics.waiting == 1)
    #expect(pool.released(1) == ["b on 1"])
  }

  @Test("Who waits too long is told that the pool is exhausted, the others wait on")
  func deadline() {
    let pool = Subject(maximum: 1)
    _ = pool.submit(Caller("a"))
    _ = pool.connected(1)
    _ = pool.submit(Caller("late", until: pool.now + .seconds(5)))
    _ = pool.submit(Caller("later", until: pool.now + .seconds(9)))
    #expect(pool.tick(after: .seconds(4)) == [])
    #expect(pool.tick(after: .seconds(1)) == ["late fails: poolExhausted"])
    #expect(pool.released(1) == ["later on 1"])
  }

  @Test("More callers than may wait are refused at once")
  func full() {
    let pool = Subject(maximum: 1) { $0.maximumWaiting = 1 }
    _ = pool.submit(Caller("a"))
    #expect(pool.submit(Caller("b")) == ["b fails: poolExhausted"])
  }

  @Test("The minimum is opened at once and replaced; what is above it goes after being idle")
  func idle() {
    let pool = Subject(minimum: 1)
    #expect(pool.tick() == ["open 1"])
    _ = pool.connected(1)
    _ = pool.submit(Caller("a"))
    _ = pool.submit(Caller("b"))
    _ = pool.connected(2)
    _ = pool.released(1)
    _ = pool.released(2)
    #expect(pool.tick(after: .seconds(29)) == [])
    #expect(pool.tick(after: .seconds(1)).count == 1)
    #expect(pool.machine.statistics.total == 1)
    #expect(pool.lost(2) == ["open 3"] || pool.lost(1) == ["open 3"])
  }

  @Test("A connection that has reached its age is closed when it is free, not before")
  func lifetime() {
    let pool = Subject { $0.maximumLifetime = .seconds(60) }
    _ = pool.submit(Caller("a"))
    _ = pool.connected(1)
    #expect(pool.tick(after: .seconds(61)) == [])
    #expect(pool.released(1) == ["close 1"])
  }

  @Test("After a failure it waits 1, 2, 4 s between attempts, one at a time, and tells who waits after the third")
  func backOff() {
    let pool = Subject { $0.acquisitionDeadline = .seconds(60) }
    #expect(pool.submit(Caller("a")) == ["open 1"])
    #expect(pool.failed(1) == [])
    #expect(pool.submit(Caller("b")) == [])
    #expect(pool.tick(after: .milliseconds(900)) == [])
    #expect(pool.tick(after: .milliseconds(100)) == ["open 2"])
    #expect(pool.failed(2) == [])
    #expect(pool.tick(after: .seconds(2)) == ["open 3"])
    #expect(pool.failed(3) == ["a fails: connectFailed", "b fails: connectFailed"])
    #expect(pool.submit(Caller("c")) == [])
    #expect(pool.tick(after: .seconds(4)) == ["open 4"])
    #expect(pool.connected(4) == ["c on 4"])
  }

  @Test("Shutting down refuses callers, closes what is free, and lets work end")
  func shutDown() {
    let pool = Subject()
    _ = pool.submit(Caller("a"))
    _ = pool.submit(Caller("b"))
    _ = pool.connected(1)
    _ = pool.connected(2)
    _ = pool.released(2)
    #expect(pool.shutDown() == ["close 2"])
    #expect(pool.submit(Caller("c")) == ["c fails: shutDown"])
    #expect(!pool.machine.isDrained)
    #expect(pool.released(1) == ["close 1"])
    #expect(pool.machine.isDrained)
  }
}
