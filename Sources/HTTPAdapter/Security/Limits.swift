import Caching
import HTTPTypes
import Kernel
import TenancyDomain

/// Applies the rate limiter to requests that bear a key.
struct Limits: Sendable {
  /// Nil when limits are off.
  let limiter: RateLimiter?
  let address: ClientAddress

  /// What a client's requests count against; nil when limits are off.
  func subjects(_ client: @autoclosure () -> RateLimiter.Client) -> RateLimiter.Subjects? {
    limiter.map { $0.subjects(client()) }
  }

  /// Takes one request off limits, without suspending; `unknown` where ``takeWaiting(_:peer:_:)`` can tell.
  func take(_ subjects: RateLimiter.Subjects?) -> RateLimitVerdict {
    guard let limiter, let subjects else { return .unlimited }
    return limiter.take(subjects)
  }

  /// ``takeWaiting(_:peer:_:)`` where the subjects are at hand.
  func takeWaiting(_ subjects: RateLimiter.Subjects?) async -> RateLimitDecision? {
    guard let limiter, let subjects else { return nil }
    return await limiter.takeWaiting(subjects)
  }

  /// Takes one request off the caller's limits, waiting for the store that instances share where that is needed; nil when
  /// nothing is limited.
  func takeWaiting(_ holder: KeyHolder, peer: String, _ headers: HTTPFields) async -> RateLimitDecision? {
    guard let limiter else { return nil }
    return await limiter.takeWaiting(limiter.subjects(client(holder, peer, headers)))
  }

  /// A staff key is one client wherever it is used; a publishable key, which every visitor of a storefront has, is one
  /// client for each address.
  private func client(_ holder: KeyHolder, _ peer: String, _ headers: HTTPFields) -> RateLimiter.Client {
    let name = holder.key.kind == .secret ? holder.key.digest.description : address.of(peer, headers)
    return RateLimiter.Client(tenant: holder.tenant.id, name: name)
  }

  /// Adds the header fields of draft-ietf-httpapi-ratelimit-headers to an answer.
  func describe(_ decision: RateLimitDecision, in headers: inout HTTPFields) {
    guard let limiter else { return }
    headers[.rateLimitPolicy] = limiter.policyField
    headers[.rateLimit] = "\"\(decision.limit.name)\";r=\(decision.remaining);t=\(decision.secondsToNext)"
  }

  /// The same as bytes.
  func describe(_ decision: RateLimitDecision, in head: inout HeadBytes) {
    guard let limiter else { return }
    head.append("RateLimit-Policy: ")
    head.append(limiter.policyField)
    head.append("\r\nRateLimit: \"")
    head.append(decision.limit.name)
    head.append("\";r=")
    head.append(decision.remaining)
    head.append(";t=")
    head.append(decision.secondsToNext)
    head.append("\r\n")
  }

  /// The refusal that a decision means.
  func refusal(_ decision: RateLimitDecision) -> Problem {
    let error = DomainError(
      .rateLimited, "More than \(decision.limit.quota) requests a minute; the \(decision.limit.name) limit is reached.")
    var problem = Problem(error)
    problem.headers[.retryAfter] = String(decision.secondsToNext)
    describe(decision, in: &problem.headers)
    return problem
  }
}
