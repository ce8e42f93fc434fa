import Testing

@testable import PostgresClient

@Suite("A breaker")
struct CircuitBreakerTests {
  let start = Instant(nanoseconds: 1_000_000_000_000)

  private func opened() -> CircuitBreaker {
    var breaker = CircuitBreaker(settings: .init())
    for number in 0..<10 { breaker.record(isSuccess: number % 2 == 0, now: start) }
    return breaker
  }

  @Test("It opens when half of at least ten calls have failed")
  func opens() {
    var breaker = CircuitBreaker(settings: .init())
    for _ in 0..<9 { breaker.record(isSuccess: false, now: start) }
    let outcome1 = breaker.admits(now: start)
    #expect(outcome1)
    breaker.record(isSuccess: false, now: start)
    let outcome2 = breaker.admits(now: start)
    #expect(!outcome2)
    #expect(opened().state == .open(until: start + .seconds(30)))
  }

  @Test("Failures of more than a minute ago are forgotten")
  func window() {
    var breaker = CircuitBreaker(settings: .init())
    for _ in 0..<9 { breaker.record(isSuccess: false, now: start) }
    breaker.record(isSuccess: false, now: start + .seconds(61))
    #expect(breaker.state == .closed)
  }

  @Test("After half a minute one call tries; its success closes, its failure opens anew")
  func trial() {
    var breaker = opened()
    let later = start + .seconds(30)
    let outcome3 = breaker.admits(now: start + .seconds(29))
    #expect(!outcome3)
    let outcome4 = breaker.admits(now: later)
    #expect(outcome4)
    let outcome5 = breaker.admits(now: later)
    #expect(!outcome5)
    var other = breaker
    breaker.record(isSuccess: true, now: later)
    #expect(breaker.state == .closed)
    other.record(isSuccess: false, now: later)
    #expect(other.state == .open(until: later + .seconds(30)))
  }

  @Test("A call that says nothing of the server counts neither way, and gives a trial back to the next")
  func silent() {
    var breaker = CircuitBreaker(settings: .init())
    for _ in 0..<9 { breaker.record(isSuccess: false, now: start) }
    for _ in 0..<100 { breaker.record(isSuccess: nil, now: start) }
    #expect(breaker.state == .closed)
    breaker.record(isSuccess: false, now: start)
    #expect(breaker.state == .open(until: start + .seconds(30)))
    breaker.record(isSuccess: nil, now: start)
    #expect(breaker.state == .open(until: start + .seconds(30)))
    let later = start + .seconds(30)
    let trial = breaker.admits(now: later)
    #expect(trial)
    breaker.record(isSuccess: nil, now: later)
    let next = breaker.admits(now: later)
    #expect(next)
    let other = breaker.admits(now: later)
    #expect(!other)
  }

  @Test("A cancelled call and one without a connection say nothing; one that was refused says that the server answers")
  func outcomes() {
    #expect(CircuitBreaker.outcome(of: CancellationError()) == nil)
    #expect(CircuitBreaker.outcome(of: PostgresError(.poolExhausted, "")) == nil)
    #expect(CircuitBreaker.outcome(of: PostgresError(.connectFailed, "")) == false)
    #expect(CircuitBreaker.outcome(of: PostgresError(.server, "", sqlState: .uniqueViolation)) == true)
  }

  @Test("A trial that never reports does not keep it shut for ever")
  func lostTrial() {
    var breaker = opened()
    let outcome6 = breaker.admits(now: start + .seconds(30))
    #expect(outcome6)
    let outcome7 = breaker.admits(now: start + .seconds(60))
    #expect(outcome7)
  }

  @Test("A good health check lets a call try at once")
  func healthy() {
    var breaker = opened()
    breaker.mayTry(now: start + .seconds(1))
    let outcome8 = breaker.admits(now: start + .seconds(1))
    #expect(outcome8)
    let outcome9 = breaker.admits(now: start + .seconds(1))
    #expect(!outcome9)
  }
}
