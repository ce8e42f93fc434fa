import Caching
import CatalogDomain
import HTTPTypes
import Kernel
import TenancyDomain

/// Answers catalog reads that need nothing but memory, without suspending. What it does not answer goes through the
/// router, which also finds the words for what is wrong with a request.
struct HitResponder: Sendable {
  let directory: TenantDirectory
  let catalog: CatalogService
  let limits: Limits
  let finisher: Finisher
  let recorder: RequestRecorder
  let ticker: any Ticker

  /// The answer, recorded and ready to send but for its `Date`; nil when the router must be asked.
  /// - Parameter peer: the address the request comes from.
  func reply(_ request: HTTPRequest, peer: @autoclosure () -> String) -> Reply? {
    guard request.method == .get || request.method == .head, let target = request.path,
      let key = request.headerFields[.tenantKey],
      // A target that cannot be read is refused by the router's way.
      let (read, endpoint) = try? CatalogTarget.read(target)
    else { return nil }
    let start = ticker.nanoseconds()
    guard let holder = directory.peek(key: key), holder.key.kind == .publishable,
      let entry = catalog.peek(holder.tenant.id, read)
    else { return nil }
    let decision = limits.take(holder, peer: peer(), request.headerFields)
    if let decision, !decision.isAllowed { return nil }
    var reply = EntityAnswer.reply(entry, request.headerFields, .catalog)
    if let decision { limits.describe(decision, in: &reply.headers) }
    finisher.finish(&reply.headers, request.headerFields, finisher.requestID(request.headerFields))
    if let body = reply.body {
      reply.headers.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
      if request.method == .head { reply.body = nil }
    }
    recorder.record(endpoint.template, request.method, reply.status, from: start, to: ticker.nanoseconds())
    return reply
  }
}
