/// Keeps calls from a server that fails most of them (M. Nygard, "Release It!"). Time is handed in.
public struct PostgresBreakerSettings: Sendable {
  /// The share of failures at which it opens.
  public var failureRatio = 0.5
  /// Calls looked at: those of the last minute.
  public var window = Duration.seconds(60)
  /// Fewer calls than that say nothing.
  public var minimumCalls = 10
  /// How long nobody passes. Then one call may try.
  public var opensFor = Duration.seconds(30)

  public init() {}
}

/// The breakers of one server: its pools fail apart, so each has its own.
struct ServerBreakers {
  enum Pool {
    case reads, writes
  }

  private var reads: CircuitBreaker
  private var writes: CircuitBreaker

  init(settings: PostgresBreakerSettings) {
    reads = CircuitBreaker(settings: settings)
    writes = reads
  }

  subscript(pool: Pool) -> CircuitBreaker {
    get { pool == .reads ? reads : writes }
    set { if pool == .reads { reads = newValue } else { writes = newValue } }
  }

  /// A health check found the server well.
  mutating func mayTry(now: Instant) {
    reads.mayTry(now: now)
    writes.mayTry(now: now)
  }

  /// Whether calls of either kind are refused.
  func isAnyOpen(now: Instant) -> Bool { !reads.wouldAdmit(now: now) || !writes.wouldAdmit(now: now) }
}

/// The breaker of one pool of one server.
struct CircuitBreaker {
  enum State: Equatable {
    case closed
    case open(until: Instant)
    /// One call is trying; the others are refused.
    case trying(since: Instant)
  }

  private struct Slice {
    var number: UInt64
    var calls = 0
    var failures = 0
  }

  let settings: PostgresBreakerSettings
  private(set) var state = State.closed
  private var slices: [Slice] = []

  init(settings: PostgresBreakerSettings) { self.settings = settings }

  /// Whether a call may go through; counts it as the trial when the time for one has come.
  mutating func admits(now: Instant) -> Bool {
    switch state {
    case .closed: return true
    case .open(let until) where now < until: return false
    // A trial that never reported is given up.
    case .trying(let since) where now < since + settings.opensFor: return false
    case .open, .trying:
      state = .trying(since: now)
      return true
    }
  }

  /// Whether a call would be let through, without counting it.
  func wouldAdmit(now: Instant) -> Bool {
    var copy = self
    return copy.admits(now: now)
  }

  /// What a call that threw says of the server; nil when it was cancelled or the server was not asked.
  static func outcome(of error: any Error) -> Bool? {
    guard let failure = error as? PostgresError else { return error is CancellationError ? nil : true }
    return failure.isSilentOnServer ? nil : !failure.speaksAgainstServer
  }

  /// Counts how a call ended; nil says nothing of the server, and gives a trial back to the next call.
  mutating func record(isSuccess: Bool?, now: Instant) {
    guard let isSuccess else {
      if case .trying = state { state = .open(until: now) }
      return
    }
    switch state {
    case .trying:
      state = isSuccess ? .closed : .open(until: now + settings.opensFor)
      slices = []
    case .open: break
    case .closed:
      count(isSuccess, now)
      let calls = slices.reduce(0) { $0 + $1.calls }
      let failures = slices.reduce(0) { $0 + $1.failures }
      if calls >= settings.minimumCalls, Double(failures) >= settings.failureRatio * Double(calls) {
        state = .open(until: now + settings.opensFor)
        slices = []
      }
    }
  }

  /// A health check found the server well: a call may try now instead of later.
  mutating func mayTry(now: Instant) {
    if case .open = state { state = .open(until: now) }
  }

  /// Sixty slices make up the window; those that are older go.
  private mutating func count(_ isSuccess: Bool, _ now: Instant) {
    let (seconds, attoseconds) = settings.window.components
    let width = max(1, (UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000)) / 60)
    let number = now.nanoseconds / width
    slices.removeAll { $0.number + 60 <= number }
    if slices.last?.number != number { slices.append(Slice(number: number)) }
    slices[slices.count - 1].calls += 1
    if !isSuccess { slices[slices.count - 1].failures += 1 }
  }
}
