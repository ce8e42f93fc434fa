import RedisClient
import Synchronization

/// The epochs of servers, as they said themselves when a connection was made, and as their scripts have said since.
///
/// The two may come to differ while a connection stands: a replica is promoted, or a server that has long had no replica
/// forgets when it was. What a script says is newer. A connection made later has an identity of its own again.
final class EpochBook: Sendable {
  private struct Server: Hashable {
    let runID: String
    let role: RedisServerIdentity.Role
    let promotionOffset: Int

    init?(_ identity: RedisServerIdentity) {
      guard let runID = identity.runID, let offset = identity.promotionOffset else { return nil }
      (self.runID, role, promotionOffset) = (runID, identity.role, offset)
    }

    var epoch: String? { role == .master ? "\(runID).\(promotionOffset)" : nil }
  }

  /// More servers than that in turn, and all is forgotten, to be learnt again.
  private static let capacity = 64

  private struct State {
    var corrections: [Server: String] = [:]
    /// The answer that was given last: most are about one server.
    var last: (identity: RedisServerIdentity, epoch: String?)?
  }

  private let state = Mutex(State())

  /// The epoch of the generations that a server makes, as ``FenceScripts`` has it; nil when it is no master, or the user
  /// may not ask.
  func epoch(of identity: RedisServerIdentity) -> String? {
    state.withLock { state in
      if let last = state.last, last.identity == identity { return last.epoch }
      let epoch = Server(identity).flatMap { state.corrections[$0] ?? $0.epoch }
      state.last = (identity, epoch)
      return epoch
    }
  }

  /// Takes note of the epoch that a script has just said on a connection to a server.
  func note(_ epoch: String, of identity: RedisServerIdentity) {
    guard let server = Server(identity), epoch.hasPrefix("\(server.runID).") else { return }
    state.withLock { state in
      state.last = nil
      if state.corrections.count >= Self.capacity { state.corrections = [:] }
      state.corrections[server] = server.epoch == epoch ? nil : epoch
    }
  }
}
