/// A list of distinct keys, newest first, with constant-time removal from anywhere.
struct KeyList {
  /// One place more than keys: the last is the list's ends.
  private var newer: [Int32]
  private var older: [Int32]
  private(set) var count = 0

  private var ends: Int { newer.count - 1 }

  init(keys: Int) {
    newer = Array(repeating: -1, count: keys + 1)
    older = newer
    newer[keys] = Int32(keys)
    older[keys] = Int32(keys)
  }

  /// The oldest key, if there is one.
  var oldest: Int? { count == 0 ? nil : Int(newer[ends]) }

  func contains(_ key: Int) -> Bool { newer[key] >= 0 }

  /// The next newer key; nil for the newest.
  func newer(than key: Int) -> Int? { newer[key] == ends ? nil : Int(newer[key]) }

  mutating func append(_ key: Int) {
    let last = Int(older[ends])
    newer[key] = Int32(ends)
    older[key] = Int32(last)
    newer[last] = Int32(key)
    older[ends] = Int32(key)
    count += 1
  }

  mutating func remove(_ key: Int) {
    newer[Int(older[key])] = newer[key]
    older[Int(newer[key])] = older[key]
    newer[key] = -1
    count -= 1
  }

  mutating func removeOldest() -> Int? {
    guard let key = oldest else { return nil }
    remove(key)
    return key
  }
}
