import Caching
import PostgresAdapter
import PostgresClient
import ServiceLifecycle

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

/// Delivers word of changes that others could not, woken by the database.
struct RelayService: Service {
  let relay: OutboxRelay
  let listener: PostgresListener

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await relay.run() }
        group.addTask {
          for await event in listener.events where event != .lost { relay.wake() }
        }
      }
    }
    listener.shutDown()
  }
}
