import Caching
import Kernel
import NIOCore

/// Who is at the other end of a connection, in the eyes of the rate limiter. For one event loop.
final class HitCaller {
  private let peer: String
  private var last: (tenant: TenantID, client: RateLimiter.Client)?

  /// - Parameter peer: the address the connection comes from.
  init(peer: String) { self.peer = peer }

  /// The client that a storefront's request counts for.
  func client(
    _ tenant: TenantID, _ bytes: Span<UInt8>, _ head: PlainHead, _ address: ClientAddress
  ) -> RateLimiter.Client {
    guard head.forwarded.isEmpty, head.forwardedFor.isEmpty else {
      let forwarded = head.forwarded.isEmpty ? nil : String(bytes, head.forwarded)
      let forwardedFor = head.forwardedFor.isEmpty ? nil : String(bytes, head.forwardedFor)
      return RateLimiter.Client(tenant: tenant, name: address.of(peer, forwarded, forwardedFor))
    }
    if let last, last.tenant == tenant { return last.client }
    let client = RateLimiter.Client(tenant: tenant, name: peer)
    last = (tenant, client)
    return client
  }
}
