/// Why the schema was left as it is. Its description is one line with the mend.
package enum MigrationError: Error, CustomStringConvertible {
  /// A folder or file is not there or cannot be read.
  case unreadable(String)
  /// A file's name is not one of a migration.
  case misnamed(String)
  /// A migration was edited after it was applied.
  case changed(String)
  /// A migration was applied that has no file: the program is older than the schema.
  case unknown(String)
  /// A migration is older than one that was applied before it came.
  case outOfOrder(String)
  /// Migrations that are still to be applied.
  case pending([String])
  /// There is no such migration to go down to.
  case noSuchTarget(String)
  /// The SQL of a migration failed; nothing of it was kept.
  case failed(String, underlying: any Error)

  package var description: String {
    switch self {
    case .unreadable(let path): "cannot read \(path): each migration is a pair of .up.sql and .down.sql"
    case .misnamed(let name): "\(name) is no name of a migration: call it YYYYMMDDThhmm_what_it_does"
    case .changed(let name): "\(name) was changed after it was applied: restore it, and write a new migration"
    case .unknown(let name): "\(name) was applied, but has no file here: run the version that brought it"
    case .outOfOrder(let name): "\(name) is older than what was applied last: give it a later name"
    case .pending(let names): "not applied yet: \(names.joined(separator: ", ")); run migrate up"
    case .noSuchTarget(let name): "there is no migration \(name): name one, its time, or 0 for none"
    case .failed(let name, let underlying): "\(name) failed and nothing of it was kept: \(underlying)"
    }
  }
}
