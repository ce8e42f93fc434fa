import Foundation
import PostgresClient
import Synchronization

/// A long run of everything the client does, to see that it keeps nothing: prints the resident memory along the way.
struct Soak: Sendable {
  let node: PostgresNode
  let calls: Int
  let tasks: Int

  /// How many calls were begun.
  private final class Count: Sendable {
    private let value = Atomic(0)

    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
  }

  /// `{"calls": …, "rssKiB": …, "seconds": …}` ten times and more.
  func run() async throws {
    let done = Count()
    let clock = ContinuousClock()
    let start = clock.now
    let step = max(1, calls / 20)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<tasks {
        group.addTask { [self] in
          var number = task * 7919
          while true {
            let count = done.next()
            guard count <= calls else { return }
            try await call(number)
            number += 1
            if count % step == 0 {
              let seconds = (clock.now - start) / .seconds(1)
              print(#"{"calls": \#(count), "rssKiB": \#(Self.residentKiB()), "seconds": \#(seconds)}"#)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func call(_ number: Int) async throws {
    switch number % 20 {
    case 0, 1: try await Workload(shape: .twenty, lane: .pipelined, node: node).run(number)
    case 2: try await Workload(shape: .one, lane: .pool, node: node).run(number)
    case 3, 4: try await Workload(shape: .booking, lane: .pool, node: node).run(number)
    case 5:
      let price = try await node.transaction(setup: [PostgresQuery(Workload.tenant, ["t1"])]) { transaction in
        try await transaction.savepoint { _ = try await $0.query(Workload.booking, [.int(number % 2000 + 1)]) }
        return try await transaction.query(Workload.one, [.int(1)]).first?.decode(3, as: Int.self)
      }
      guard price == 100 else { throw Workload.Wrong() }
    case 6:
      // A text that is never seen again: prepared, then put out of the way by others.
      let statement = PostgresStatement("SELECT id, \(number) AS number FROM item WHERE id = $1")
      _ = try await node.read(PostgresQuery(statement, [.int(1)]))
    case 7:
      let task = Task { try await Workload(shape: .twenty, lane: .pipelined, node: node).run(number) }
      task.cancel()
      do { try await task.value } catch is CancellationError {}
    case 8:
      do { _ = try await node.query("SELECT 1 / 0") } catch is PostgresError {}
    default: try await Workload(shape: .one, lane: .pipelined, node: node).run(number)
    }
  }

  private static func residentKiB() -> Int {
    // Without it nothing is shown, which is seen at once.
    let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (pages.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 4
  }
}
