/// When a listener connects, asks for a sign of life and gives up. Knows no socket; time is handed in.
struct ListenerMachine {
  enum Action: Equatable {
    case connect
    /// Send LISTEN for every channel.
    case listen
    /// Ask for a sign of life.
    case probe
    case close
    case tell(PostgresListenerEvent)
  }

  private enum Phase {
    case waiting(until: Instant)
    case connecting
    /// Something was asked; the answer is due by then.
    case asking(isFirst: Bool, until: Instant)
    case listening(probesAt: Instant)
    case over
  }

  let settings: PostgresListener.Settings
  private var phase: Phase
  private var failures = 0
  private var hasMissed = false

  init(settings: PostgresListener.Settings, now: Instant) {
    self.settings = settings
    phase = .waiting(until: now)
  }

  mutating func tick(now: Instant) -> [Action] {
    switch phase {
    case .waiting(let until) where now >= until:
      phase = .connecting
      return [.connect]
    case .asking(_, let until) where now >= until: return [.close]
    case .listening(let probesAt) where now >= probesAt:
      phase = .asking(isFirst: false, until: now + settings.probeDeadline)
      return [.probe]
    default: return []
    }
  }

  mutating func connected(now: Instant) -> [Action] {
    phase = .asking(isFirst: true, until: now + settings.probeDeadline)
    return [.listen]
  }

  /// LISTEN or the sign of life was answered.
  mutating func answered(isSuccess: Bool, now: Instant) -> [Action] {
    guard case .asking(let isFirst, _) = phase else { return [] }
    guard isSuccess else { return [.close] }
    phase = .listening(probesAt: now + settings.probeInterval)
    failures = 0
    return isFirst ? [.tell(.listening)] : []
  }

  /// The connection is lost or was not made. The next attempt comes after at most 1, 2, 4, 8, 10 s.
  /// - Parameter random: 0 to 1; shortens the wait by up to half.
  mutating func lost(random: Double, now: Instant) -> [Action] {
    if case .over = phase { return [] }
    let wasListening =
      switch phase {
      case .listening, .asking(isFirst: false, _): true
      default: false
      }
    phase = .waiting(until: now + min(.seconds(1 << min(failures, 4)), .seconds(10)) * (1 - random / 2))
    failures += 1
    return wasListening ? [.tell(.lost)] : []
  }

  /// What to tell the reader, given that earlier events may have found no room.
  mutating func events(for event: PostgresListenerEvent) -> [PostgresListenerEvent] {
    guard hasMissed, event != .listening else { return [event] }
    return [.listening, event]
  }

  /// Whether the reader took an event.
  mutating func delivered(_ wasTaken: Bool) { hasMissed = !wasTaken }

  mutating func shutDown() { phase = .over }
}
