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
    /// Whether what the load brings must be compared with the store before it is served.
    let isSuspect: Bool

    var description: String { "\(before) before, \(meanwhile) meanwhile, \(after) after" }
  }

  private let clock = ManualClock()
  private let key = CacheKey("n", .platform, "a")
  private let generations = Generations()
  private let flights: SingleFlight

  init() {
    flights = SingleFlight(
      generations: generations, environment: CacheEnvironment(ticker: clock, wallClock: clock))
    clock.advance(by: .seconds(10))
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
    let count = flight.overtakings
    for _ in 0..<words.meanwhile { _ = flights.overtake(key) }
    flights.expectEcho(key, flight, since: count)
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
    "It is waited for no longer than a second, not at all after the store was silent, and not for a load that was removed"
  )
  func limits() async throws {
    #expect(try await isServed())
    clock.advance(by: .milliseconds(999))
    #expect(!flights.overtake(key))
    #expect(try await isServed())
    clock.advance(by: .milliseconds(1001))
    #expect(flights.overtake(key))
    #expect(try await isServed())
    flights.forgetEchoes()
    #expect(flights.overtake(key))

    let (flight, _, _) = flights.board(key, stamp: generations.stamp(key.tags))
    flights.detach(key)
    flights.expectEcho(key, flight, since: flight.overtakings)
    #expect(flights.overtake(key))
  }

  @Test("Words that never come take no more than a bounded place, and hide no others for longer than theirs")
  func bound() async throws {
    for index in 0..<10_000 {
      let key = CacheKey("n", .platform, "\(index)")
      let (flight, _, _) = flights.board(key, stamp: generations.stamp(key.tags))
      flights.expectEcho(key, flight, since: 0)
      flights.detach(key)
    }
    let hidden = (0..<10_000).count { !flights.overtake(CacheKey("n", .platform, "\($0)")) }
    #expect(hidden > 2_000 && hidden <= 4_096)
    clock.advance(by: .seconds(2))
    #expect(try await isServed(Words(after: 1, isSuspect: false)), "there is room again")
  }
}
