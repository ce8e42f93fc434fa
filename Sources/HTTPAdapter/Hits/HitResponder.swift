import Caching
import CatalogDomain
import Kernel
import NIOCore
import TenancyDomain

/// Answers catalog reads without the router: at once where memory has all that is needed, else by waiting for it
/// (``answer(_:_:_:)``). What it does not answer goes through the router, which also finds the words for what is wrong with
/// a request. One for all connections.
final class HitResponder: Sendable {
  /// An answer ready to be written.
  struct Hit {
    /// With a short body behind it.
    let head: ByteBuffer
    /// Nil for an answer without one, or when it stands behind the head.
    let body: ByteBuffer?
  }

  /// What becomes of a request.
  enum Outcome {
    case answered(Hit)
    /// It must be waited for; with a look, that comes first.
    case asked(Question, Look?)
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
  /// By form.
  private let heads: [HitHead]

  init(
    directory: TenantDirectory, catalog: CatalogService, views: any PackageViewsPort, limits: Limits,
    finisher: Finisher, recorder: RequestRecorder, watching: @escaping DatabaseInsight.RequestWatch,
    ticker: any Ticker, memories: HitMemories
  ) {
    self.directory = directory
    self.catalog = catalog
    self.views = views
    self.limits = limits
    self.finisher = finisher
    self.recorder = recorder
    self.watching = watching
    self.ticker = ticker
    self.memories = memories
    heads = EntityForm.allCases.map { HitHead($0, finisher.crossOrigin) }
  }

  /// A body of at most so many bytes is copied behind its head, which takes less time than to send two pieces.
  private static let mostJoined = 4096

  /// The answer to the request that `buffer` begins with, taken down and taken off the caller's limits; never suspends.
  func answer(_ request: HitRequest, _ buffer: ByteBuffer, _ caller: HitCaller, _ memory: HitMemory) -> Outcome {
    guard let key = request.key, key.kind == .publishable else { return .passed }
    let start = ticker.nanoseconds()
    let (head, bytes) = (request.head, buffer.readableBytesUInt8Span)
    if let tenant = directory.peek(key), let target = request.target(tenant, memory),
      let entry = target.peek(catalog)
    {
      switch limits.take(caller.subjects(tenant, bytes, head, limits)) {
      case .unlimited: return .answered(hit(entry, target, nil, request, bytes, memory, since: start))
      case .decided(let decision):
        guard decision.isAllowed else { return .passed }
        return .answered(hit(entry, target, decision, request, bytes, memory, since: start))
      case .unknown: break
      }
    }
    guard let route = memory.route(bytes, head.target),
      let bytes = buffer.getSlice(at: buffer.readerIndex, length: head.length)
    else { return .passed }
    let question = Question(head: head, bytes: bytes, credential: key.credential, route: route, start: start)
    return .asked(question, look(request, key, memory))
  }

  /// The answer that sends an entry, taken down.
  func hit(
    _ entry: CacheEntry, _ target: HitTarget, _ decision: RateLimitDecision?, _ request: HitRequest,
    _ bytes: Span<UInt8>, _ memory: HitMemory, since start: UInt64
  ) -> Hit {
    let head = request.head
    if let slug = target.viewed, !head.isHead { views.count(target.tenant, slug: slug) }
    let form = EntityForm(
      entry, wantsGzip: request.wantsGzip,
      ifNoneMatch: head.ifNoneMatch.isEmpty ? nil : String(bytes, head.ifNoneMatch))
    let (common, sent) = (heads[form.rawValue], form.body(of: entry))
    let body = head.isHead ? nil : sent
    let joined = body.flatMap { $0.readableBytes <= Self.mostJoined ? $0 : nil }
    // Limits, request id, CORS and date.
    let room = common.mostBytes + head.requestID.count + head.origin.count + 640
    var buffer = ByteBufferAllocator().buffer(capacity: room + (joined?.readableBytes ?? 0))
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
      var output = HeadBytes(target)
      common.write(entry, length: sent?.readableBytes ?? 0, to: &output)
      if let decision { limits.describe(decision, in: &output) }
      finisher.finish(&output, bytes, head)
      output.append(memory.dateLine())
      output.append("\r\n")
      return output.count
    }
    if let joined { buffer.writeImmutableBuffer(joined) }
    target.route.record(form, isHead: head.isHead, from: start, to: ticker.nanoseconds(), recorder)
    return Hit(head: buffer, body: joined == nil ? body : nil)
  }
}
