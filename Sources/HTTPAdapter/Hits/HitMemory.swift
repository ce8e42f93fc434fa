import Caching
import CatalogDomain
import Kernel
import NIOCore
import Synchronization
import TenancyDomain

/// What one event loop remembers of the heads, keys and targets it has seen, so that a hit does not parse them again.
///
/// All of it follows from the bytes alone: whether a key is valid and what the cache has is asked anew for each request.
final class HitMemory {
  private var requests = ByteTable<HitRequest>(slots: 4_096, longest: 1_024)
  private var keys = ByteTable<TenantDirectory.PreparedKey>(slots: 8_192)
  private var targets = ByteTable<HitTarget>(slots: 16_384)
  private var routes = ByteTable<String>(slots: 1_024)
  /// By template.
  private var known: [String: HitRoute] = [:]
  private var encodings = ByteTable<Bool>(slots: 16)
  private var date: DateField

  /// Runs what must be waited for.
  let executor: EventLoopExecutor

  init(_ executor: EventLoopExecutor, clock: any WallClock) {
    self.executor = executor
    date = DateField(clock: clock)
  }

  /// The request that `bytes` begin with; nil when it is not one to be answered here. Connections that ask the same share it,
  /// which takes less of the processor's caches than one for each would.
  func request(_ bytes: Span<UInt8>) -> HitRequest? {
    if let request = requests.value(bytes) { return request }
    guard let request = HitRequest(bytes, self) else { return nil }
    if request.mayComeAgain(as: bytes) { requests.keep(request, of: request.bytes) }
    return request
  }

  /// The key that stands at a place; nil when it has not the form of one.
  func key(_ bytes: Span<UInt8>, _ place: PlainHead.Place) -> TenantDirectory.PreparedKey? {
    keys.value(bytes, place) { TenantDirectory.PreparedKey($0) }
  }

  /// The question to a tenant's catalog that stands at a place; nil when it is none or cannot be read.
  func target(_ bytes: Span<UInt8>, _ place: PlainHead.Place, _ tenant: TenantID) -> HitTarget? {
    let target = targets.value(bytes, place, salt: tenant.raw.low ^ tenant.raw.high) { text in
      Self.reading(of: text).map { HitTarget($0.read, tenant, route($0.endpoint.template)) }
    }
    return target?.tenant == tenant ? target : nil
  }

  private func route(_ template: String) -> HitRoute {
    if let known = known[template] { return known }
    let route = HitRoute(template)
    known[template] = route
    return route
  }

  /// The route of the catalog that a target at a place belongs to; nil when it is none or cannot be read.
  func route(_ bytes: Span<UInt8>, _ place: PlainHead.Place) -> String? {
    routes.value(bytes, place) { Self.reading(of: $0)?.endpoint.template }
  }

  /// What a target asks of the catalog; nil when it asks nothing of it, and when it cannot be read.
  private static func reading(of target: String) -> (read: CatalogRead, endpoint: Endpoint)? {
    // The router's way, which such a request goes, finds the words for what is wrong with it.
    try? CatalogTarget.read(target)
  }

  /// Whether the accepted encodings at a place want gzip; an empty place is the absence of the field.
  func wantsGzip(_ bytes: Span<UInt8>, _ place: PlainHead.Place) -> Bool {
    !place.isEmpty && encodings.value(bytes, place) { ContentNegotiation.wantsGzip($0) } == true
  }

  /// The `Date` field with its name.
  func dateLine() -> [UInt8] { date.line() }
}

/// The memories of all event loops.
final class HitMemories: Sendable {
  private let clock: any WallClock
  private let executors: EventLoopExecutors
  private let memories = Mutex<[ObjectIdentifier: NIOLoopBound<HitMemory>]>([:])

  init(clock: any WallClock, executors: EventLoopExecutors) {
    self.clock = clock
    self.executors = executors
  }

  /// The memory of an event loop; to be called on it.
  func memory(of loop: any EventLoop) -> HitMemory {
    let bound = memories.withLock { memories in
      let known = memories[ObjectIdentifier(loop)]
      let bound = known ?? NIOLoopBound(HitMemory(executors.executor(of: loop), clock: clock), eventLoop: loop)
      memories[ObjectIdentifier(loop)] = bound
      return bound
    }
    return bound.value
  }
}
