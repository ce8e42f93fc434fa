import Caching
import NIOCore
import PortContracts

/// The model with a line in the trace for each call that takes effect.
final class TracedStore: FenceStorePort {
  private let store: ModelStore
  private let scheduler: Scheduler
  private let node: Int

  init(_ store: ModelStore, _ scheduler: Scheduler, node: Int) {
    self.store = store
    self.scheduler = scheduler
    self.node = node
  }

  private func log(_ text: @autoclosure () -> String) { scheduler.log("n\(node)   store: \(text())") }

  private func names(_ tags: [CacheTag]) -> String {
    tags.map { $0.name.isEmpty ? "*" : $0.name }.joined(separator: "+")
  }

  private func names(_ keys: [CacheKey]) -> String {
    keys.map { $0.text.split(separator: ":").dropFirst(2).joined(separator: ":") }.joined(separator: ",")
  }

  private func text(_ generation: Generation?) -> String {
    generation.map { "\($0.nonce)\($0.isInDoubt ? "?" : "")" } ?? "-"
  }

  func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading {
    let reading = try await store.read(keys, tags)
    log(
      "read \(names(keys)) \(names(tags)) → \(reading.values.map { $0 == nil ? "-" : "value" }) "
        + "\(reading.generations.map(text))")
    return reading
  }

  func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    let minted = try await store.mint(tags, position: position)
    log("mint \(names(tags)) → \(minted.map(text))")
    return minted
  }

  func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError) {
    try await store.doubt(tags, by: change, lease: lease)
    log("doubt \(names(tags)) by \(change % 1000)")
  }

  func bump(_ tags: [CacheTag], by change: UInt64, position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    let bumped = try await store.bump(tags, by: change, position: position)
    log("bump \(names(tags)) by \(change % 1000) → \(bumped.map(text))")
    return bumped
  }

  func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError) {
    try await store.withdraw(tags, by: change)
    log("withdraw \(names(tags)) by \(change % 1000)")
  }

  func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool {
    let isStored = try await store.store(value, under: guards)
    log("store \(names([value.key])) under \(guards.map(\.nonce)) → \(isStored)")
    return isStored
  }

  func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] { try await store.get(keys) }

  func set(_ values: [StoredValue]) async throws(CacheStoreError) { try await store.set(values) }

  func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int {
    let count = try await store.delete(keys)
    log("delete \(names(keys)) → \(count)")
    return count
  }

  func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    let count = try await store.delete(matching: pattern)
    log("delete \(pattern.text) → \(count)")
    return count
  }

  func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    store.scan(pattern, batch: batch)
  }

  func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime { try await store.timeToLive(key) }

  func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    await store.increment(increments)
  }

  func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    let isSet = try await store.compareAndSet(key, expected: expected, new: new, timeToLive: timeToLive)
    log("claim \(names([key])) → \(isSet)")
    return isSet
  }

  func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    let isDeleted = try await store.compareAndDelete(key, expected: expected)
    log("release \(names([key])) → \(isDeleted)")
    return isDeleted
  }

  func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    try await store.publish(message, on: channel)
    if message.readableBytes > 18 { log("message of \(message.readableBytes) bytes") }
  }

  func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    log("subscribe")
    return try await store.subscribe(channel)
  }

  func isConnected() async -> Bool { await store.isConnected() }
}
