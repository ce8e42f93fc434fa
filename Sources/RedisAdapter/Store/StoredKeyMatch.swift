import Caching

/// What a pattern means for keys as Redis holds them: `<prefix>:<namespace>:{<owner>}:<rest>`.
struct StoredKeyMatch: Sendable {
  /// For SCAN: lets every match through, and little else.
  let glob: String
  private let prefix: String
  private let pattern: [UInt8]
  private let owner: String?

  init(_ pattern: CachePattern, prefix: String) {
    self.prefix = "\(prefix):"
    self.pattern = Array(pattern.text.utf8)
    owner = pattern.scope?.text
    glob = Self.escaped(self.prefix, stars: false) + Self.glob(pattern)
  }

  /// The key without prefix and braces; nil when it does not match, or belongs to the fences or to somebody else.
  func text(_ stored: String) -> String? {
    guard let key = StoredKey(stored, prefix: prefix), key.namespace != RedisCacheStore.fenceNamespace else {
      return nil
    }
    if let owner, owner != key.owner { return nil }
    let text = key.text
    return CachePattern.matches(Array(text.utf8), pattern) ? text : nil
  }

  /// Where the pattern's own namespace cannot reach over a separator, the owner stands right behind it.
  private static func glob(_ pattern: CachePattern) -> String {
    let parts = pattern.text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    let isLiteral = parts.count > 1 && !parts[0].contains("*")
    guard let owner = pattern.scope?.text else { return isLiteral ? "\(escaped(parts[0], stars: false)):*" : "*" }
    guard isLiteral, parts.count == 3, parts[1] == owner else { return "*:{\(escaped(owner, stars: false))}:*" }
    return "\(escaped(parts[0], stars: false)):{\(escaped(owner, stars: false))}:\(escaped(parts[2], stars: true))"
  }

  /// A text in which nothing is special to Redis, or nothing but `*`.
  private static func escaped(_ text: some StringProtocol, stars: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if "?[]^-\\".unicodeScalars.contains(scalar) || (scalar == "*" && !stars) { escaped.unicodeScalars.append("\\") }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }
}
