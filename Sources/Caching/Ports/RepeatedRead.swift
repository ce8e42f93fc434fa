/// A read of one key and its tags that is made again and again, without a task: for readers that have no tier in memory.
public struct RepeatedRead: Sendable {
  /// What is given the value and the generations at one moment, or ``CacheStoreError/timedOut``, or
  /// ``CacheStoreError/unavailable`` where the store could not be asked or said something else. It must not block.
  public typealias Receiver = @Sendable (Result<FencedReading, CacheStoreError>) -> Void

  private let start: @Sendable (Duration, @escaping Receiver) -> Bool

  /// A read that keeps what ``send(within:receive:)`` promises.
  public init(_ start: @escaping @Sendable (Duration, @escaping Receiver) -> Bool) { self.start = start }

  /// Calls `receive` once, on any thread but never before this returns true, and soon after the limit at the latest. Returns
  /// false, and never calls, when the store cannot be asked at once: then ``FenceStorePort/read(_:_:)`` can wait for it.
  public func send(within limit: Duration, receive: @escaping Receiver) -> Bool { start(limit, receive) }
}

extension FenceStorePort {
  /// The store has no such way.
  public func repeatedRead(_ key: CacheKey, _ tags: [CacheTag]) -> RepeatedRead? { nil }
}
