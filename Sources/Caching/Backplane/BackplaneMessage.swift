import Kernel
import NIOCore

/// What one instance tells the others, numbered so that a lost message is noticed.
///
/// Wire form, integers big-endian: version (1 byte), publisher (8), number (8), kind (1), then by kind. Texts are preceded
/// by their length in 4 bytes.
struct BackplaneMessage: Sendable, Equatable {
  enum Body: Sendable, Equatable {
    /// Nothing has happened since the message of this number.
    case beat
    /// Tags have these generations now.
    case bumped([FenceGuard])
    /// Keys were set or removed.
    case removed([String])
    /// The keys that match a pattern were removed.
    case flushed(String, CacheScope?)
  }

  static let version: UInt8 = 1

  /// Which run of which instance it comes from.
  let publisher: UInt64
  /// One more than the publisher's message before it; a beat repeats the last number.
  let number: UInt64
  let body: Body
}

extension BackplaneMessage {
  /// The bytes to send.
  func encoded() -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeMultipleIntegers(Self.version, publisher, number)
    switch body {
    case .beat: bytes.writeInteger(UInt8(0))
    case .bumped(let guards):
      bytes.writeMultipleIntegers(UInt8(1), UInt32(guards.count))
      for guarded in guards {
        bytes.write(guarded.tag.scope)
        bytes.writeText(guarded.tag.name)
        bytes.writeInteger(guarded.nonce)
      }
    case .removed(let keys):
      bytes.writeMultipleIntegers(UInt8(2), UInt32(keys.count))
      for key in keys { bytes.writeText(key) }
    case .flushed(let pattern, let scope):
      bytes.writeMultipleIntegers(UInt8(3), scope == nil ? UInt8(0) : 1)
      if let scope { bytes.write(scope) }
      bytes.writeText(pattern)
    }
    return bytes
  }

  /// Reads what was sent; nil for anything else, which may be of another version.
  init?(_ bytes: ByteBuffer) {
    var rest = bytes
    guard let version: UInt8 = rest.readInteger(), version == Self.version,
      let publisher: UInt64 = rest.readInteger(), let number: UInt64 = rest.readInteger(),
      let body = Self.readBody(&rest), rest.readableBytes == 0
    else { return nil }
    self.init(publisher: publisher, number: number, body: body)
  }

  private static func readBody(_ rest: inout ByteBuffer) -> Body? {
    switch rest.readInteger(as: UInt8.self) {
    case 0: return .beat
    case 1:
      return rest.readList { rest in
        guard let scope = rest.readScope(), let name = rest.readText(), let nonce: UInt64 = rest.readInteger() else {
          return nil
        }
        return FenceGuard(name.isEmpty ? .all(scope) : .named(name, scope), nonce: nonce)
      }.map(Body.bumped)
    case 2: return rest.readList { $0.readText() }.map(Body.removed)
    case 3:
      switch rest.readInteger(as: UInt8.self) {
      case 0: return rest.readText().map { .flushed($0, nil) }
      case 1:
        guard let scope = rest.readScope() else { return nil }
        return rest.readText().map { .flushed($0, scope) }
      default: return nil
      }
    default: return nil
    }
  }
}

extension ByteBuffer {
  fileprivate mutating func write(_ scope: CacheScope) {
    switch scope {
    case .platform: writeInteger(UInt8(0))
    case .tenant(let tenant): writeMultipleIntegers(UInt8(1), tenant.raw.high, tenant.raw.low)
    }
  }

  fileprivate mutating func readScope() -> CacheScope? {
    switch readInteger(as: UInt8.self) {
    case 0: return .platform
    case 1:
      guard let high: UInt64 = readInteger(), let low: UInt64 = readInteger() else { return nil }
      return .tenant(TenantID(UniqueID(high: high, low: low)))
    default: return nil
    }
  }

  fileprivate mutating func writeText(_ text: String) {
    writeInteger(UInt32(text.utf8.count))
    writeString(text)
  }

  fileprivate mutating func readText() -> String? {
    readInteger(as: UInt32.self).flatMap { readString(length: Int($0)) }
  }

  /// A count and that many elements. Nothing is reserved for a count that the bytes may not bear out.
  fileprivate mutating func readList<Element>(_ read: (inout ByteBuffer) -> Element?) -> [Element]? {
    guard let count: UInt32 = readInteger() else { return nil }
    var elements: [Element] = []
    for _ in 0..<count {
      guard let element = read(&self) else { return nil }
      elements.append(element)
    }
    return elements
  }
}
