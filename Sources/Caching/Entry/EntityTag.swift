import Crypto
public import NIOCore

/// The strong validators of one encoded answer (RFC 9110, section 8.8.3): one for each content coding.
public struct EntityTag: Hashable, Sendable {
  /// The tag of the answer as it is, quotes included.
  public let identity: String
  /// The tag of its gzip form, quotes included.
  public let gzip: String

  /// Derived from the bytes: 96 bits of their SHA-256.
  public init(of body: ByteBuffer) {
    var hash = SHA256()
    body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    let text = hash.finalize().prefix(12).reduce(into: "") { text, byte in
      text += String(byte >> 4, radix: 16)
      text += String(byte & 0xF, radix: 16)
    }
    identity = "\"\(text)\""
    gzip = "\"\(text)-gz\""
  }
}
