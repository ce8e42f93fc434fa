/// Which server holds which slot.
struct SlotMap: Sendable, Equatable {
  /// A master and its replicas.
  struct Shard: Sendable, Equatable {
    var master: RedisEndpoint
    var replicas: [RedisEndpoint]
  }

  private(set) var shards: [Shard] = []
  /// Index of each slot's shard; -1 where nobody holds it.
  private var shardOfSlot: [Int16] = []

  /// Knows nothing.
  init() {}

  /// Reads the reply to CLUSTER SLOTS; nil when it is not one.
  /// - Parameter origin: who answered, which stands for itself where the reply leaves its host out.
  init?(_ reply: RESPValue, from origin: RedisEndpoint) {
    guard let ranges = reply.array else { return nil }
    shardOfSlot = Array(repeating: -1, count: HashSlot.count)
    for range in ranges {
      guard let parts = range.array, parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
        first >= 0, first <= last, last < HashSlot.count
      else { return nil }
      let servers = parts[2...].compactMap { Self.endpoint($0, origin) }
      guard let master = servers.first else { return nil }
      let shard = index(of: Shard(master: master, replicas: Array(servers.dropFirst())))
      for slot in first...last { shardOfSlot[slot] = Int16(shard) }
    }
  }

  /// Who holds a slot; nil when that is not known.
  func shard(of slot: Int) -> Shard? {
    guard !shardOfSlot.isEmpty, shardOfSlot[slot] >= 0 else { return nil }
    return shards[Int(shardOfSlot[slot])]
  }

  /// All masters.
  var masters: [RedisEndpoint] { shards.map(\.master) }

  /// Whether every slot is held by someone.
  var isComplete: Bool { !shardOfSlot.isEmpty && !shardOfSlot.contains(-1) }

  /// A server said that a slot is another's now.
  mutating func move(_ slot: Int, to master: RedisEndpoint) {
    guard slot >= 0, slot < HashSlot.count else { return }
    if shardOfSlot.isEmpty { shardOfSlot = Array(repeating: -1, count: HashSlot.count) }
    shardOfSlot[slot] = Int16(index(of: Shard(master: master, replicas: [])))
  }

  private mutating func index(of shard: Shard) -> Int {
    if let index = shards.firstIndex(where: { $0.master == shard.master }) { return index }
    shards.append(shard)
    return shards.count - 1
  }

  /// A server as CLUSTER SLOTS names it: host, port, id and more.
  private static func endpoint(_ value: RESPValue, _ origin: RedisEndpoint) -> RedisEndpoint? {
    guard let parts = value.array, parts.count >= 2, let port = parts[1].integer else { return nil }
    let host = parts[0].text ?? ""
    // "?" stands for a node whose address the one asked does not know.
    guard host != "?" else { return nil }
    return RedisEndpoint(host: host.isEmpty ? origin.host : host, port: port)
  }
}

/// What a cluster's server answers instead of executing a command.
enum Redirection: Equatable {
  /// The slot is another's for good.
  case moved(slot: Int, to: RedisEndpoint)
  /// The slot is on its way; this command only is to be sent there, after ASKING.
  case ask(to: RedisEndpoint)
  /// Keys of one command are on both sides of a slot on its way.
  case tryAgain
  /// The cluster cannot serve the slot now, or the server is a master no longer.
  case down

  /// - Parameter origin: who answered; its host stands where the error leaves it out.
  init?(_ error: RedisServerError, from origin: RedisEndpoint) {
    let words = error.message.split(separator: " ")
    switch words.first {
    case "TRYAGAIN": self = .tryAgain
    case "CLUSTERDOWN", "MASTERDOWN", "READONLY": self = .down
    case "MOVED", "ASK":
      guard words.count >= 3, let slot = Int(words[1]), let colon = words[2].lastIndex(of: ":"),
        let port = Int(words[2][words[2].index(after: colon)...])
      else { return nil }
      let host = words[2][..<colon]
      let endpoint = RedisEndpoint(host: host.isEmpty ? origin.host : String(host), port: port)
      self = words[0] == "MOVED" ? .moved(slot: slot, to: endpoint) : .ask(to: endpoint)
    default: return nil
    }
  }
}
