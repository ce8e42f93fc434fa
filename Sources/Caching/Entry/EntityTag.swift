import Crypto
public import NIOCore

/// The strong validators of one encoded answer (RFC 9110, section 8.8.3): one for each content coding.
public struct EntityTag: Hashable, Sendable {
  /// The tag of the answer as it is, quotes included.
  public let identity: String
  /// The tag of its gzip form, quotes included.
  public let gzip: String
  /// The first 96 bits of the SHA-256 of the answer, which both are made from.
  let digest: Digest

  struct Digest: Hashable, Sendable {
    let high: UInt64
    let low: UInt32
  }

  /// Derived from the bytes.
  public init(of body: ByteBuffer) {
    var hash = SHA256()
    body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    self.init(
      hash.finalize().withUnsafeBytes { bytes in
        Digest(
          high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
          low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
      })
  }

  init(_ digest: Digest) {
    self.digest = digest
    func hexadecimal(_ number: some FixedWidthInteger, digits: Int) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    let text = hexadecimal(digest.high, digits: 16) + hexadecimal(digest.low, digits: 8)
    identity = "\"\(text)\""
    gzip = "\"\(text)-gz\""
  }
}
