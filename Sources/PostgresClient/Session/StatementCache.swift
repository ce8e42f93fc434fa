/// Which statements a connection keeps prepared, found by text and types of parameters. The one used longest ago goes.
struct StatementCache {
  /// What to do to execute a statement.
  enum Plan: Equatable {
    /// It is prepared under that name.
    case execute(String)
    /// Prepare it under that name, then execute it.
    case prepare(String)
    /// Execute it without a name: an earlier segment is about to prepare it, and may fail.
    case unnamed
  }

  private struct Entry {
    let name: String
    /// Types at the time of preparing; 0 where the value was NULL or untyped.
    let types: [UInt32]
    var isReady = false
    var lastUse: UInt64

    mutating func use(_ number: UInt64) -> Plan {
      lastUse = number
      return isReady ? .execute(name) : .unnamed
    }
  }

  let capacity: Int
  private var entries: [PostgresStatement: [Entry]] = [:]
  private(set) var count = 0
  private var uses: UInt64 = 0
  private var names: UInt64 = 0
  /// Names to deallocate at the next chance.
  private(set) var garbage: [String] = []

  init(capacity: Int) { self.capacity = capacity }

  /// How to execute a step; remembers that it is being prepared.
  mutating func plan(_ step: Step) -> Plan {
    guard step.statement.isPrepared, capacity > 0 else { return .unnamed }
    uses += 1
    if let place = find(step) {
      return entries.values[place.statement][place.variant].use(uses)
    }
    if count >= capacity { evict() }
    names += 1
    let name = "s\(names)"
    entries[step.statement, default: []].append(Entry(name: name, types: step.parameters.types, lastUse: uses))
    count += 1
    return .prepare(name)
  }

  /// The server prepared the statement.
  mutating func prepared(_ statement: PostgresStatement, _ name: String) {
    guard let index = entries[statement]?.firstIndex(where: { $0.name == name }) else { return garbage.append(name) }
    entries[statement]?[index].isReady = true
  }

  /// The statement is not prepared, or no longer valid.
  /// - Parameter isOnServer: whether the server still knows it by that name.
  mutating func forget(_ statement: PostgresStatement, _ name: String, isOnServer: Bool) {
    guard let index = entries[statement]?.firstIndex(where: { $0.name == name }) else { return }
    entries[statement]?.remove(at: index)
    if entries[statement]?.isEmpty == true { entries[statement] = nil }
    count -= 1
    if isOnServer { garbage.append(name) }
  }

  /// The statement that the step was executed by is no longer valid.
  mutating func forget(_ step: Step, isOnServer: Bool) {
    guard let place = find(step) else { return }
    forget(step.statement, entries.values[place.statement][place.variant].name, isOnServer: isOnServer)
  }

  private func find(_ step: Step) -> (statement: Dictionary<PostgresStatement, [Entry]>.Index, variant: Int)? {
    guard let index = entries.index(forKey: step.statement) else { return nil }
    let variant = entries.values[index].firstIndex { step.parameters.fit($0.types) }
    return variant.map { (index, $0) }
  }

  /// Forgets every statement that an aborted segment left unprepared.
  mutating func forgetUnready(_ statement: PostgresStatement, _ name: String) {
    if let entry = entries[statement]?.first(where: { $0.name == name }), !entry.isReady {
      forget(statement, name, isOnServer: false)
    }
  }

  var hasGarbage: Bool { !garbage.isEmpty }

  /// Takes the names to deallocate.
  mutating func takeGarbage() -> [String] {
    defer { garbage = [] }
    return garbage
  }

  private mutating func evict() {
    var oldest: (statement: PostgresStatement, name: String, use: UInt64)?
    for (statement, variants) in entries {
      for entry in variants where entry.isReady && entry.lastUse < (oldest?.use ?? .max) {
        oldest = (statement, entry.name, entry.lastUse)
      }
    }
    if let oldest { forget(oldest.statement, oldest.name, isOnServer: true) }
  }
}
