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

/// The queue through which other threads reach the event loop. Only the first of a burst wakes it.
final class LoopInbox: Sendable {
  private struct State {
    var commands: [LoopCommand] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let poller: Poller

  init(poller: Poller) { self.poller = poller }

  /// Appends a command; tells whether the event loop will still see it.
  @discardableResult
  func send(_ command: LoopCommand) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.commands.append(command)
      // Inside the lock: the event loop closes its descriptors only after it closed this queue.
      if state.commands.count == 1 { poller.signal() }
      return true
    }
  }

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
