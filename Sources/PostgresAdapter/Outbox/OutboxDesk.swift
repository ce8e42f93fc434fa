import Caching
import Kernel
package import Logging
import PostgresClient
import Synchronization

/// Where a writer hands in what became of the word its change has left: taken back when the shared store was told of the
/// change, announced to the other instances by the database when it could not be.
///
/// Nobody waits for it. What it does not get done is left to the relay (``OutboxRelay``), which costs a second telling.
package final class OutboxDesk: Sendable {
  private struct State {
    var told: [Int64] = []
    var untold: [Int64] = []
  }

  private let platform: PlatformDatabase
  private let instance: String
  private let logger: Logger
  private let state = Mutex(State())
  private let bell: AsyncStream<Void>.Continuation
  private let rings: AsyncStream<Void>

  /// How long word waits to be taken back together with other.
  private static let pause = Duration.milliseconds(20)
  /// Most changes that wait; the word of those past it is left to the relay.
  private static let mostWaiting = 10_000

  /// A desk that has not opened.
  /// - Parameter instance: what this process calls itself, so that it does not heed its own announcements.
  package init(platform: PlatformDatabase, instance: String, logger: Logger) {
    self.platform = platform
    self.instance = instance
    self.logger = logger
    (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Has the change that runs in the current task note its commit.
  /// - Returns: the number of the change, to be written with its word; nil outside of changes.
  func note(in options: inout PostgresTransactionOptions) -> Int64? {
    guard let ledger = CommitLedger.current else { return nil }
    let change = Int64.random(in: 1 ... .max)
    options.onCommit = { [self] position in
      ledger.committed(position: position?.value) { [self] isTold in settled(change, isTold: isTold) }
    }
    return change
  }

  private func settled(_ change: Int64, isTold: Bool) {
    state.withLock { state in
      guard state.told.count + state.untold.count < Self.mostWaiting else { return }
      if isTold { state.told.append(change) } else { state.untold.append(change) }
    }
    bell.yield()
  }

  /// Does what is handed in until the task is cancelled. To be called once.
  package func run() async {
    await withTaskCancellationHandler {
      for await _ in rings {
        let (channel, sender) = (PostgresValue.text(OutboxNotice.channel), PostgresValue.text(instance))
        await handle(takeUntold(), OutboxStatements.announce, [channel, sender])
        do { try await Task.sleep(for: Self.pause) } catch { break }
        await handle(takeTold(), OutboxStatements.takeBack, [])
      }
    } onCancel: {
      bell.finish()
    }
  }

  private func takeTold() -> [Int64] {
    state.withLock { state in
      defer { state.told = [] }
      return state.told
    }
  }

  private func takeUntold() -> [Int64] {
    state.withLock { state in
      defer { state.untold = [] }
      return state.untold
    }
  }

  private func handle(
    _ changes: [Int64], _ statement: PostgresStatement, _ parameters: [PostgresValue]
  ) async {
    guard !changes.isEmpty else { return }
    do {
      _ = try await platform.write([PostgresQuery(statement, [.int64Array(changes)] + parameters)])
    } catch {
      logger.debug("word of changes left to the relay", metadata: ["error": "\(error)"])
    }
  }
}
