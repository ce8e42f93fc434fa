extension RedisClient {
  /// How many messages a subscriber may be behind before its stream is ended.
  private static let backlog = 65_536

  /// Subscribes to a channel; returns when the server has confirmed it. After a loss the client subscribes again and says
  /// so. The stream ends when the client is shut down, or when its reader falls too far behind; ending the iteration
  /// unsubscribes.
  public func subscribe(_ channel: String) async throws(RedisClientError) -> AsyncStream<RedisSubscriptionEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RedisSubscriptionEvent.self, bufferingPolicy: .bufferingOldest(Self.backlog))
    let number = try await subscriber.add(channel, until: deadline(nil)) { event in
      switch event {
      case nil:
        continuation.finish()
        return false
      case .payload(let payload):
        guard let bytes = payload.bytes else { return true }
        return continuation.hand(.message(bytes))
      case .interrupted: return continuation.hand(.interrupted)
      case .resumed: return continuation.hand(.resumed)
      }
    }
    continuation.onTermination = { [weak subscriber] _ in subscriber?.remove(number, from: channel) }
    return stream
  }

  /// Changes and removals, by anyone, of keys that begin with one of `prefixes`: CLIENT TRACKING in broadcast mode.
  /// Returns when the server has confirmed it. Each call takes a connection of its own
  /// to every master.
  public func invalidations(
    ofKeysWith prefixes: [String]
  ) async throws(RedisClientError) -> AsyncStream<RedisInvalidation> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RedisInvalidation.self, bufferingPolicy: .bufferingOldest(Self.backlog))
    let feed = InvalidationFeed(continuation, timeout: { [weak self] in self?.deadline(nil) ?? 0 }) {
      [router, factory] target in
      Self.tracker(target, prefixes, router, factory)
    }
    keep(feed)
    continuation.onTermination = { [weak self] _ in
      feed.finish()
      self?.forget(feed)
    }
    do throws(RedisClientError) {
      for (endpoint, target) in try await router.trackingTargets(until: deadline(nil)) {
        try await feed.listen(to: endpoint, target)
      }
    } catch {
      feed.finish()
      throw error
    }
    router.onMastersChange { [weak feed] masters in feed?.follow(masters) }
    return stream
  }

  /// A connection that is told of changes: it redirects its own tracking to itself, which RESP2 allows to a subscriber,
  /// so that tracking cannot outlive what it reports to, nor end unseen.
  private static func tracker(
    _ target: ConnectionPool.Target, _ prefixes: [String], _ router: any CommandRouter, _ factory: PoolFactory
  ) -> Subscriber {
    Subscriber(target) { identity in
      var arguments: [RedisCommand.Argument] = [
        "TRACKING", "ON", "REDIRECT", .integer(identity.clientID ?? 0), "BCAST",
      ]
      for prefix in prefixes { arguments += ["PREFIX", .string(prefix)] }
      return [RedisCommand("CLIENT", arguments, effect: .idempotent)]
    } makePool: { target in
      let pool = factory.pool(target, lines: 1)
      router.follow(pool)
      return pool
    }
  }
}
