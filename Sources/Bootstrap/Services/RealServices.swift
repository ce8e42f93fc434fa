import Caching
import Kernel
import Logging
import PostgresAdapter
import PostgresClient
import ServiceLifecycle
import TenancyDomain

/// Hears of changes on other instances while the process lives.
struct CacheFeed: Service {
  let cache: CacheService

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await cache.run()
      // A service that returns ends its group. What this throws is the cancellation it waits for.
      try? await gracefulShutdown()
    }
  }
}

/// Delivers word of changes that others could not, woken by the database, and hears of changes from the database while Redis
/// is away.
struct RelayService: Service {
  let relay: OutboxRelay
  let desk: OutboxDesk
  let listener: PostgresListener
  let cache: CacheService
  let instance: String
  /// Whether the cache shares no store with others, so that what is missed here is heard of nowhere else.
  let isAlone: Bool

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await relay.run() }
        group.addTask { await desk.run() }
        group.addTask { for await event in listener.events { hear(event) } }
      }
    }
    listener.shutDown()
  }

  private func hear(_ event: PostgresListenerEvent) {
    switch event {
    case .lost: break
    case .listening:
      if isAlone { cache.hearOfEverything() }
      relay.wake()
    case .notification(_, let payload):
      switch OutboxNotice(payload, instance: instance) {
      case .word?: relay.wake()
      case .announced(let word)?: cache.hear(word.cacheTags)
      case nil: break
      }
    }
  }
}

/// Makes everything stale when a replica was promoted: what the old primary had acknowledged last may be lost, and positions in
/// its log say nothing of the new one's.
struct TimelineWatch: Service {
  let databases: Databases
  let cache: CacheService
  let tenants: any TenantRepositoryPort
  let logger: Logger

  private static let interval = Duration.milliseconds(500)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var known: UInt32?
      while !Task.isCancelled {
        if let timeline = databases.timeline, timeline != known {
          let isFirst = known == nil
          if isFirst { known = timeline } else if await invalidateAll(timeline) { known = timeline }
        }
        do { try await Task.sleep(for: Self.interval) } catch { return }
      }
    }
  }

  private func invalidateAll(_ timeline: UInt32) async -> Bool {
    cache.hearOfEverything()
    do {
      let owners = [CacheScope.platform] + (try await tenants.activeTenants().map { .tenant($0.id) })
      let position = try await databases.writePosition()
      for owner in owners { await cache.invalidate([.all(owner)], position: position) }
      logger.notice(
        "a replica was promoted; everything cached is stale",
        metadata: ["timeline": "\(timeline)", "owners": "\(owners.count)"])
      return true
    } catch {
      logger.warning("a replica was promoted; the cache is not told yet", metadata: ["error": "\(error)"])
      return false
    }
  }
}
