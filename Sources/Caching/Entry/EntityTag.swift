import Crypto
public import NIOCore

/// The strong validators of one encoded answer (RFC 9110, section 8.8.3): one for each content coding.
public struct EntityTag: Hashable, Sendable {
  /// The first 72 bits of the SHA-256 of the answer, which both are made from.
  let digest: Digest

  struct Digest: Hashable, Sendable {
    let high: UInt64
    let low: UInt8
  }

  /// The tag of the answer as it is, quotes included.
  public var identity: String { Self.text(digest, suffix: nil) }

  /// The tag of its gzip form, quotes included.
  public var gzip: String { Self.text(digest, suffix: UInt8(ascii: "z")) }

  /// Derived from the bytes.
  public init(of body: ByteBuffer) {
    var hash = SHA256()
    body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    self.init(
      hash.finalize().withUnsafeBytes { bytes in
        Digest(
          high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
          low: bytes[8])
      })
  }

  init(_ digest: Digest) { self.digest = digest }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The digest in base64url (RFC 4648, section 5) between quotes: with the suffix 15 bytes, the most that a
  /// String holds without memory of its own.
  private static func text(_ digest: Digest, suffix: UInt8?) -> String {
    String(unsafeUninitializedCapacity: 15) { buffer in
      var count = 0
      func append(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
      }
      append(UInt8(ascii: "\""))
      for shift in stride(from: UInt64(58), through: 4, by: -6) { append(alphabet[Int(digest.high >> shift & 63)]) }
      append(alphabet[Int(digest.high & 15) << 2 | Int(digest.low >> 6)])
      append(alphabet[Int(digest.low & 63)])
      if let suffix { append(suffix) }
      append(UInt8(ascii: "\""))
      return count
    }
  }
}
