import Synchronization

/// The database of record as a model: a version for each entity, changed several at once or not at all.
final class ModelDatabase: Sendable {
  private let versions: Mutex<[Int]>

  init(entities: Int) { versions = Mutex(Array(repeating: 1, count: entities)) }

  /// Counts up some entities; returns the versions of all after it.
  func commit(_ entities: [Int]) -> [Int] {
    versions.withLock { versions in
      for entity in entities { versions[entity] += 1 }
      return versions
    }
  }

  var snapshot: [Int] { versions.withLock { $0 } }
}
