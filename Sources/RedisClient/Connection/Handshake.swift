/// What a server says of itself on every connect.
public struct RedisServerIdentity: Sendable, Hashable {
  /// What a server is in its replication group.
  public enum Role: Sendable, Hashable {
    case master
    case replica
    case sentinel
    /// The user may not ask.
    case unknown
  }

  /// Names this run of the server process: a restart changes it. Nil when the user may not ask.
  public internal(set) var runID: String?
  public internal(set) var role = Role.unknown
  /// The replication offset at which this process became master, -1 when it always was (`second_repl_offset`). Tells the
  /// reigns of a process apart that was demoted and promoted again. Nil when the user may not ask.
  public internal(set) var promotionOffset: Int?
  /// For example `7.0.15`.
  public internal(set) var version: String?
  /// The server's number for this connection, by which others may redirect to it.
  public internal(set) var clientID: Int?
}

/// The commands that open a connection, and what their replies mean. Pure: commands out, replies in.
struct Handshake: Sendable {
  private enum Step: Sendable {
    case authenticate, select, name, identifier, info, replication, role, readOnly
  }

  private let steps: [(step: Step, command: RedisCommand)]

  init(_ settings: ConnectionSettings) {
    var steps: [(Step, RedisCommand)] = []
    if let credentials = settings.credentials { steps.append((.authenticate, credentials.command)) }
    if settings.database != 0 { steps.append((.select, RedisCommand("SELECT", [.integer(settings.database)]))) }
    if let name = settings.clientName { steps.append((.name, RedisCommand("CLIENT", ["SETNAME", .string(name)]))) }
    steps.append((.identifier, RedisCommand("CLIENT", ["ID"])))
    steps.append((.info, RedisCommand("INFO", ["server"])))
    steps.append((.replication, RedisCommand("INFO", ["replication"])))
    steps.append((.role, RedisCommand("ROLE")))
    if settings.isReadOnly { steps.append((.readOnly, RedisCommand("READONLY"))) }
    self.steps = steps
  }

  /// What is sent, in one batch.
  var commands: [RedisCommand] { steps.map(\.command) }

  /// What the server is, from the replies to all commands.
  /// - Parameter place: stands in the error.
  func identity(_ replies: [RESPValue], place: String) throws(RedisClientError) -> RedisServerIdentity {
    var identity = RedisServerIdentity()
    for (step, reply) in zip(steps.map(\.step), replies) {
      if case .error(let error) = reply {
        try check(error, in: step, place: place)
        continue
      }
      switch step {
      case .identifier: identity.clientID = reply.integer
      case .info:
        let fields = InfoText(reply.text ?? "")
        identity.runID = fields["run_id"]
        identity.version = fields["redis_version"]
      case .replication: identity.promotionOffset = InfoText(reply.text ?? "")["second_repl_offset"].flatMap { Int($0) }
      case .role: identity.role = Self.role(reply)
      case .authenticate, .select, .name, .readOnly: break
      }
    }
    return identity
  }

  /// Throws where the connection is of no use without what was refused. Naming it, its number, INFO and ROLE may be
  /// forbidden to a user who may still read and write, or unknown to the server (`ERR`); what is refused for now (BUSY,
  /// LOADING) must be asked again, on another connection.
  private func check(_ error: RedisServerError, in step: Step, place: String) throws(RedisClientError) {
    let prefix = error.prefix
    switch step {
    case .authenticate:
      throw RedisClientError(.authentication, "the server refused the user or the password: \(prefix)", place: place)
    case .select, .readOnly: throw .server(error, place: place)
    case .name, .identifier, .info, .replication, .role:
      if prefix != "NOPERM", prefix != "ERR" { throw .server(error, place: place) }
    }
  }

  private static func role(_ reply: RESPValue) -> RedisServerIdentity.Role {
    switch reply.array?.first?.text {
    case "master": .master
    case "slave": .replica
    case "sentinel": .sentinel
    default: .unknown
    }
  }
}

/// The text of INFO: lines of `name:value` under headings.
struct InfoText {
  private let fields: [Substring: Substring]

  init(_ text: String) {
    var fields: [Substring: Substring] = [:]
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon]] = line[line.index(after: colon)...]
    }
    self.fields = fields
  }

  subscript(_ name: String) -> String? { fields[name[...]].map { String($0) } }

  /// All fields by name.
  var all: [String: String] {
    Dictionary(uniqueKeysWithValues: fields.map { (String($0.key), String($0.value)) })
  }
}
