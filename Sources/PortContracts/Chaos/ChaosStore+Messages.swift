package import NIOCore
package import Caching
import Synchronization

extension ChaosStore {
  package func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    try await pass { (store) async throws(CacheStoreError) in try await store.publish(message, on: channel) }
  }

  package func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    let messages = try await pass { (store) async throws(CacheStoreError) in try await store.subscribe(channel) }
    let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    let subscription = Subscription(continuation)
    let number = add(subscription)
    let pump = environment.start { [weak self] in
      for await message in messages {
        guard await self?.forward(message, to: subscription) == true else { break }
      }
      self?.remove(number)
      subscription.end()
    }
    continuation.onTermination = { [weak self] _ in
      pump.cancel()
      self?.remove(number)
    }
    return stream
  }

  /// Brings one message through the network; false when the subscription ends instead.
  private func forward(_ message: ByteBuffer, to subscription: Subscription) async -> Bool {
    let odds = odds
    let (isEnded, isSilenced, isLost, delay) = chance.draw { chance in
      (
        chance.chance(odds.ending), chance.chance(odds.silence), chance.chance(odds.messageLoss),
        chance.duration(odds.messageDelay)
      )
    }
    if isEnded { return false }
    if isSilenced { subscription.silence() }
    if delay > .zero {
      do { try await environment.sleep(delay) } catch { return false }
    }
    if !isLost { subscription.deliver(message) }
    return true
  }

  /// One subscriber's stream.
  final class Subscription: Sendable {
    private let continuation: AsyncStream<ByteBuffer>.Continuation
    private let isSilent = Atomic<Bool>(false)

    init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

    func deliver(_ message: ByteBuffer) {
      if !isSilent.load(ordering: .relaxed) { continuation.yield(message) }
    }

    func silence() { isSilent.store(true, ordering: .relaxed) }

    func end() { continuation.finish() }
  }
}
