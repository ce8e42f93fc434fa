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
    text = Self.text(namespace, scope.text, resource, parts)
    self.tags = FenceTags(scope: scope, names: tags)
    tagNames = tags
    hash = text.hashValue
  }

  /// A key to find and remove an entry by, known by its text alone.
  init(text: String) { self.init(text: text, scope: .platform) }

  /// A key known by its text and its owner, for patterns to match too.
  init(text: String, scope: CacheScope) {
    self.scope = scope
    namespace = ""
    self.text = text
    tags = FenceTags(scope: scope, names: [])
    tagNames = []
    hash = text.hashValue
  }

  /// Joins the parts, in memory of just the length it takes. An owner's text has nothing to escape.
  private static func text(_ namespace: String, _ owner: String, _ resource: String, _ parts: [String]) -> String {
    let length = parts.reduce(KeyPart.length(namespace) + owner.utf8.count + KeyPart.length(resource) + 2) {
      $0 + KeyPart.length($1) + 1
    }
    return String(unsafeUninitializedCapacity: length) { buffer in
      var position = KeyPart.write(namespace, to: buffer, at: 0)
      func append(_ part: String) {
        buffer[position] = UInt8(ascii: ":")
        position = KeyPart.write(part, to: buffer, at: position + 1)
      }
      append(owner)
      append(resource)
      for part in parts { append(part) }
      return position
    }
  }

  /// Looks at the text in UTF-8, where it stands.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // A key's text is made here or decoded from bytes, and so always stands in one piece.
    text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
      ?? Array(text.utf8).withUnsafeBytes(body)
  }

  /// The key as a shared store holds it: prefixed, and with the owner in braces where the store hashes by them.
  public func stored(prefix: String, braces: Bool) -> String {
    guard braces else { return "\(prefix):\(text)" }
    // In one piece of memory, and a piece at a time: every read of a shared store names some.
    var prefix = prefix
    return withBytes { text in
      let first = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
      let second = text[first...].dropFirst().firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
      return String(unsafeUninitializedCapacity: prefix.utf8.count + text.count + 3) { buffer in
        var position = 0
        func append(_ bytes: UnsafeRawBufferPointer) {
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[position...]).copyMemory(
            from: bytes)
          position += bytes.count
        }
        func append(_ byte: UInt8) {
          buffer[position] = byte
          position += 1
        }
        prefix.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        append(UInt8(ascii: ":"))
        append(UnsafeRawBufferPointer(rebasing: text[...first]))
        append(UInt8(ascii: "{"))
        append(UnsafeRawBufferPointer(rebasing: text[(first + 1)..<second]))
        append(UInt8(ascii: "}"))
        append(UnsafeRawBufferPointer(rebasing: text[second...]))
        return position
      }
    }
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
