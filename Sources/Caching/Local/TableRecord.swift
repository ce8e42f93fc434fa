/// What a table keeps for a key. It carries the key's text and what the table must know of it, so that the table itself
/// needs a few words for each.
package protocol TableRecord: Sendable {
  /// The text of its key.
  var name: String { get }

  /// Whether it is that key's.
  func isNamed(_ key: CacheKey) -> Bool

  /// The bytes it counts.
  var cost: Int { get }

  /// Ticks in nanoseconds from which it is over; `.max` for never.
  var expiresAt: UInt64 { get }
}

/// A value of any type as a record.
package struct NamedValue<Value: Sendable>: TableRecord {
  package let name: String
  package let value: Value
  package let cost: Int
  package let expiresAt: UInt64

  package func isNamed(_ key: CacheKey) -> Bool { name == key.text }
}

/// A table of values of any type.
package typealias ValueTable<Value: Sendable> = BoundedTable<NamedValue<Value>>

extension BoundedTable {
  /// ``value(_:countsMiss:judge:)`` of the value itself.
  package func value<Value>(
    _ key: CacheKey, countsMiss: Bool = true, judge: (Value) -> Verdict
  ) -> Value? where Record == NamedValue<Value> {
    record(key, countsMiss: countsMiss) { judge($0.value) }?.value
  }

  /// Stores a value of `cost` bytes; see ``set(_:_:now:)``.
  package func set<Value>(
    _ key: CacheKey, _ value: Value, cost: Int, expiresAt: UInt64 = .max, now: UInt64 = 0
  ) where Record == NamedValue<Value> {
    set(key, NamedValue(name: key.text, value: value, cost: cost, expiresAt: expiresAt), now: now)
  }

  /// Changes the value of a key in one step: `body` gets the value (nil when absent or invalid) and returns the value
  /// to keep with its cost and its end (nil removes it) and a result.
  package func update<Value, Result: Sendable>(
    _ key: CacheKey, isValid: (Value) -> Bool, now: UInt64 = 0, expiresAt: (Value) -> UInt64 = { _ in .max },
    _ body: (Value?) -> (kept: (value: Value, cost: Int)?, result: Result)
  ) -> Result where Record == NamedValue<Value> {
    update(key, isValid: { isValid($0.value) }, now: now) { old in
      let (kept, result) = body(old?.value)
      return (
        kept.map { NamedValue(name: key.text, value: $0.value, cost: $0.cost, expiresAt: expiresAt($0.value)) }, result
      )
    }
  }

  /// The keys whose values are included; see ``keys(where:)``.
  package func keys<Value>(where isIncluded: (Value) -> Bool) -> [CacheKey] where Record == NamedValue<Value> {
    keys(where: { (record: Record) in isIncluded(record.value) })
  }
}
