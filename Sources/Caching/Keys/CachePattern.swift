/// Which keys an operator means: `<namespace>:<owner>:<rest>`, where `*` stands for any run of characters.
///
/// A pattern names its owner. Only a platform pattern may leave the owner open, so that nobody empties every tenant's
/// cache by a slip.
public struct CachePattern: Hashable, Sendable {
  /// The pattern without prefix and braces.
  public let text: String
  /// The owner all matching keys have; nil for a platform pattern that reaches every owner.
  public let scope: CacheScope?

  /// A pattern over one owner's keys: `namespace` and `rest` may hold `*`.
  public init(_ namespace: String, _ scope: CacheScope, _ rest: String = "*") {
    text = [namespace, scope.text, rest].joined(separator: ":")
    self.scope = scope
  }

  /// A pattern over the keys of every owner, for platform operators.
  public static func platform(_ text: String) -> CachePattern { CachePattern(text: text) }

  /// A pattern as another instance wrote it.
  init(text: String, scope: CacheScope? = nil) {
    self.text = text
    self.scope = scope
  }

  /// Whether a key matches. Linear in the length of the key for each `*`.
  public func matches(_ key: CacheKey) -> Bool {
    if let scope, scope != key.scope { return false }
    return Self.matches(Array(key.text.utf8), Array(text.utf8))
  }

  /// Whether a text matches a pattern in which `*` stands for any run of bytes and nothing else is special.
  package static func matches(_ subject: [UInt8], _ pattern: [UInt8]) -> Bool {
    var position = 0
    var inPattern = 0
    var star: (pattern: Int, position: Int)?
    while position < subject.count {
      if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
        star = (inPattern, position)
        inPattern += 1
      } else if inPattern < pattern.count, pattern[inPattern] == subject[position] {
        position += 1
        inPattern += 1
      } else if let last = star {
        star = (last.pattern, last.position + 1)
        position = last.position + 1
        inPattern = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
