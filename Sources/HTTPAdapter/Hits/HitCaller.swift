import Caching
import Kernel
import NIOCore

/// Who is at the other end of a connection, in the eyes of the rate limiter. For one event loop.
final class HitCaller {
  private let peer: String
  private var lastRequest: HitRequest?
  private var last: (tenant: TenantID, subjects: RateLimiter.Subjects?)?

  /// - Parameter peer: the address the connection comes from.
  init(peer: String) { self.peer = peer }

  /// The request that `bytes` begin with; nil when it is not one to be answered here.
  func request(_ bytes: Span<UInt8>, _ memory: HitMemory) -> HitRequest? {
    if let lastRequest, lastRequest.begins(bytes) { return lastRequest }
    guard let request = memory.request(bytes) else { return nil }
    // No other heads are kept: there may be secrets in them.
    if request.key != nil { lastRequest = request }
    return request
  }

  /// What a storefront's request counts against; nil when limits are off.
  func subjects(
    _ tenant: TenantID, _ bytes: Span<UInt8>, _ head: PlainHead, _ limits: Limits
  ) -> RateLimiter.Subjects? {
    guard head.forwarded.isEmpty, head.forwardedFor.isEmpty else {
      let forwarded = head.forwarded.isEmpty ? nil : String(bytes, head.forwarded)
      let forwardedFor = head.forwardedFor.isEmpty ? nil : String(bytes, head.forwardedFor)
      let name = limits.address.of(peer, forwarded, forwardedFor)
      return limits.subjects(RateLimiter.Client(tenant: tenant, name: name))
    }
    if let last, last.tenant == tenant { return last.subjects }
    let subjects = limits.subjects(RateLimiter.Client(tenant: tenant, name: peer))
    last = (tenant, subjects)
    return subjects
  }
}
