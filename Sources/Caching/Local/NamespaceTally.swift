/// Hits and misses by namespace. There are a handful of namespaces, and their names fit into a String itself, so walking
/// a list is faster than hashing; past ``most`` the rest is counted together.
package struct NamespaceTally: Sendable, Equatable {
  /// Reads of one namespace.
  package struct Line: Sendable, Equatable {
    package let name: String
    package var hits = 0
    package var misses = 0
  }

  /// The name under which what does not fit is counted.
  package static let others = "others"
  private static let most = 32

  package private(set) var lines: [Line] = []

  mutating func countHits(_ count: Int, _ name: String) { lines[index(name)].hits += count }

  mutating func countMiss(_ name: String) { lines[index(name)].misses += 1 }

  mutating func add(_ other: NamespaceTally) {
    for line in other.lines {
      let index = index(line.name)
      lines[index].hits += line.hits
      lines[index].misses += line.misses
    }
  }

  private mutating func index(_ name: String) -> Int {
    for index in lines.indices where lines[index].name == name { return index }
    let name = lines.count < Self.most ? name : Self.others
    if let index = lines.firstIndex(where: { $0.name == name }) { return index }
    lines.append(Line(name: name))
    return lines.count - 1
  }
}
