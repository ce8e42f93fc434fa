import NIOCore
import Synchronization

/// Asks sentinels where the master and its replicas are.
///
/// They are asked in turn, each for a short time, the one that answered last first; sentinels they tell of are asked
/// after those that were configured.
final class SentinelDirectory: Sendable {
  /// How long one sentinel may take to connect and to answer.
  static let patience = Duration.milliseconds(400)

  let name: String
  let settings: ConnectionSettings
  private let eventLoop: any EventLoop
  private let known: Mutex<[RedisEndpoint]>

  /// - Parameter settings: of the connections to the servers; sentinels have credentials of their own and no databases.
  init(_ sentinels: RedisSentinels, settings: ConnectionSettings, eventLoop: any EventLoop) {
    name = sentinels.masterName
    known = Mutex(sentinels.endpoints)
    self.eventLoop = eventLoop
    var settings = settings
    settings.credentials = sentinels.credentials
    settings.database = 0
    settings.connectTimeout = Self.patience
    settings.commandTimeout = Self.patience
    settings.pingInterval = .seconds(1)
    self.settings = settings
  }

  /// The sentinels, the one to ask first at the front.
  var endpoints: [RedisEndpoint] { known.withLock { $0 } }

  /// Asks the others first next time.
  func postpone(_ endpoint: RedisEndpoint) {
    known.withLock { known in
      guard let index = known.firstIndex(of: endpoint) else { return }
      known.append(known.remove(at: index))
    }
  }

  /// The master's address.
  func master() async throws(RedisClientError) -> RedisEndpoint {
    let replies = try await ask([
      RedisCommand("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", .string(name)], effect: .reads),
      RedisCommand("SENTINEL", ["SENTINELS", .string(name)], effect: .reads),
    ]) { $0.first?.array?.count == 2 }
    learn(from: replies[1])
    guard let parts = replies[0].array, let host = parts[0].text, let port = parts[1].integer else {
      throw .unexpected("SENTINEL")
    }
    return RedisEndpoint(host: host, port: port)
  }

  /// The addresses of replicas that follow their master.
  func replicas() async throws(RedisClientError) -> [RedisEndpoint] {
    let command = RedisCommand("SENTINEL", ["REPLICAS", .string(name)], effect: .reads)
    let replies = try await ask([command]) { $0.first?.array != nil }
    return Self.servers(replies[0]).filter { $0.isFit }.map(\.endpoint)
  }

  private func learn(from reply: RESPValue) {
    let told = Self.servers(reply).map(\.endpoint)
    known.withLock { known in
      for endpoint in told where !known.contains(endpoint) && known.count < 32 { known.append(endpoint) }
    }
  }

  /// The replies of the first sentinel that answers what is wanted.
  private func ask(
    _ commands: [RedisCommand], isAnswer: ([RESPValue]) -> Bool
  ) async throws(RedisClientError) -> [RESPValue] {
    var failure = RedisClientError(.noServer, "no sentinel knows the master \(name)")
    for endpoint in endpoints {
      do throws(RedisClientError) {
        let connection = try await RedisConnection.connect(to: endpoint, settings: settings, on: eventLoop)
        defer { connection.close() }
        let replies = try await connection.sendMany(commands)
        if isAnswer(replies) { return replies }
      } catch {
        failure = RedisClientError(.noServer, "no sentinel answers: \(error.message)", place: error.place)
      }
      postpone(endpoint)
    }
    throw failure
  }

  /// The servers a sentinel lists: an array of names and values for each.
  private static func servers(_ reply: RESPValue) -> [(endpoint: RedisEndpoint, isFit: Bool)] {
    (reply.array ?? []).compactMap { server in
      guard let fields = server.textByName, let host = fields["ip"], let port = fields["port"].flatMap({ Int($0) })
      else { return nil }
      let flags = Set((fields["flags"] ?? "").split(separator: ","))
      let isFit = flags.isDisjoint(with: ["s_down", "o_down", "disconnected"]) && fields["master-link-status"] != "err"
      return (RedisEndpoint(host: host, port: port), isFit)
    }
  }
}
