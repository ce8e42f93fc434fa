package import Kernel

/// Where one migration stands in a database.
package struct MigrationStatus: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case applied(at: Timestamp)
    case pending
    /// Edited after it was applied.
    case changed
    /// Applied, but without a file.
    case unknown
    /// Pending, and older than one that is applied.
    case outOfOrder
  }

  package let name: String
  package let state: State
}

/// What a database says it has applied, beside what the files say.
struct MigrationLedger {
  /// An applied migration as the database remembers it.
  struct Entry {
    let name: String
    let checksum: Digest
    let appliedAt: Timestamp
  }

  private let applied: [String: Entry]
  private let migrations: [Migration]

  init(applied: [Entry], migrations: [Migration]) {
    self.applied = Dictionary(applied.map { ($0.name, $0) }) { first, _ in first }
    self.migrations = migrations
  }

  /// Every migration that is known to either, oldest first.
  var statuses: [MigrationStatus] {
    let files = Dictionary(migrations.map { ($0.name, $0) }) { first, _ in first }
    let last = applied.keys.max() ?? ""
    return Set(files.keys).union(applied.keys).sorted().map { name in
      let state: MigrationStatus.State
      switch (files[name], applied[name]) {
      case (let file?, let entry?):
        state = file.checksum == entry.checksum ? .applied(at: entry.appliedAt) : .changed
      case (nil, _): state = .unknown
      case (_, nil): state = name < last ? .outOfOrder : .pending
      }
      return MigrationStatus(name: name, state: state)
    }
  }

  /// Throws the first thing that stands against any step.
  func check() throws(MigrationError) {
    for status in statuses {
      switch status.state {
      case .applied, .pending: continue
      case .changed: throw .changed(status.name)
      case .unknown: throw .unknown(status.name)
      case .outOfOrder: throw .outOfOrder(status.name)
      }
    }
  }

  /// The next to apply.
  var next: Migration? { migrations.first { applied[$0.name] == nil } }

  /// The last that was applied, if it is later than `target`.
  func last(after target: String) -> Migration? {
    migrations.last { applied[$0.name] != nil && $0.name > target }
  }
}
