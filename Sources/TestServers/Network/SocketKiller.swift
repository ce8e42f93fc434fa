/// Ends the connections to a port of this machine with a reset of both ends, whatever they are in the midst of (`ss -K`).
package enum SocketKiller {
  /// How many connections were reset. Throws where the program is missing or the user may not.
  @discardableResult
  package static func reset(port: Int) async throws -> Int {
    let killed = try await Command.run(
      "/usr/bin/ss", ["-K", "-H", "-t", "-n", "state", "established", "dport", "=", ":\(port)"])
    return killed.split(separator: "\n").count
  }
}
