/// What an instance makes of the messages it hears: whether its subscription is alive, and whether it missed any. Pure: events
/// in, verdicts out.
///
/// An instance hears its own beats too. When they stop for two beats the subscription is dead, whatever the socket says.
/// A publisher whose numbers jump, or whose beat is ahead of its messages, has sent something that was lost; so may one
/// that is heard for the first time and has already sent something.
struct BackplaneFeed: Sendable {
  enum Verdict: Sendable, Equatable {
    /// Nothing of note.
    case fine
    /// From now on every change elsewhere is heard of.
    case live
    /// Something was missed.
    case gap
    /// The subscription is dead; a new one is needed.
    case dead
  }

  private enum Phase: Sendable, Equatable {
    case down
    /// Subscribed; nothing of our own has come back yet.
    case joining(since: UInt64)
    case live(lastHeard: UInt64)
  }

  /// Publishers that have been silent for this many beats are forgotten; heard again, they count as new.
  private static let memory: UInt64 = 60

  private let publisher: UInt64
  private let beat: UInt64
  private var phase = Phase.down
  private var others: [UInt64: (number: UInt64, heardAt: UInt64)] = [:]

  /// - Parameters:
  ///   - publisher: this instance's own number.
  ///   - beat: nanoseconds between two beats.
  init(publisher: UInt64, beat: UInt64) {
    self.publisher = publisher
    self.beat = beat
  }

  /// A subscription has begun.
  mutating func subscribed(at now: UInt64) {
    phase = .joining(since: now)
    others = [:]
  }

  /// The subscription has ended.
  mutating func ended() { phase = .down }

  /// A message was heard.
  mutating func heard(_ message: BackplaneMessage, at now: UInt64) -> Verdict {
    if message.publisher == publisher {
      let isNew = phase != .down && !isLive
      if phase != .down { phase = .live(lastHeard: now) }
      return isNew ? .live : .fine
    }
    let isBeat = message.body == .beat
    let last = others.updateValue((message.number, now), forKey: message.publisher)?.number
    let expected = (last ?? 0) &+ (isBeat ? 0 : 1)
    return message.number == expected ? .fine : .gap
  }

  /// Time has passed.
  mutating func passed(_ now: UInt64) -> Verdict {
    others = others.filter { now - min(now, $0.value.heardAt) < beat * Self.memory }
    switch phase {
    case .down: return .fine
    case .joining(let since), .live(let since):
      guard now - min(now, since) > 2 * beat else { return .fine }
      phase = .down
      return .dead
    }
  }

  private var isLive: Bool { if case .live = phase { true } else { false } }
}
