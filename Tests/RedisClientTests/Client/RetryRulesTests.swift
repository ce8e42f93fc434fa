import Testing

@testable import RedisClient

@Suite("What is sent again")
struct RetryRulesTests {
  private let rules = RetryRules()

  private func decide(_ code: RedisClientError.Code, _ effect: RedisCommand.Effect, _ retries: Int = 0)
    -> RetryRules.Decision
  {
    rules.decide(RedisClientError(code, ""), effect: effect, retries: retries)
  }

  @Test("What was never sent may be sent, whatever it does; a lost answer only when twice does no harm")
  func connections() {
    for effect in [RedisCommand.Effect.reads, .idempotent, .once] {
      #expect(decide(.connectionClosed(.notSent), effect, 100) == .retry(after: .milliseconds(1)))
    }
    #expect(decide(.connectionClosed(.maybeSent), .reads) == .retry(after: .zero))
    #expect(decide(.connectionClosed(.maybeSent), .idempotent) == .retry(after: .zero))
    #expect(decide(.connectionClosed(.maybeSent), .reads, 3) == .fail)
    #expect(decide(.connectionClosed(.maybeSent), .once) == .fail)
  }

  @Test(
    "A time-out, a cancellation, a full queue and a broken protocol are final",
    arguments: [
      RedisClientError.Code.timedOut, .cancelled, .queueFull, .protocolViolation, .authentication, .notConnected,
      .shutDown,
      .server(prefix: "ERR"), .server(prefix: "OOM"), .server(prefix: "NOPERM"),
    ])
  func final(_ code: RedisClientError.Code) {
    #expect(decide(code, .reads) == .fail)
  }

  @Test(
    "What a server refused to execute is sent again after growing pauses, a few times",
    arguments: [
      "READONLY", "LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN",
    ])
  func refusals(_ prefix: String) {
    let code = RedisClientError.Code.server(prefix: prefix)
    #expect(decide(code, .once, 0) == .retry(after: .milliseconds(100)))
    #expect(decide(code, .once, 2) == .retry(after: .milliseconds(900)))
    #expect(decide(code, .reads, 3) == .fail)
  }
}
