import Kernel
import RedisClient
import Synchronization

/// What has last happened to the connections of each named store.
final class StoreJournal: Sendable {
  /// How one store's connections are.
  struct Entry: Sendable {
    /// `ready`, `connecting`, `reconnecting` or `error`.
    var status = "connecting"
    /// Tries to connect since the last connection was made.
    var attempts = 0
    var errors = 0
    var lastError: (text: String, at: Timestamp)?
  }

  private let entries = Mutex<[String: Entry]>([:])
  private let clock: any WallClock

  init(clock: any WallClock) { self.clock = clock }

  /// How a store's connections are, by the name of the first store in its place.
  func entry(_ name: String) -> Entry { entries.withLock { $0[name] ?? Entry() } }

  /// To be told of what happens.
  var record: @Sendable (String, RedisConnectionEvent) -> Void {
    { [self] name, event in
      let now = clock.now()
      entries.withLock { $0[name, default: Entry()].note(event.kind, at: now) }
    }
  }
}

extension StoreJournal.Entry {
  fileprivate mutating func note(_ kind: RedisConnectionEvent.Kind, at now: Timestamp) {
    switch kind {
    // Connections that are added beside one that is ready change nothing.
    case .connecting: if status != "ready", attempts == 0 { status = "connecting" }
    case .ready: (status, attempts) = ("ready", 0)
    case .reconnecting: (status, attempts) = ("reconnecting", attempts + 1)
    case .error(let error), .closed(let error):
      errors += 1
      status = "error"
      lastError = (error.message, now)
    }
  }
}
