import NIOCore
import Synchronization

/// Messages by channel between the tasks of one process.
///
/// A subscriber may be ``backlog`` messages behind. The next one ends its stream after those, so that it knows that it
/// has missed something; it is for the subscriber to subscribe again and to distrust what it knew.
final class InProcessChannels: Sendable {
  private typealias Continuation = AsyncStream<ByteBuffer>.Continuation

  private struct State {
    /// By the bytes of the channel's name: texts are equal in Swift where their bytes differ (é as one scalar or two).
    var subscribers: [[UInt8]: [Int: Continuation]] = [:]
    var nextNumber = 0

    @discardableResult
    mutating func remove(_ number: Int, from channel: [UInt8]) -> Continuation? {
      let removed = subscribers[channel]?.removeValue(forKey: number)
      if subscribers[channel]?.isEmpty == true { subscribers[channel] = nil }
      return removed
    }
  }

  /// How many messages wait for one subscriber at most.
  static let backlog = 1024

  private let state = Mutex(State())

  deinit {
    let subscribers = state.withLock { $0.subscribers }
    for subscriber in subscribers.values.flatMap(\.values) { subscriber.finish() }
  }

  /// How many subscriptions there are.
  var subscriptionCount: Int { state.withLock { $0.subscribers.values.reduce(0) { $0 + $1.count } } }

  func publish(_ message: ByteBuffer, on channel: String) {
    let channel = Array(channel.utf8)
    // Handed out under the lock, so that all subscribers get the messages of all publishers in one order, and none
    // after one that was lost. The lost ones are ended outside it: that calls back into `unsubscribe`.
    let lost = state.withLock { state in
      var lost: [Continuation] = []
      for (number, subscriber) in state.subscribers[channel] ?? [:] {
        if case .enqueued = subscriber.yield(message) { continue }
        lost.append(subscriber)
        state.remove(number, from: channel)
      }
      return lost
    }
    for subscriber in lost { subscriber.finish() }
  }

  func subscribe(_ channel: String) -> AsyncStream<ByteBuffer> {
    let channel = Array(channel.utf8)
    let (stream, continuation) = AsyncStream.makeStream(
      of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(Self.backlog))
    let number = state.withLock { state in
      state.nextNumber += 1
      state.subscribers[channel, default: [:]][state.nextNumber] = continuation
      return state.nextNumber
    }
    continuation.onTermination = { [weak self] _ in self?.unsubscribe(number, from: channel) }
    return stream
  }

  private func unsubscribe(_ number: Int, from channel: [UInt8]) {
    // Returned, so that the last reference is let go outside the lock.
    _ = state.withLock { $0.remove(number, from: channel) }
  }
}
