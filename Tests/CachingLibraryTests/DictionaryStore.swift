import Caching
import NIOCore
import Synchronization

/// A shared store as somebody outside of this package would write one, in the plainest way: one lock, no times to live.
final class DictionaryStore: FenceStorePort {
  struct Fence {
    var generation: Generation
    var doubts: Set<UInt64> = []
  }

  struct State {
    var values: [CacheKey: ByteBuffer] = [:]
    var fences: [CacheTag: Fence] = [:]
    var subscribers: [String: [AsyncStream<ByteBuffer>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading {
    state.withLock { state in
      FencedReading(values: keys.map { state.values[$0] }, generations: tags.map { state.fences[$0]?.generation })
    }
  }

  func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    state.withLock { state in tags.map { state.mark($0) { _ in } } }
  }

  func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError) {
    state.withLock { state in
      for tag in tags { state.mark(tag) { $0.doubts.insert(change) } }
    }
  }

  func bump(_ tags: [CacheTag], by change: UInt64, position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    state.withLock { state in
      tags.map { tag in
        state.mark(tag) { fence in
          fence.generation = Self.fence().generation
          fence.doubts.remove(change)
        }
      }
    }
  }

  func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError) {
    state.withLock { state in
      for tag in tags { state.mark(tag) { $0.doubts.remove(change) } }
    }
  }

  func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool {
    state.withLock { state in
      for guarded in guards {
        guard let generation = state.fences[guarded.tag]?.generation, generation.nonce == guarded.nonce,
          !generation.isInDoubt
        else { return false }
      }
      state.values[value.key] = value.bytes
      return true
    }
  }

  private static func fence() -> Fence { Fence(generation: Generation(nonce: .random(in: 1 ... .max))) }
}

extension DictionaryStore.State {
  @discardableResult
  fileprivate mutating func mark(_ tag: CacheTag, _ body: (inout DictionaryStore.Fence) -> Void) -> Generation {
    var fence = fences[tag] ?? DictionaryStore.Fence(generation: Generation(nonce: .random(in: 1 ... .max)))
    body(&fence)
    fence.generation = Generation(nonce: fence.generation.nonce, isInDoubt: !fence.doubts.isEmpty)
    fences[tag] = fence
    return fence.generation
  }
}

extension DictionaryStore {
  func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] {
    state.withLock { state in keys.map { state.values[$0] } }
  }

  func set(_ values: [StoredValue]) async throws(CacheStoreError) {
    state.withLock { state in for value in values { state.values[value.key] = value.bytes } }
  }

  func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int {
    state.withLock { state in keys.count { state.values.removeValue(forKey: $0) != nil } }
  }

  func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    state.withLock { state in
      let keys = state.values.keys.filter(pattern.matches)
      for key in keys { state.values[key] = nil }
      return keys.count
    }
  }

  func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    let texts = state.withLock { $0.values.keys.filter(pattern.matches).map(\.text) }
    return AsyncThrowingStream { continuation in
      continuation.yield(texts)
      continuation.finish()
    }
  }

  func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime {
    state.withLock { $0.values[key] == nil ? .absent : .forever }
  }

  func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    state.withLock { state in
      increments.map { increment in
        let old = state.values[increment.key].map { String(buffer: $0) } ?? "0"
        guard let sum = Int(old).map({ $0 + increment.amount }) else { return .failure(.notANumber) }
        state.values[increment.key] = ByteBuffer(string: "\(sum)")
        return .success(sum)
      }
    }
  }

  func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    state.withLock { state in
      guard state.values[key] == expected else { return false }
      state.values[key] = new
      return true
    }
  }

  func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    state.withLock { state in
      guard state.values[key] == expected else { return false }
      state.values[key] = nil
      return true
    }
  }

  func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    for subscriber in state.withLock({ $0.subscribers[channel] ?? [] }) { subscriber.yield(message) }
  }

  func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    state.withLock { $0.subscribers[channel, default: []].append(continuation) }
    return stream
  }

  func isConnected() async -> Bool { true }
}
