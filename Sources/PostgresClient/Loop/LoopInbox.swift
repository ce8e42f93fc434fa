import Synchronization

/// What other threads ask of the event loop.
enum LoopCommand: Sendable {
  case submit(Exchange, OwnerID)
  case abandon(Exchange, OwnerID)
  case release(LeaseID, OwnerID)
  case adopt(OwnerID, @Sendable (LoopCore) -> any LoopOwner)
  case remove(OwnerID)
  case call(@Sendable (LoopCore) -> Void)
  case stop
}

/// The queue through which other threads reach the event loop. Whoever finds it asleep wakes it.
final class LoopInbox: Sendable {
  private struct State {
    var commands: [LoopCommand] = []
    var isClosed = false
    /// Whether the event loop waits, and nobody has woken it yet.
    var isAsleep = false
  }

  private let state = Mutex(State())
  private let poller: Poller

  init(poller: Poller) { self.poller = poller }

  /// Nobody can wake the event loop any longer, so its descriptors may go; it was stopped before.
  deinit { poller.close() }

  /// Appends a command; tells whether the event loop will still see it.
  @discardableResult
  func send(_ command: LoopCommand) -> Bool {
    let (isAccepted, mustWake) = state.withLock { state in
      guard !state.isClosed else { return (false, false) }
      state.commands.append(command)
      defer { state.isAsleep = false }
      return (true, state.isAsleep)
    }
    if mustWake { poller.signal() }
    return isAccepted
  }

  /// The event loop is about to wait: tells whether it may, because there is nothing for it to do.
  func fallAsleep() -> Bool {
    state.withLock { state in
      state.isAsleep = state.commands.isEmpty
      return state.isAsleep
    }
  }

  /// The event loop waits no longer and will come to ``take()``.
  func wakeUp() { state.withLock { $0.isAsleep = false } }

  /// Takes all commands.
  func take() -> [LoopCommand] {
    state.withLock { state in
      guard !state.commands.isEmpty else { return [] }
      var taken: [LoopCommand] = []
      taken.reserveCapacity(state.commands.count)
      swap(&taken, &state.commands)
      return taken
    }
  }

  /// Takes the rest and refuses what comes later.
  func close() -> [LoopCommand] {
    state.withLock { state in
      state.isClosed = true
      defer { state.commands = [] }
      return state.commands
    }
  }
}
