import Caching
import Kernel
import NIOCore
import PortContracts
import Synchronization

/// The shared store as a model: small, slow and plainly right. It can be restarted from a snapshot and can lose keys, and it can
/// be asked what it holds.
final class ModelStore: CacheStorePort {
  struct Value: Sendable {
    var bytes: ByteBuffer
    var expiresAt: UInt64
  }

  struct Record: Sendable {
    /// The run of the store that made it: of another run it counts as missing.
    var epoch: UInt64
    var nonce: UInt64
    var position: UInt64?
    /// The marks of changes, with the ticks at which their leases end.
    var doubts: [UInt64: UInt64] = [:]
  }

  struct Contents: Sendable {
    var values: [CacheKey: Value] = [:]
    var records: [CacheTag: Record] = [:]
  }

  struct State: Sendable {
    let flaw: Flaw?
    /// How often a value was not stored under its generations, by key: each is cause for another load.
    var refusals: [CacheKey: Int] = [:]
    var contents = Contents()
    var snapshot = Contents()
    var epoch: UInt64 = 1
    var nextNonce: UInt64 = 1
    var channels: [[UInt8]: [Int: AsyncStream<ByteBuffer>.Continuation]] = [:]
    var lastSubscriber = 0
  }

  /// A guarantee of the port that a store may lack, to see whether anybody would notice.
  enum Flaw: String, CaseIterable, Sendable {
    /// Generations survive a restart.
    case keepsGenerations
    /// Values are stored whatever the generations are.
    case storesUnguarded
    /// Values are stored while a change is in doubt.
    case storesInDoubt
    /// Marks are forgotten at once.
    case marksNothing
    /// A doubt that has outlived its lease leaves the generation as it was.
    case forgivesDoubt
    /// A bump that was told leaves the generation as it was.
    case bumpsNothing
  }

  let ticker: any Ticker
  let state: Mutex<State>

  init(ticker: any Ticker, flaw: Flaw? = nil) {
    self.ticker = ticker
    state = Mutex(State(flaw: flaw))
  }

  func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] {
    change { state, now in keys.map { state.contents.value($0, now)?.bytes } }
  }

  func set(_ values: [StoredValue]) async throws(CacheStoreError) {
    change { state, now in for value in values { state.contents.put(value, now) } }
  }

  func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int {
    change { state, now in
      keys.count { key in
        defer { state.contents.values[key] = nil }
        return state.contents.value(key, now) != nil
      }
    }
  }

  func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    change { state, now in
      let keys = state.contents.values.keys.filter { pattern.matches($0) && state.contents.value($0, now) != nil }
      for key in keys { state.contents.values[key] = nil }
      return keys.count
    }
  }

  func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    let texts = change { state, now in
      state.contents.values.keys.filter { pattern.matches($0) && state.contents.value($0, now) != nil }
        .map(\.text).sorted()
    }
    return AsyncThrowingStream { continuation in
      for start in stride(from: 0, to: texts.count, by: max(1, batch)) {
        continuation.yield(Array(texts[start..<min(start + max(1, batch), texts.count)]))
      }
      continuation.finish()
    }
  }

  func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime {
    change { state, now in
      guard let value = state.contents.value(key, now) else { return .absent }
      return value.expiresAt == .max ? .forever : .expires(in: .nanoseconds(Int64(value.expiresAt - now)))
    }
  }

  func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    increments.map { increment in
      let (key, amount) = (increment.key, increment.amount)
      return change { state, now in
        guard let old = state.contents.value(key, now) else {
          let made = StoredValue(key, ByteBuffer(string: "\(amount)"), timeToLive: increment.timeToLive)
          state.contents.put(made, now)
          return .success(amount)
        }
        let text = String(buffer: old.bytes)
        guard let number = Int(text), String(number) == text else { return .failure(.notANumber) }
        let (sum, overflows) = number.addingReportingOverflow(amount)
        guard !overflows else { return .failure(.notANumber) }
        state.contents.values[key] = Value(bytes: ByteBuffer(string: "\(sum)"), expiresAt: old.expiresAt)
        return .success(sum)
      }
    }
  }

  func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    change { state, now in
      guard state.contents.value(key, now)?.bytes == expected else { return false }
      state.contents.put(StoredValue(key, new, timeToLive: timeToLive), now)
      return true
    }
  }

  func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    change { state, now in
      guard state.contents.value(key, now)?.bytes == expected else { return false }
      state.contents.values[key] = nil
      return true
    }
  }

  func isConnected() async -> Bool { true }

  func change<Result: Sendable>(_ body: (inout State, UInt64) -> Result) -> Result {
    let now = ticker.nanoseconds()
    return state.withLock { body(&$0, now) }
  }
}

extension ModelStore.Contents {
  func value(_ key: CacheKey, _ now: UInt64) -> ModelStore.Value? {
    values[key].flatMap { $0.expiresAt > now ? $0 : nil }
  }

  mutating func put(_ value: StoredValue, _ now: UInt64) {
    let (end, overflows) = now.addingReportingOverflow(max(value.timeToLive ?? .zero, .zero).nanoseconds)
    values[value.key] = ModelStore.Value(
      bytes: value.bytes.slice(), expiresAt: value.timeToLive == nil || overflows ? .max : end)
  }
}
