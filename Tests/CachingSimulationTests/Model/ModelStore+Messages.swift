import Caching
import NIOCore

extension ModelStore {
  func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    change { state, _ in
      let subscribers = state.channels[Array(channel.utf8)] ?? [:]
      for (_, subscriber) in subscribers.sorted(by: { $0.key < $1.key }) { subscriber.yield(message) }
    }
  }

  /// Ends every subscription.
  func endSubscriptions() {
    let subscribers = change { state, _ in
      defer { state.channels = [:] }
      return state.channels.values.flatMap(\.values)
    }
    for subscriber in subscribers { subscriber.finish() }
  }

  func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    let name = Array(channel.utf8)
    let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    let number = change { state, _ in
      state.lastSubscriber += 1
      state.channels[name, default: [:]][state.lastSubscriber] = continuation
      return state.lastSubscriber
    }
    continuation.onTermination = { [weak self] _ in
      // Returned, so that the last reference is let go outside the lock.
      _ = self?.change { state, _ in state.channels[name]?.removeValue(forKey: number) }
    }
    return stream
  }
}
