import Synchronization

/// What the servers that hold the data report as changed, in one stream: a connection to each of them, also to those
/// that become masters later.
final class InvalidationFeed: Sendable {
  private struct State {
    var trackers: [RedisEndpoint?: Subscriber] = [:]
    var isFinished = false
  }

  private static let channel = "__redis__:invalidate"

  private let makeTracker: @Sendable (ConnectionPool.Target) -> Subscriber
  private let continuation: AsyncStream<RedisInvalidation>.Continuation
  private let timeout: @Sendable () -> UInt64
  private let state = Mutex(State())

  /// - Parameters:
  ///   - makeTracker: makes a connection that is told of changes.
  ///   - timeout: until when a connection that is wanted now may take, in nanoseconds.
  init(
    _ continuation: AsyncStream<RedisInvalidation>.Continuation, timeout: @escaping @Sendable () -> UInt64,
    makeTracker: @escaping @Sendable (ConnectionPool.Target) -> Subscriber
  ) {
    self.continuation = continuation
    self.timeout = timeout
    self.makeTracker = makeTracker
  }

  /// Listens to a server; returns when it has confirmed it. Does nothing when it is listened to already.
  /// - Parameter endpoint: tells servers apart; nil for one that may move.
  func listen(to endpoint: RedisEndpoint?, _ target: ConnectionPool.Target) async throws(RedisClientError) {
    let tracker: Subscriber? = state.withLock { state in
      guard !state.isFinished, state.trackers[endpoint] == nil else { return nil }
      let tracker = makeTracker(target)
      state.trackers[endpoint] = tracker
      return tracker
    }
    guard let tracker else { return }
    _ = try await tracker.add(Self.channel, until: timeout()) { [weak self] in self?.pass($0) ?? false }
  }

  /// The servers that hold the data are these now. Others are left; new ones are listened to, and until then changes are
  /// missed.
  func follow(_ masters: [RedisEndpoint]) {
    let (gone, new) = state.withLock { state in
      let gone = state.trackers.filter { tracker in tracker.key.map { !masters.contains($0) } ?? false }
      for endpoint in gone.keys { state.trackers[endpoint] = nil }
      return (Array(gone.values), masters.filter { state.trackers[$0] == nil && !state.isFinished })
    }
    for tracker in gone { tracker.shutDown() }
    for endpoint in new { Task { await join(endpoint) } }
  }

  private func join(_ endpoint: RedisEndpoint) async {
    _ = pass(.interrupted)
    do throws(RedisClientError) {
      try await listen(to: endpoint, .fixed(endpoint))
      _ = pass(.resumed)
    } catch {
      // The stream must not seem whole when it is not; its reader will ask anew.
      finish()
    }
  }

  /// Ends the stream and its connections.
  func finish() {
    let trackers = state.withLock { state in
      state.isFinished = true
      defer { state.trackers = [:] }
      return Array(state.trackers.values)
    }
    for tracker in trackers { tracker.shutDown() }
    continuation.finish()
  }

  /// Passes an event on; false when there is no room or nobody listens.
  private func pass(_ event: Subscriber.Event?) -> Bool {
    switch event {
    case nil: false
    case .payload(.array(let keys)): continuation.hand(.keys(keys.compactMap(\.bytes)))
    case .payload: continuation.hand(.everything)
    case .interrupted: continuation.hand(.interrupted)
    case .resumed: continuation.hand(.resumed)
    }
  }
}

extension AsyncStream.Continuation where Element: Sendable {
  /// Passes an element on; ends the stream and returns false when there is no room.
  func hand(_ element: Element) -> Bool {
    switch yield(element) {
    case .enqueued: return true
    case .dropped, .terminated:
      finish()
      return false
    @unknown default: return false
    }
  }
}
