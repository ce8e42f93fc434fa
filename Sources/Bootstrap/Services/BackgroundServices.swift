import BookingsDomain
import Caching
import Logging
import Observability
import ServiceLifecycle

/// Lets time take effect on bookings: holds run out, days pass.
struct BookingSweeper: Service {
  let bookings: BookingService
  let interval: Duration
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do { try await Task.sleep(for: interval) } catch { return }
        do {
          let released = try await bookings.sweep()
          if released > 0 { logger.info("holds expired", metadata: ["dates": "\(released)"]) }
        } catch {
          logger.warning("bookings not swept; trying again", metadata: ["error": "\(error)"])
        }
      }
    }
  }
}

/// Welcomes requests once the server listens and the cache is warm or the deadline has passed; warming goes on after it.
struct StartUp: Service {
  let warmer: CacheWarmer?
  let deadline: Duration
  let readiness: Readiness
  /// Delivers the port when the server listens.
  let listening: AsyncStream<Int>
  let onReady: @Sendable (Int) async -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await port in listening { await warm(port) }
      // A service that returns ends its group. What this throws is the cancellation it waits for.
      try? await gracefulShutdown()
    }
  }

  private func warm(_ port: Int) async {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await warmer?.warmAll()
        return true
      }
      group.addTask {
        // Cancelled when warming was done before the deadline.
        try? await Task.sleep(for: deadline)
        return false
      }
      let isWarm = await group.next()
      readiness.becomeReady()
      await onReady(port)
      if isWarm == true { group.cancelAll() }
    }
  }
}

/// Fails readiness first when the process is told to stop, before anything else winds down. For a moment connections are
/// still accepted, and each answer tells its client to look for another connection.
struct DrainNotice: Service {
  let readiness: Readiness
  /// Long enough for what waits to be accepted and for clients that ask without a pause to be told.
  var notice = Duration.milliseconds(250)

  func run() async throws {
    // Thrown when cancelled instead: then there is nothing left to announce to.
    try? await gracefulShutdown()
    readiness.drain()
    // Cancelled when there is nothing left to wait for.
    try? await Task.sleep(for: notice)
  }
}

/// Keeps the limiter in touch with the instances it counts with.
struct LimiterFeed: Service {
  /// Nil when limits are off.
  let limiter: RateLimiter?

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await limiter?.run()
      // A service that returns ends its group. What this throws is the cancellation it waits for.
      try? await gracefulShutdown()
    }
  }
}
