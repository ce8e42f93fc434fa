import Synchronization

/// The process of a server, which a restart replaces.
final class ServerSlot: Sendable {
  private let process: Mutex<LocalProcess>

  init(_ process: LocalProcess) { self.process = Mutex(process) }

  var current: LocalProcess { process.withLock { $0 } }

  func replace(_ make: () throws -> LocalProcess) rethrows {
    let new = try make()
    process.withLock { $0 = new }
  }
}
