import NIOCore
import PortContracts
import Testing

@testable import Caching

@Suite("Word from the store of what this instance has stored", .timeLimit(.minutes(1)))
struct EchoTests {
  /// How often the store tells of the key, around the moment at which a load is stored there.
  struct Words: Sendable, CustomStringConvertible {
    var before = 0
    var meanwhile = 0
    var after = 0
    /// Whether the store was silent meanwhile.
    var isInterrupted = false
    /// Whether what the load brings must be compared with the store before it is served.
    let isSuspect: Bool

    var description: String {
      "\(before) before, \(meanwhile) meanwhile, \(after) after\(isInterrupted ? ", silence" : "")"
    }
  }

  private let clock = ManualClock()
  private let key = CacheKey("n", .platform, "a")
  private let generations = Generations()
  private let flights: SingleFlight

  init() {
    flights = SingleFlight(
      generations: generations, environment: CacheEnvironment(ticker: clock, wallClock: clock))
    clock.advance(by: .seconds(10))
    flights.tells(true)
  }

  /// Runs a load that is stored; returns whether what it brings may be served.
  private func isServed(_ words: Words = Words(isSuspect: false)) async throws -> Bool {
    var isFresh = false
    let stamp = generations.stamp(key.tags)
    let entry = CacheEntry(
      name: key.text, body: ByteBuffer(), gzip: nil, entityTag: EntityTag(of: ByteBuffer()), isAbsent: false,
      value: nil,
      stamp: stamp, life: .forever(from: 0))
    let (flight, _, isNew) = flights.board(key, stamp: stamp)
    #expect(isNew)
    for _ in 0..<words.before { _ = flights.overtake(key) }
    let mark = flights.storing(key, flight)
    for _ in 0..<words.meanwhile { _ = flights.overtake(key) }
    if words.isInterrupted {
      flights.tells(false)
      flights.tells(true)
      flights.overtakeAll()
    }
    flights.stored(key, flight, since: mark, isTold: true)
    for _ in 0..<words.after { _ = flights.overtake(key) }
    flights.land(key, flight, .success(Flight.Landing(entry: entry, isKept: true))) {
      isFresh = ($0?.freshUntil ?? 0) > clock.nanoseconds()
    }
    return isFresh
  }

  @Test(
    "One word of a store is this instance's own, whether it comes before the store's answer or after it; others are not",
    arguments: [
      Words(isSuspect: false), Words(after: 1, isSuspect: false), Words(meanwhile: 1, isSuspect: false),
      Words(after: 2, isSuspect: true), Words(meanwhile: 2, isSuspect: true),
      Words(meanwhile: 1, after: 1, isSuspect: true), Words(before: 1, isSuspect: true),
      Words(before: 1, after: 1, isSuspect: true),
      Words(isInterrupted: true, isSuspect: true),
    ])
  func words(_ words: Words) async throws {
    #expect(try await isServed(words) == !words.isSuspect)
  }

  @Test("The word that a store was waiting for is passed over once, also when the load has ended")
  func once() async throws {
    #expect(try await isServed())
    #expect(!flights.overtake(key))
    #expect(flights.overtake(key))
    #expect(try await isServed(Words(meanwhile: 1, isSuspect: false)))
    #expect(flights.overtake(key), "it came before the load ended")
  }

  @Test(
    "It is waited for for three seconds, not at all after the store was silent, and not for a load that was removed")
  func limits() async throws {
    #expect(try await isServed())
    clock.advance(by: .milliseconds(2_999))
    #expect(!flights.overtake(key))
    #expect(try await isServed())
    clock.advance(by: .milliseconds(3_001))
    #expect(flights.overtake(key))

    #expect(try await isServed())
    flights.tells(true)
    #expect(flights.overtake(key), "it was silent in between")
    let (silent, _, _) = flights.board(key, stamp: generations.stamp(key.tags))
    let mark = flights.storing(key, silent)
    flights.tells(false)
    flights.tells(true)
    flights.stored(key, silent, since: mark, isTold: true)
    #expect(flights.overtake(key), "it was silent while that was stored")
    flights.detach(key)
    flights.tells(false)
    #expect(try await !isServed(Words(after: 1, isSuspect: true)), "it does not tell")
    flights.tells(true)

    let (removed, _, _) = flights.board(key, stamp: generations.stamp(key.tags))
    flights.detach(key)
    flights.stored(key, removed, since: flights.storing(key, removed), isTold: true)
    #expect(flights.overtake(key))
  }

  @Test("One that never came is not waited for any more when the key is stored again")
  func again() async throws {
    #expect(try await isServed())
    #expect(try await isServed(Words(meanwhile: 1, isSuspect: false)))
    #expect(flights.overtake(key))
  }

  @Test("Words that never come take no more than a bounded place, and only for their time")
  func bound() async throws {
    for index in 0..<10_000 {
      let key = CacheKey("n", .platform, "\(index)")
      let (flight, _, _) = flights.board(key, stamp: generations.stamp(key.tags))
      flights.stored(key, flight, since: flights.storing(key, flight), isTold: true)
      flights.detach(key)
    }
    #expect(try await !isServed(Words(after: 1, isSuspect: true)), "there is no room")
    clock.advance(by: .seconds(4))
    #expect(try await isServed(Words(after: 1, isSuspect: false)), "there is room again")
    #expect((0..<10_000).allSatisfy { flights.overtake(CacheKey("n", .platform, "\($0)")) })
  }
}
