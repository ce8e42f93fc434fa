/// The name of a cached value: `<namespace>:<owner>:<resource>[:<part>…]`.
///
/// Two keys are equal only when every part is: parts are escaped, so that none can hold a separator, a brace, a glob
/// character, a space or a control character, and no text of one tenant can name a key of another.
public struct CacheKey: Sendable {
  public let scope: CacheScope
  /// What the key counts as in statistics and policies, for example `catalog`.
  public let namespace: String
  /// The key without prefix and braces, as operators write it in patterns.
  public let text: String
  /// The generations that make the value stale when they move: the owner's, and those of the named tags.
  public let tags: FenceTags
  let tagNames: [String]
  private let hash: Int

  /// Names a value.
  /// - Parameters:
  ///   - namespace: what it counts as; escaped.
  ///   - scope: whose data it is.
  ///   - resource: what it is; escaped.
  ///   - parts: what tells it from others of its kind; each escaped.
  ///   - tags: at most ``FenceTags/maximumNamed`` names of things whose change makes it stale. They must follow from
  ///     the other arguments alone, never from the value, since they are read before the value is known.
  public init(
    _ namespace: String, _ scope: CacheScope, _ resource: String, _ parts: [String] = [], tags: [String] = []
  ) {
    self.scope = scope
    self.namespace = namespace
    var text = ""
    text.reserveCapacity(96)
    KeyPart.append(namespace, to: &text)
    text += ":"
    text += scope.text
    text += ":"
    KeyPart.append(resource, to: &text)
    for part in parts {
      text += ":"
      KeyPart.append(part, to: &text)
    }
    self.text = text
    self.tags = FenceTags(scope: scope, names: tags)
    tagNames = tags
    hash = text.hashValue
  }

  /// A key to find and remove an entry by, known by its text alone.
  init(text: String) {
    scope = .platform
    namespace = ""
    self.text = text
    tags = FenceTags(scope: .platform, names: [])
    tagNames = []
    hash = text.hashValue
  }

  /// The key as a shared store holds it: prefixed, and with the owner in braces where the store hashes by them.
  public func stored(prefix: String, braces: Bool) -> String {
    guard braces else { return "\(prefix):\(text)" }
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    return "\(prefix):\(parts[0]):{\(parts[1])}:\(parts[2])"
  }
}

extension CacheKey: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.hash == right.hash && left.text == right.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  /// A hash made once, when the key was.
  var precomputedHash: Int { hash }
}

extension CacheKey: CustomStringConvertible {
  public var description: String { text }
}
