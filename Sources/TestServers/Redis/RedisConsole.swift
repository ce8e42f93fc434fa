import Dispatch
import Foundation

/// A connection that asks one thing at a time and waits: what redis-cli does, without a process for each command, and
/// without a line of the client under test.
enum RedisConsole {
  /// The server cannot be reached or hung up.
  struct Unreachable: Error {}

  /// Connects, authenticates if there is a password, sends a command and returns the reply as text: nil is empty, the
  /// elements of an array are lines, an error is its own text.
  static func ask(port: Int, password: String?, _ arguments: [String]) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result {
            var session = try Session(port: port)
            defer { session.close() }
            if let password { _ = try session.ask(["AUTH", password]) }
            return try session.ask(arguments)
          })
      }
    }
  }

  private struct Session {
    private let socket: Int32
    private var bytes: [UInt8] = []
    private var position = 0

    init(port: Int) throws {
      socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard socket >= 0 else { throw Unreachable() }
      var patience = timeval(tv_sec: 10, tv_usec: 0)
      setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let status = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard status == 0 else {
        close()
        throw Unreachable()
      }
    }

    func close() { _ = Foundation.close(socket) }

    mutating func ask(_ arguments: [String]) throws -> String {
      var request = "*\(arguments.count)\r\n"
      for argument in arguments { request += "$\(argument.utf8.count)\r\n\(argument)\r\n" }
      var rest = Array(request.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { throw Unreachable() }
        rest = rest.dropFirst(count)
      }
      return try reply()
    }

    private mutating func reply() throws -> String {
      let line = try self.line()
      let rest = String(line.dropFirst())
      switch line.first {
      case "+", "-", ":": return rest
      case "$":
        guard let count = Int(rest), count >= 0 else { return "" }
        let text = String(decoding: try take(count), as: UTF8.self)
        _ = try take(2)
        return text
      case "*": return try (0..<max(0, Int(rest) ?? 0)).map { _ in try reply() }.joined(separator: "\n")
      default: throw Unreachable()
      }
    }

    private mutating func line() throws -> String {
      var end = position
      while true {
        while end >= bytes.count { try read() }
        if bytes[end] == UInt8(ascii: "\n") { break }
        end += 1
      }
      defer { position = end + 1 }
      return String(decoding: bytes[position..<end].dropLast(), as: UTF8.self)
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
      while bytes.count - position < count { try read() }
      defer { position += count }
      return Array(bytes[position..<position + count])
    }

    private mutating func read() throws {
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = recv(socket, &piece, piece.count, 0)
      guard count > 0 else { throw Unreachable() }
      bytes += piece[..<count]
    }
  }
}
