/// Why a command was not answered as hoped. Holds no argument, no value and no password.
public struct RedisClientError: Error, Sendable, Hashable {
  /// Whether the server may have seen a command.
  public enum Delivery: Sendable, Hashable {
    /// Not a byte left this process: nothing was done.
    case notSent
    /// It was handed to the network: it may have been executed.
    case maybeSent
  }

  /// What went wrong.
  public enum Code: Sendable, Hashable {
    /// No connection in time, or none can be made. Nothing was sent.
    case notConnected
    /// The connection went away with the command under way.
    case connectionClosed(Delivery)
    /// No answer in time; the command may have been or may yet be executed.
    case timedOut
    /// The caller's task was cancelled; the command may have been or may yet be executed.
    case cancelled
    /// Too much is waiting for the server already. Nothing was sent.
    case queueFull
    /// The server answered an error; its first word, such as `WRONGTYPE`.
    case server(prefix: String)
    /// The server sent what is not RESP2, or a reply nobody asked for.
    case protocolViolation
    /// The server did not answer what the command promises.
    case unexpectedReply
    /// The user or the password was refused.
    case authentication
    /// No secure connection: certificate, protocol or settings.
    case tls
    /// What answers is not a master.
    case notMaster
    /// No server is known for the command's keys, or no sentinel knows the master.
    case noServer
    /// The keys of one command belong to different servers of the cluster.
    case crossSlot
    /// The client has been shut down. Nothing was sent.
    case shutDown
  }

  /// What went wrong.
  public let code: Code
  /// A sentence for a log.
  public let message: String
  /// Where: the server's address, and the command's name when one was concerned.
  public internal(set) var place: String

  /// An error at a place.
  public init(_ code: Code, _ message: String, place: String = "") {
    self.code = code
    self.message = message
    self.place = place
  }
}

extension RedisClientError: CustomStringConvertible {
  public var description: String { place.isEmpty ? message : "\(message) (\(place))" }

  /// The same error, said to have happened to a command.
  func during(_ command: String) -> RedisClientError {
    var error = self
    error.place = place.isEmpty ? command : "\(command) at \(place)"
    return error
  }

  /// What the server answered instead of a result.
  static func server(_ error: RedisServerError, place: String) -> RedisClientError {
    let prefix = String(error.prefix)
    switch prefix {
    case "NOAUTH", "WRONGPASS":
      return RedisClientError(.authentication, "the server refused the user or the password: \(prefix)", place: place)
    default: return RedisClientError(.server(prefix: prefix), withoutArguments(error.message), place: place)
    }
  }

  /// What a server says of a command it does not know quotes the command's arguments, which may be anybody's secrets.
  private static func withoutArguments(_ message: String) -> String {
    guard let quote = message.firstRange(of: ", with args beginning with:") else { return message }
    return String(message[..<quote.lowerBound])
  }

  /// Whether the command was certainly not executed.
  public var isNotSent: Bool {
    switch code {
    case .notConnected, .queueFull, .noServer, .shutDown, .connectionClosed(.notSent), .crossSlot: true
    default: false
    }
  }

  /// The first word of the server's error, if it was one.
  var serverPrefix: String? {
    if case .server(let prefix) = code { return prefix }
    return nil
  }
}
