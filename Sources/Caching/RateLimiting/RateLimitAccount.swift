import Synchronization

/// What one subject has used of one limit, as this instance knows it.
///
/// The window counts all that this instance has admitted, whichever way it was decided: so it is right at once when the
/// shared store goes away, and tells what to pay in when a store comes back that has forgotten.
final class RateLimitAccount: Sendable {
  /// How requests are decided now.
  enum Mode {
    /// By this instance, which may admit so many.
    case alone(quota: Int, owes: Bool)
    /// By the shared store. A new `memory` means that it has forgotten what it held.
    case shared(instances: Int, memory: Int)
  }

  /// When the shared store has to be asked, after a request.
  enum Asking {
    case never
    /// When ``RateLimitAccount/dueAt`` says.
    case inTime
    case now
  }

  private struct State {
    var window: SlidingWindow
    var book = LeaseBook()
    var memory: Int
    var order: Task<Void, Never>?

    /// A store that has forgotten is owed all that was admitted within the window.
    mutating func remember(_ memory: Int, at now: UInt64) {
      guard self.memory != memory else { return }
      self.memory = memory
      book.oweAll(window.count(at: now))
    }
  }

  let limit: RateLimit
  let key: CacheKey
  private let state: Mutex<State>

  init(_ limit: RateLimit, key: CacheKey, memory: Int, at now: UInt64) {
    self.limit = limit
    self.key = key
    state = Mutex(State(window: SlidingWindow(at: now), memory: memory))
  }

  /// The second in which it was last used.
  var lastUse: UInt64 { state.withLock(\.window.second) }

  /// Takes one unit, if that can be told without asking.
  func take(_ mode: Mode, at now: UInt64) -> (verdict: RateLimitVerdict, asking: Asking) {
    state.withLock { state in
      switch mode {
      case .alone(let quota, let owes):
        let taken = state.window.take(quota: quota, at: now)
        if owes, taken.remaining != nil { state.book.owe(1) }
        return (decided(taken.remaining, taken.secondsToNext), .never)
      case .shared(let instances, let memory):
        state.remember(memory, at: now)
        _ = state.window.count(at: now)
        let hadTerm = state.book.hasTerm
        let spending = state.book.spend(limit: limit.quota, instances: instances, at: now)
        let wantsMore = state.book.wantsMore(limit: limit.quota, instances: instances, at: now)
        let asking: Asking = wantsMore ? .now : state.book.hasTerm && !hadTerm ? .inTime : .never
        switch spending {
        case .unknown: return (.unknown, asking)
        case .refused(let seconds): return (decided(nil, seconds), asking)
        case .spent(let remaining):
          state.window.add()
          return (decided(remaining, state.window.secondsToNext), asking)
        }
      }
    }
  }

  /// Whether the store must be told of what was admitted without it.
  func isInDebt(memory: Int, at now: UInt64) -> Bool {
    state.withLock { state in
      state.remember(memory, at: now)
      return state.book.debt > 0
    }
  }

  /// Whether the next request would have to wait for the store.
  func isEmpty(at now: UInt64) -> Bool { state.withLock { $0.book.isEmpty(at: now) } }

  /// Takes back the unit that was taken last.
  func giveBack() {
    state.withLock { state in
      state.window.giveBack()
      state.book.unspend()
    }
  }

  /// Runs `ask` unless it runs already; returns it for whoever wants to wait.
  func asking(_ start: (RateLimitAccount) -> Task<Void, Never>) -> Task<Void, Never> {
    state.withLock { state in
      if let order = state.order { return order }
      let order = start(self)
      state.order = order
      return order
    }
  }

  /// What to tell the store. What was owed long ago is owed no more.
  func order(instances: Int, isAhead: Bool, at now: UInt64) -> LeaseBook.Order {
    state.withLock { state in
      let used = state.window.count(at: now)
      if state.book.debt > used { state.book.owe(used - state.book.debt) }
      return state.book.order(limit: limit.quota, instances: instances, isAhead: isAhead, at: now)
    }
  }

  /// The store has answered, or with nil has not.
  func told(_ grant: RateLimitGrant?, of order: LeaseBook.Order, at now: UInt64) {
    state.withLock { state in
      state.order = nil
      if let grant { state.book.told(grant, of: order, at: now) } else { state.book.failed() }
    }
  }

  /// When the store has to be told of a lease that has ended or of a debt; nil when there is neither.
  var dueAt: UInt64? { state.withLock(\.book.dueAt) }

  private func decided(_ remaining: Int?, _ seconds: Int) -> RateLimitVerdict {
    .decided(
      RateLimitDecision(
        isAllowed: remaining != nil, limit: limit, remaining: remaining ?? 0, secondsToNext: seconds))
  }
}
