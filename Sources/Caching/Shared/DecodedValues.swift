import NIOCore
import Synchronization

/// Values that stored bytes were decoded to, by the digest of the bytes: what follows from bytes alone is never stale. For
/// values that are decoded at every use, where no tier in memory keeps them.
final class DecodedValues: Sendable {
  private struct Name: Hashable {
    let digest: EntityTag
    let type: ObjectIdentifier
  }

  /// More than that, and all are forgotten.
  private static var most: Int { 4096 }

  private let values = Mutex<[Name: any Sendable]>([:])

  /// The value of a body, decoded now or when its digest was last seen. Throws `DecodingError`.
  func value<Value: Codable & Sendable>(of body: @autoclosure () -> ByteBuffer, _ digest: EntityTag) throws -> Value {
    let name = Name(digest: digest, type: ObjectIdentifier(Value.self))
    if let known = values.withLock({ $0[name] }) as? Value { return known }
    let value = try CacheCodec.decode(Value.self, from: body())
    values.withLock { values in
      if values.count >= Self.most { values = [:] }
      values[name] = value
    }
    return value
  }
}
