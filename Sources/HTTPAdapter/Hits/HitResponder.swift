import Caching
import CatalogDomain
import Kernel
import NIOCore
import TenancyDomain

/// Answers catalog reads without the router: at once where memory has all that is needed, else by waiting for it
/// (``answer(_:_:_:)``). What it does not answer goes through the router, which also finds the words for what is wrong with
/// a request.
struct HitResponder: Sendable {
  /// An answer ready to be written.
  struct Hit {
    let head: ByteBuffer
    /// Nil for an answer without one.
    let body: ByteBuffer?
  }

  /// What becomes of a request.
  enum Outcome {
    case answered(Hit)
    case asked(Question)
    /// It is the router's.
    case passed
  }

  let directory: TenantDirectory
  let catalog: CatalogService
  let views: any PackageViewsPort
  let limits: Limits
  let finisher: Finisher
  let recorder: RequestRecorder
  let watching: DatabaseInsight.RequestWatch
  let ticker: any Ticker
  let memories: HitMemories

  /// The answer to the request that `buffer` begins with, taken down and taken off the caller's limits; never suspends.
  func answer(_ head: PlainHead, _ buffer: ByteBuffer, _ caller: HitCaller, _ memory: HitMemory) -> Outcome {
    guard !head.tenantKey.isEmpty else { return .passed }
    let start = ticker.nanoseconds()
    let bytes = buffer.readableBytesUInt8Span
    guard let key = memory.key(bytes, head.tenantKey), key.kind == .publishable else { return .passed }
    if let tenant = directory.peek(key), let target = memory.target(bytes, head.target, tenant),
      let entry = catalog.peek(target.key)
    {
      switch limits.take(caller.subjects(tenant, bytes, head, limits)) {
      case .unlimited: return .answered(hit(entry, target, nil, head, bytes, memory, since: start))
      case .decided(let decision):
        guard decision.isAllowed else { return .passed }
        return .answered(hit(entry, target, decision, head, bytes, memory, since: start))
      case .unknown: break
      }
    }
    guard let route = memory.route(bytes, head.target),
      let bytes = buffer.getSlice(at: buffer.readerIndex, length: head.length)
    else { return .passed }
    return .asked(Question(head: head, bytes: bytes, credential: key.credential, route: route, start: start))
  }

  /// The answer that sends an entry, taken down.
  func hit(
    _ entry: CacheEntry, _ target: HitTarget, _ decision: RateLimitDecision?, _ head: PlainHead, _ bytes: Span<UInt8>,
    _ memory: HitMemory, since start: UInt64
  ) -> Hit {
    if let slug = target.viewed, !head.isHead { views.count(target.tenant, slug: slug) }
    let form = EntityForm(
      entry, wantsGzip: memory.wantsGzip(bytes, head.acceptEncoding),
      ifNoneMatch: head.ifNoneMatch.isEmpty ? nil : String(bytes, head.ifNoneMatch))
    let common = target.head(form, entry, finisher.crossOrigin)
    var buffer = ByteBufferAllocator().buffer(capacity: common.count + 320)
    buffer.writeBytes(common)
    if let decision { limits.describe(decision, in: &buffer) }
    finisher.finish(&buffer, bytes, head)
    buffer.writeBytes(memory.dateLine())
    buffer.writeStaticString("\r\n")
    target.record(form, isHead: head.isHead, from: start, to: ticker.nanoseconds(), recorder)
    return Hit(head: buffer, body: head.isHead ? nil : form.body(of: entry))
  }
}
