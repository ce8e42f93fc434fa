/// A key as Redis holds it, taken apart: `<prefix>:<namespace>:{<owner>}:<rest>`.
struct StoredKey {
  let namespace: Substring
  let owner: Substring
  let rest: Substring

  /// Nil for what is not such a key.
  /// - Parameter prefix: with the colon behind it.
  init?(_ stored: String, prefix: String) {
    guard stored.hasPrefix(prefix) else { return nil }
    let parts = stored.dropFirst(prefix.count).split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].count > 2, parts[1].first == "{", parts[1].last == "}" else { return nil }
    (namespace, owner, rest) = (parts[0], parts[1].dropFirst().dropLast(), parts[2])
  }

  /// The key as operators write it, without prefix and braces.
  var text: String { "\(namespace):\(owner):\(rest)" }
}
