import Caching
import PortContracts
import Synchronization

/// One node: a cache, its way to the store and its clock.
struct Node: Sendable {
  let number: Int
  let executor: SimulatedExecutor
  let environment: CacheEnvironment
  let clock: ChaosClock
  let link: ChaosStore
  let cache: CacheService
}

/// Everything that one schedule is about.
final class World: Sendable {
  struct Load: Hashable {
    let subject: Int
    let nonces: [UInt64]
  }

  /// A node where a read that began before a change has ended after it. For all the node knows, what it was given is newer
  /// than what the store has: it loads the key once more before it believes the store.
  struct Outrun: Hashable {
    let node: Int
    let subject: Int
    let calm: Int
  }

  struct State {
    /// Faults under way, by node: what they do to its link.
    var active: [[(number: Int, odds: ChaosOdds)]]
    /// When each node's link, or everybody's, was not well.
    var bad: [(nodes: [Int], start: UInt64, end: UInt64)] = []
    var failing = 0
    var changing: [Int: Int] = [:]
    var begun: [Int: Int] = [:]
    var loads: [Load: Int] = [:]
    var outrun: Set<Outrun> = []
    var outstanding: [Int: String] = [:]
    var lastCall = 0
    var registerValues: [Int] = []
    var setting = 0
    var settings = 0
    var slowest: UInt64 = 0
  }

  let plan: Plan
  let scheduler: Scheduler
  let store: ModelStore
  let database = ModelDatabase(entities: Subjects.entityCount)
  let history: History
  let nodes: [Node]
  let director: SimulatedExecutor
  let state: Mutex<State>

  init(_ plan: Plan, flaw: ModelStore.Flaw? = nil, isTracing: Bool = false) {
    self.plan = plan
    let scheduler = Scheduler(seed: plan.seed, isTracing: isTracing)
    self.scheduler = scheduler
    let clock = SimulatedClock(scheduler: scheduler)
    let store = ModelStore(ticker: clock, flaw: flaw)
    self.store = store
    history = History(nodes: plan.nodes)
    director = SimulatedExecutor(machine: -1, scheduler)
    nodes = (0..<plan.nodes).map { number in
      let executor = SimulatedExecutor(machine: number, scheduler)
      let nodeClock = ChaosClock(clock, clock, offset: scheduler.draw { Int64($0.below(400)) - 200 })
      let environment = CacheEnvironment(executor, scheduler, wallClock: nodeClock)
      let link = ChaosStore(
        TracedStore(store, scheduler, node: number), odds: plan.odds, seed: plan.seed ^ UInt64(number + 1),
        environment: environment)
      let cache = CacheService(shared: link, limits: plan.limits, options: plan.options, environment: environment)
      return Node(
        number: number, executor: executor, environment: environment, clock: nodeClock, link: link, cache: cache)
    }
    state = Mutex(State(active: Array(repeating: [], count: plan.nodes)))
  }

  var now: UInt64 { scheduler.now }

  func sleep(_ duration: Duration) async {
    // Nobody cancels who waits here.
    try? await scheduler.sleep(duration)
  }
}
