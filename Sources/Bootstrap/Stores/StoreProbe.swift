import HTTPAdapter
import Kernel
import RedisAdapter
import RedisClient
import Synchronization

/// Looks at the named stores when it is asked how they are, once a second at most however many ask.
final class StoreProbe: Sendable {
  /// How long an answer is good for, in nanoseconds.
  private static let freshness: UInt64 = 1_000_000_000
  /// How long a store may take to tell of itself.
  private static let patience = Duration.milliseconds(500)

  private struct Place {
    let name: String
    /// What the journal calls it.
    let key: String
    let mode: String
    let client: RedisClient
  }

  private let places: [Place]
  private let journal: StoreJournal
  private let ticker: any Ticker
  private let look = Mutex<(at: UInt64, task: Task<[StoreHealth], Never>)?>(nil)

  init(_ settings: RedisStoresSettings, _ stores: RedisStores, _ journal: StoreJournal, ticker: any Ticker) {
    var places: [Place] = []
    for (name, store) in [
      ("cache", settings.cache), ("session", settings.session), ("realtime", settings.realtime),
    ] {
      guard let client = stores.clients[name] else { continue }
      if let index = places.firstIndex(where: { $0.client === client }) {
        let known = places[index]
        places[index] = Place(name: "\(known.name),\(name)", key: known.key, mode: known.mode, client: client)
      } else {
        places.append(Place(name: name, key: name, mode: store.topology.word, client: client))
      }
    }
    self.places = places
    self.journal = journal
    self.ticker = ticker
  }

  /// How each place is.
  func health() async -> [StoreHealth] {
    let now = ticker.nanoseconds()
    let task = look.withLock { look in
      if let look, now < look.at + Self.freshness { return look.task }
      let task = Task { [self] in await lookAtAll() }
      look = (now, task)
      return task
    }
    return await task.value
  }

  private func lookAtAll() async -> [StoreHealth] {
    await withTaskGroup(of: (Int, StoreHealth).self) { group in
      for (index, place) in places.enumerated() { group.addTask { [self] in (index, await health(of: place)) } }
      var found: [(Int, StoreHealth)] = []
      for await one in group { found.append(one) }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func health(of place: Place) async -> StoreHealth {
    let start = ticker.nanoseconds()
    let info = await Self.info(place.client)
    let elapsed = Double(ticker.nanoseconds() - start) / 1e6
    let entry = journal.entry(place.key)
    return StoreHealth(
      name: place.name, mode: place.mode, healthy: info != nil,
      connectionStatus: info != nil ? "ready" : entry.status == "ready" ? "error" : entry.status,
      responseTimeMs: info == nil ? nil : (elapsed * 100).rounded() / 100, reconnectAttempts: entry.attempts,
      errors: entry.errors, lastError: entry.lastError?.text, lastErrorTime: entry.lastError?.at.description,
      nodes: place.client.masters.map {
        .init(host: $0.endpoint.host, port: $0.endpoint.port, runId: $0.identity.runID)
      },
      load: info.map(StoreHealth.Load.init))
  }

  /// What the store says of itself; nil when it does not answer in time.
  private static func info(_ client: RedisClient) async -> [String: String]? {
    await withTaskGroup(of: [String: String]?.self) { group in
      // A store that does not answer is what is being looked for.
      group.addTask { try? await client.info() }
      group.addTask {
        // Cancelled when the store was faster.
        try? await Task.sleep(for: patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}

extension RedisConfiguration.Topology {
  fileprivate var word: String {
    switch self {
    case .standalone: "standalone"
    case .sentinel: "sentinel"
    case .cluster: "cluster"
    }
  }
}
