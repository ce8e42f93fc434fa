import Caching
import Kernel
import Logging
import PostgresAdapter

/// How the cache is told of word in the database's outbox.
enum OutboxTelling {
  /// How often the relay looks for word that nobody woke it for.
  private static let interval = Duration.milliseconds(500)
  /// How long writers may take to tell of their changes themselves.
  private static let grace = Duration.milliseconds(400)

  /// A relay that tells the cache.
  /// - Parameter isAlone: whether the cache shares no store with others: then they hear through the database alone.
  static func relay(_ platform: PlatformDatabase, _ cache: CacheService, isAlone: Bool, _ logger: Logger) -> OutboxRelay
  {
    var delivery = OutboxRelay.Delivery(isPossible: { isAlone || cache.isSharedStoreUp }) { word, position in
      if isAlone { return true }
      return await cache.invalidate(word.cacheTags, position: position.value)
    }
    delivery.announcesAll = isAlone
    return OutboxRelay(platform: platform, interval: interval, grace: grace, logger: logger, delivery: delivery)
  }

  /// The tags of all word that is left.
  static func pending(_ platform: PlatformDatabase) -> @Sendable () async throws -> [CacheTag] {
    let reader = OutboxReader(platform: platform)
    return { try await reader.pending().flatMap(\.cacheTags) }
  }
}

extension OutboxWord {
  /// The tags as the cache knows them.
  var cacheTags: [CacheTag] {
    tags.map { .named($0, .tenant(tenant)) } + platformTags.map { .named($0, .platform) }
  }
}
