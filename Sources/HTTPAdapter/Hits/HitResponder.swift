import Caching
import CatalogDomain
import Kernel
import NIOCore
import TenancyDomain

/// Answers catalog reads that need nothing but memory, without suspending. What it does not answer goes through the
/// router, which also finds the words for what is wrong with a request.
struct HitResponder: Sendable {
  /// An answer ready to be written.
  struct Hit {
    let head: ByteBuffer
    /// Nil for an answer without one.
    let body: ByteBuffer?
  }

  let directory: TenantDirectory
  let catalog: CatalogService
  let views: any PackageViewsPort
  let limits: Limits
  let finisher: Finisher
  let recorder: RequestRecorder
  let ticker: any Ticker
  let memories: HitMemories

  /// The answer, taken down and taken off the caller's limits; nil when the router must be asked.
  func answer(_ head: PlainHead, _ bytes: Span<UInt8>, _ caller: HitCaller, _ memory: HitMemory) -> Hit? {
    guard !head.tenantKey.isEmpty else { return nil }
    let start = ticker.nanoseconds()
    guard let key = memory.key(bytes, head.tenantKey), key.kind == .publishable,
      let tenant = directory.peek(key), let target = memory.target(bytes, head.target, tenant),
      let entry = catalog.peek(target.key)
    else { return nil }
    let verdict = limits.take(caller.subjects(tenant, bytes, head, limits))
    guard verdict.admits else { return nil }
    if let slug = target.viewed, !head.isHead { views.count(tenant, slug: slug) }
    let form = EntityForm(
      entry, wantsGzip: memory.wantsGzip(bytes, head.acceptEncoding),
      ifNoneMatch: head.ifNoneMatch.isEmpty ? nil : String(bytes, head.ifNoneMatch))
    let common = target.head(form, entry, finisher.crossOrigin)
    var buffer = ByteBufferAllocator().buffer(capacity: common.count + 320)
    buffer.writeBytes(common)
    if case .decided(let decision) = verdict { limits.describe(decision, in: &buffer) }
    finisher.finish(&buffer, bytes, head)
    buffer.writeBytes(memory.dateLine())
    buffer.writeStaticString("\r\n")
    target.record(form, isHead: head.isHead, from: start, to: ticker.nanoseconds(), recorder)
    return Hit(head: buffer, body: head.isHead ? nil : form.body(of: entry))
  }
}
