public import NIOCore

/// A store of bytes by key that instances may share: what an adapter implements.
///
/// Guarantees of every implementation:
/// - A value is read as it was written, whole or not at all.
/// - Each call takes effect at one moment between its start and its end. Calls that name several keys need not do so
///   for all at the same moment.
/// - Failures (out of reach, timed out) are thrown as ``CacheStoreError``, never disguised as a miss. A call that throws
///   ``CacheStoreError/timedOut`` may have taken effect.
/// - Time to live is counted by the store's clock, in steps of a millisecond at most; nil keeps a value until it is
///   deleted or evicted.
public protocol CacheStorePort: Sendable {
  /// The values of `keys`, in their order; nil for what is absent or expired.
  func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?]

  /// Stores values, each with its own time to live.
  func set(_ values: [StoredValue]) async throws(CacheStoreError)

  /// Deletes keys; returns how many were there.
  func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int

  /// Deletes every key that matches, in batches; returns how many were there. Keys written meanwhile may survive.
  func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int

  /// The texts of the keys that match, in batches of about `batch`. A key that is there throughout is delivered at
  /// least once.
  func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error>

  /// What is left of a key's time to live.
  func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime

  /// Adds to decimal numbers (an absent one counts as 0); in the order of the increments, the sum of each or why there is
  /// none. Each takes effect by itself, those of one key in no certain order. A time to live is set only when the key is
  /// made. Other bytes, and sums beyond 64 bits, are ``CacheStoreError/notANumber``.
  func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>]

  /// Replaces a value only if it is `expected` (nil: only if absent); tells whether it did.
  func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool

  /// Deletes a value only if it is `expected`; tells whether it did. With ``compareAndSet(_:expected:new:timeToLive:)``
  /// and an owner token this is a lock with a lease.
  func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool

  /// Sends a message to those who are subscribed now. Nothing is kept for others.
  func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError)

  /// The messages of a channel from now on, in the order of each publisher. The stream ends when the subscription is
  /// lost; ending the iteration unsubscribes.
  func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer>

  /// Whether the store answers.
  func isConnected() async -> Bool
}

/// A value on its way into a store.
public struct StoredValue: Sendable {
  public let key: CacheKey
  public let bytes: ByteBuffer
  public let timeToLive: Duration?

  /// A value with what is left of its life; nil for no end.
  public init(_ key: CacheKey, _ bytes: ByteBuffer, timeToLive: Duration? = nil) {
    self.key = key
    self.bytes = bytes
    self.timeToLive = timeToLive
  }
}

/// What is added to the decimal number under a key.
public struct Increment: Sendable {
  public let key: CacheKey
  public let amount: Int
  public let timeToLive: Duration?

  /// An amount for a key, which lives so long if it is made; nil for no end.
  public init(_ key: CacheKey, by amount: Int, timeToLive: Duration? = nil) {
    self.key = key
    self.amount = amount
    self.timeToLive = timeToLive
  }
}

/// What is left of a key's time to live.
public enum RemainingTime: Sendable, Equatable {
  case absent
  case forever
  case expires(in: Duration)
}

/// Why a store could not do what was asked.
public enum CacheStoreError: Error, Sendable, Equatable {
  /// No connection, or the store is shut down. Nothing was done.
  case unavailable
  /// No answer in time. It may have been done.
  case timedOut
  /// The value is not a decimal number, or the sum does not fit 64 bits. Nothing was done.
  case notANumber
}

extension CacheStorePort {
  /// The value of one key.
  public func get(_ key: CacheKey) async throws(CacheStoreError) -> ByteBuffer? { try await get([key])[0] }

  /// Adds to one number and returns the sum.
  public func increment(_ key: CacheKey, by amount: Int, timeToLive: Duration?) async throws(CacheStoreError) -> Int {
    try await increment([Increment(key, by: amount, timeToLive: timeToLive)])[0].get()
  }

  /// Stores one value.
  public func set(_ key: CacheKey, _ bytes: ByteBuffer, timeToLive: Duration? = nil) async throws(CacheStoreError) {
    try await set([StoredValue(key, bytes, timeToLive: timeToLive)])
  }

  /// Deletes one key; tells whether it was there.
  public func delete(_ key: CacheKey) async throws(CacheStoreError) -> Bool { try await delete([key]) > 0 }
}
