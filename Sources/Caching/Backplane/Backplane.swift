import NIOCore
import Synchronization

/// Tells other instances what has changed here, and hears what has changed there. See ``BackplaneFeed`` for what is made of
/// silence and gaps.
final class Backplane: Sendable {
  private struct State {
    var feed: BackplaneFeed
    /// The subscription that is open.
    var listening: Task<Void, Never>?
    var number: UInt64 = 0
    var waiting: [BackplaneMessage.Body] = []
    var isSending = false
    /// A message was dropped, which counts as sent.
    var hasGap = false
    /// When the last one was sent.
    var sentAt: UInt64 = 0

    mutating func enqueue(_ body: BackplaneMessage.Body) {
      if waiting.count < mostWaiting { waiting.append(body) } else { hasGap = true }
    }

    /// The next message to send: all bumps that wait become one. nil when nothing waits.
    mutating func next(_ publisher: UInt64, now: UInt64) -> BackplaneMessage? {
      guard let first = waiting.first else {
        isSending = false
        return nil
      }
      if hasGap { number += 1 }
      hasGap = false
      var body = first
      var count = 1
      if case .bumped(var guards) = first {
        while count < waiting.count, case .bumped(let more) = waiting[count] {
          guards += more
          count += 1
        }
        body = .bumped(guards)
      }
      waiting.removeFirst(count)
      if body != .beat { number += 1 }
      sentAt = now
      return BackplaneMessage(publisher: publisher, number: number, body: body)
    }
  }

  /// How many messages may wait to be sent. The next one is dropped, which the others notice by the numbers.
  private static let mostWaiting = 4096

  private static let beat = Duration.seconds(1)

  private let store: any CacheStorePort
  private let channel: String
  private let environment: CacheEnvironment
  private let receiver: CacheReceiver
  private let publisher: UInt64
  private let state: Mutex<State>
  let gaps = Atomic<Int>(0)

  init(store: any CacheStorePort, channel: String, environment: CacheEnvironment, receiver: CacheReceiver) {
    self.store = store
    self.channel = channel
    self.environment = environment
    self.receiver = receiver
    publisher = environment.random()
    state = Mutex(State(feed: BackplaneFeed(publisher: publisher, beat: Self.beat.ticks)))
  }

  /// Tells the others, soon and in order; nobody waits. A message that cannot be sent leaves a gap in the numbers, which
  /// they notice at the next beat.
  func announce(_ body: BackplaneMessage.Body) {
    let mustSend = state.withLock { state in
      state.enqueue(body)
      defer { state.isSending = true }
      return !state.isSending
    }
    if mustSend { _ = environment.start { [self] in await sendAll() } }
  }

  private func sendAll() async {
    while let message = state.withLock({ $0.next(publisher, now: environment.ticker.nanoseconds()) }) {
      do throws(CacheStoreError) {
        let bytes = message.encoded()
        try await environment.within(Self.beat) { [store, channel] in
          try await store.publish(bytes, on: channel)
        }
      } catch {
        // The gap tells.
      }
    }
  }

  /// Listens, beats and watches until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.listen() }
      group.addTask { await self.beatAndWatch() }
    }
  }

  private func beatAndWatch() async {
    while !Task.isCancelled {
      announce(.beat)
      do { try await environment.sleep(Self.beat) } catch { return }
      let (verdict, listening) = state.withLock { state in
        (state.feed.passed(environment.ticker.nanoseconds()), state.listening)
      }
      guard verdict == .dead else { continue }
      receiver.live(false)
      listening?.cancel()
    }
  }

  private func listen() async {
    while !Task.isCancelled {
      let listening = environment.start { [self] in await listenOnce() }
      state.withLock { $0.listening = listening }
      await withTaskCancellationHandler {
        await listening.value
      } onCancel: {
        listening.cancel()
      }
      state.withLock { $0.feed.ended() }
      receiver.live(false)
      do { try await environment.sleep(Self.beat / 4) } catch { return }
    }
  }

  private func listenOnce() async {
    do throws(CacheStoreError) {
      let messages = try await environment.within(Self.beat * 2) { [store, channel] in
        try await store.subscribe(channel)
      }
      state.withLock { $0.feed.subscribed(at: environment.ticker.nanoseconds()) }
      // Ours comes back at once, and the feed is live.
      announce(.beat)
      for await bytes in messages { hear(bytes) }
    } catch {
      // Tried again after a pause.
    }
  }

  private func hear(_ bytes: ByteBuffer) {
    guard let message = BackplaneMessage(bytes) else { return missed() }
    let (verdict, sentAt) = state.withLock { state in
      (state.feed.heard(message, at: environment.ticker.nanoseconds()), state.sentAt)
    }
    // What has come back proves the feed whole up to when it was sent: it may have lain here since.
    if message.publisher == publisher { receiver.confirm(at: sentAt) } else { receiver.receive(message.body) }
    switch verdict {
    case .live: receiver.live(true)
    case .gap: missed()
    case .fine, .dead: break
    }
  }

  /// Something was lost, or cannot be read since its sender is of another version.
  private func missed() {
    gaps.add(1, ordering: .relaxed)
    receiver.gap()
  }
}
