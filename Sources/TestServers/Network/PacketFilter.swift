import Foundation
import Synchronization

/// Drops every packet to and from a port of this machine (nftables), so that sockets are left half open: neither end is
/// told, and what is sent is never acknowledged. Ends with this object.
///
/// Needs root and `/usr/sbin/nft`; where there is neither, see ``Blackout``.
package final class PacketFilter: Sendable {
  private static let program = "/usr/sbin/nft"

  private let table: String
  private let isLifted = Mutex(false)

  /// Begins to drop.
  package init(port: Int) async throws {
    table = "tenantry_test_\(port)"
    try await Command.run(
      Self.program,
      [
        """
        add table ip \(table); \
        add chain ip \(table) in { type filter hook input priority 0; }; \
        add rule ip \(table) in tcp dport \(port) drop; \
        add rule ip \(table) in tcp sport \(port) drop
        """
      ])
  }

  /// Lets packets through again.
  package func lift() async throws {
    guard
      isLifted.withLock({ isLifted in
        defer { isLifted = true }; return !isLifted
      })
    else { return }
    try await Command.run(Self.program, ["delete", "table", "ip", table])
  }

  deinit {
    guard !isLifted.withLock({ $0 }) else { return }
    let process = Process()
    process.executableURL = URL(filePath: Self.program)
    process.arguments = ["delete", "table", "ip", table]
    // A table that stays drops packets of a port that nobody uses any more.
    try? process.run()
    process.waitUntilExit()
  }

  /// Why packets cannot be dropped on this machine; nil when they can.
  package static func obstacle() async -> String? {
    do {
      let filter = try await PacketFilter(port: try FreePort.find())
      try await filter.lift()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
