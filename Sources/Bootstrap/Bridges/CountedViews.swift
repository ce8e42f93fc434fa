import Caching
import CatalogDomain
import Kernel
import NIOCore
import ServiceLifecycle
import Synchronization

/// Views of packages, counted in memory and written to the realtime store a little later.
///
/// Lost are, on a crash, those of the last second (of the time since the store was last reached, while it is away); and
/// what ``WriteBehindCounters`` says. A regular end writes all. The store keeps a day's count for ``lifetime``, unless it
/// loses it or evicts it sooner.
final class CountedViews: PackageViewsPort {
  /// A little more than the longest range that can be asked for.
  static let lifetime = Duration.seconds(400 * 86_400)
  private static let shardCount = 16
  /// How many counters are read in one call.
  private static let batch = 500

  fileprivate struct Counter: Hashable {
    let tenant: TenantID
    let slug: String
    let day: Int
  }

  private final class Shard: Sendable {
    let sums = Mutex<[Counter: Int]>([:])
  }

  private let shards = (0..<shardCount).map { _ in Shard() }
  private let store: any CacheStorePort
  private let counters: WriteBehindCounters
  private let clock: any WallClock
  private let environment: CacheEnvironment

  init(store: any CacheStorePort, clock: any WallClock, environment: CacheEnvironment) {
    self.store = store
    var options = WriteBehindCounters.Options()
    options.timeToLive = Self.lifetime
    options.mostKeys = 100_000
    counters = WriteBehindCounters(store: store, options: options, environment: environment)
    self.clock = clock
    self.environment = environment
  }

  /// What has become of what was counted.
  var statistics: WriteBehindCounters.Statistics { counters.statistics }

  func count(_ tenant: TenantID, slug: String) {
    let day = Int(clock.now().milliseconds / 86_400_000)
    let counter = Counter(tenant: tenant, slug: slug, day: day)
    let shard = shards[Int(truncatingIfNeeded: tenant.raw.low ^ UInt64(slug.utf8.count)) & (Self.shardCount - 1)]
    shard.sums.withLock { $0[counter, default: 0] += 1 }
  }

  func views(
    _ tenant: TenantID, slugs: [String], days: ClosedRange<CalendarDate>
  ) async -> [String: [CalendarDate: Int]]? {
    // What this instance has counted is to be seen at once.
    await flush()
    let asked = slugs.flatMap { slug in
      (days.lowerBound.dayNumber...days.upperBound.dayNumber).map { Counter(tenant: tenant, slug: slug, day: $0) }
    }
    var views: [String: [CalendarDate: Int]] = [:]
    for start in stride(from: 0, to: asked.count, by: Self.batch) {
      let part = asked[start..<min(start + Self.batch, asked.count)]
      // Out of reach, nobody can tell; the report says so.
      guard let found = try? await store.get(part.map(\.key)) else { return nil }
      for (counter, bytes) in zip(part, found) {
        guard let bytes, let number = Int(String(buffer: bytes)) else { continue }
        views[counter.slug, default: [:]][CalendarDate(dayNumber: counter.day)] = number
      }
    }
    return views
  }

  /// Writes at every interval until the task is cancelled, and once more then.
  func run() async {
    repeat {
      // Cancelled when the process is to end.
      try? await environment.sleep(.seconds(1))
      await environment.start { [self] in await flush() }.value
    } while !Task.isCancelled
  }

  private func flush() async {
    for shard in shards {
      let sums = shard.sums.withLock { sums in
        defer { sums = [:] }
        return sums
      }
      for (counter, sum) in sums { counters.add(sum, to: counter.key) }
    }
    await counters.flush()
  }
}

extension CountedViews.Counter {
  fileprivate var key: CacheKey {
    CacheKey("views", .tenant(tenant), "package", [slug, CalendarDate(dayNumber: day).description])
  }
}

/// Writes what was counted while the process lives, and what is left when it ends.
struct ViewsFeed: Service {
  let views: CountedViews

  func run() async throws { await cancelWhenGracefulShutdown { await views.run() } }
}
