import Caching
import CatalogDomain
import HTTPTypes
import Hummingbird
import NIOCore
import TenancyDomain

/// Answers catalog reads that need nothing but memory, without suspending. What it does not answer goes through the
/// router, which also finds the words for what is wrong with a request.
struct HitResponder: Sendable {
  let directory: TenantDirectory
  let catalog: CatalogService
  let limits: Limits

  /// The answer and the route it belongs to; nil when the router must be asked.
  func response(_ request: Request, _ channel: (any Channel)?) -> (response: Response, endpoint: Endpoint)? {
    guard request.method == .get || request.method == .head, let key = request.headers[.tenantKey],
      let target = request.head.path,
      // A target that cannot be read is refused by the router's way.
      let (read, endpoint) = try? CatalogTarget.read(target),
      let holder = directory.peek(key: key), holder.key.kind == .publishable,
      let entry = catalog.peek(holder.tenant.id, read)
    else { return nil }
    let decision = limits.take(holder, channel, request.headers)
    if let decision, !decision.isAllowed { return nil }
    var response = EntityAnswer.response(entry, request.headers, .catalog)
    if let decision { limits.describe(decision, in: &response.headers) }
    return (response, endpoint)
  }
}
