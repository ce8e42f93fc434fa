/// How likely what goes wrong between an instance and its store. All zero: nothing does.
package struct ChaosOdds: Sendable {
  /// A call fails with `unavailable`; nothing is done.
  package var refusal = 0.0
  /// A call fails with `timedOut`; nothing was done.
  package var loss = 0.0
  /// A call fails with `timedOut`; it was done.
  package var lostAnswer = 0.0
  /// A call is never answered and nothing is done. It ends when it is cancelled.
  package var hang = 0.0
  /// A call is not answered, and is done later, whether or not the caller still waits: by ``lateness``.
  package var lateEffect = 0.0
  /// A message does not reach this instance.
  package var messageLoss = 0.0
  /// With this probability for each message, the subscription goes silent for good and does not end.
  package var silence = 0.0
  /// With this probability for each message, the subscription ends before it.
  package var ending = 0.0
  /// How long a call is under way before it takes effect, and again after that. Each call has its own, so calls at the same
  /// time overtake each other.
  package var delay: ClosedRange<Duration> = .zero ... .zero
  /// How long a message is under way. Messages of one subscription stay in order.
  package var messageDelay: ClosedRange<Duration> = .zero ... .zero
  /// How much later a late effect comes.
  package var lateness: ClosedRange<Duration> = .milliseconds(1) ... .seconds(5)

  package init() {}

  /// Every call is refused, and no message comes through.
  package static let refusing: ChaosOdds = {
    var odds = ChaosOdds()
    odds.refusal = 1
    odds.messageLoss = 1
    return odds
  }()

  /// Nothing is answered and nothing ends: a network that drops all packets.
  package static let partitioned: ChaosOdds = {
    var odds = ChaosOdds()
    odds.hang = 1
    odds.messageLoss = 1
    return odds
  }()
}
