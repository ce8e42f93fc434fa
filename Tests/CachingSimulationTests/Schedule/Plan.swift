import Caching
import PortContracts

/// What one schedule is made of; follows from its seed.
struct Plan: Sendable {
  enum Weather: Int, CaseIterable, Sendable {
    /// Nothing goes wrong.
    case calm
    /// Single calls and messages go wrong, at any time.
    case rough
    /// Nodes, the store and the network fail for a while, one or several at a time.
    case outages
    /// Both.
    case storm
  }

  struct Fault: Sendable {
    enum Kind: Int, CaseIterable, Sendable {
      case refusing, partitioned, messageLoss, silence, ending
      case storeDown, storeSilent, storeLate, storeRestart, eviction
      case stall, clockSet, loadFailures
    }

    let kind: Kind
    let node: Int
    let start: Duration
    let length: Duration
  }

  let seed: UInt64
  let weather: Weather
  let nodes: Int
  let clients: Int
  let isLong: Bool
  /// How long clients work.
  let work: Duration
  /// How long it takes after the last fault until all agree: time for beats, probes and the lease of what is in memory.
  let quiet: Duration
  /// Whether it is then waited until the leases of lost marks are over too.
  let waitsForLeases: Bool
  /// The longest pause of a client between two calls is drawn from these.
  let pauses: [Duration]
  let delay: ClosedRange<Duration>
  let odds: ChaosOdds
  /// Whether all feeds are live before anything goes wrong.
  let beginsWell: Bool
  let faults: [Fault]
  let limits: CacheService.Limits
  let options: SharedTierOptions
  let slowLoads: Double
  let cancellations: Double
  let failingLoads: Double
  let removals: Bool
  /// Whether the register is set more often than anything is changed.
  let setsOften: Bool
  /// The longest that a call may take, in nanoseconds: the sum of all limits on the way of a read (two for the store, the
  /// claim, the load, storing and looking again).
  let callLimit: UInt64

  init(seed: UInt64) {
    var chance = SplitMix64(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ 0x5DEE_CE66)
    self.seed = seed
    let weather = Weather.allCases[chance.below(Weather.allCases.count)]
    self.weather = weather
    let nodes = 2 + (chance.chance(0.2) ? 1 + chance.below(2) : 0)
    self.nodes = nodes
    clients = 2 + (chance.chance(0.15) ? 1 : 0)
    isLong = weather.rawValue >= Weather.outages.rawValue && chance.chance(0.2)
    work = isLong ? .seconds(10) : .milliseconds(100)
    pauses =
      isLong
      ? [.milliseconds(3), .milliseconds(300), .seconds(2)] : [.microseconds(300), .milliseconds(5), .milliseconds(60)]
    quiet = weather == .calm ? .milliseconds(100) : .seconds(6)
    waitsForLeases = weather != .calm && chance.chance(0.12)
    delay = chance.chance(0.3) ? .zero ... .zero : .zero ... .milliseconds(1 + chance.below(4))
    var other = SplitMix64(seed: ~seed)
    var odds = ChaosOdds()
    odds.delay = delay
    odds.messageDelay = delay
    if weather == .rough || weather == .storm {
      let calls: [WritableKeyPath<ChaosOdds, Double>] = [\.refusal, \.loss, \.lostAnswer, \.hang, \.lateEffect]
      let messages: [WritableKeyPath<ChaosOdds, Double>] = [\.messageLoss, \.silence, \.ending]
      // Where calls fail, a node soon bumps what it could not tell, which heals what lost messages leave behind.
      let onlyMessages = other.chance(0.3)
      for path in (onlyMessages ? [] : calls) + messages where chance.chance(0.4) {
        odds[keyPath: path] = [0.01, 0.03, 0.1][chance.below(3)] * (onlyMessages ? 3 : 1)
      }
      if chance.chance(0.3) { odds.delay = .zero ... .milliseconds(100 + chance.below(400)) }
    }
    self.odds = odds
    beginsWell = other.chance(0.6)
    var faults: [Fault] = []
    if weather == .outages || weather == .storm {
      for _ in 0..<1 + chance.below(4) {
        faults.append(
          Fault(
            kind: Fault.Kind.allCases[chance.below(Fault.Kind.allCases.count)], node: chance.below(nodes),
            start: chance.duration(.zero...(isLong ? .seconds(4) : .milliseconds(150))),
            length: chance.duration(.milliseconds(5)...(isLong ? .seconds(8) : .milliseconds(400)))))
      }
    }
    self.faults = faults
    callLimit = faults.filter { $0.kind == .stall }.reduce(Duration.seconds(12)) { $0 + $1.length }.nanoseconds
    limits = CacheService.Limits(entries: [64, 64, 64, 3, 0][chance.below(5)], bytes: 1 << 20)
    var options = SharedTierOptions()
    options.locksLoads = chance.chance(0.7)
    options.localTimeToLive = chance.chance(0.3) ? .milliseconds(500) : .seconds(60)
    self.options = options
    slowLoads = chance.chance(0.3) ? 0.1 : 0
    cancellations = chance.chance(0.4) ? 0.15 : 0
    failingLoads = chance.chance(0.2) ? 0.2 : 0
    removals = chance.chance(0.6)
    setsOften = chance.chance(0.2)
  }

  /// Whether a node stands still for a while.
  func stalls(_ node: Int) -> Bool { faults.contains { $0.kind == .stall && $0.node == node } }

  /// Whether loads always work.
  var hasWorkingLoads: Bool { failingLoads == 0 && !faults.contains { $0.kind == .loadFailures } }

  /// Whether nothing but changes makes a key be loaded anew.
  var isOrderly: Bool {
    weather == .calm && !removals && cancellations == 0 && hasWorkingLoads && options.locksLoads && slowLoads == 0
  }
}
