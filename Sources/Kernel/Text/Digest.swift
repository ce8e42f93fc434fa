import Crypto

/// The SHA-256 of a text, as 64 hexadecimal digits: what is kept of a secret.
package struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
  package let description: String

  /// Hashes the UTF-8 bytes of `text`.
  package init(of text: String) {
    var text = text
    description = text.withUTF8 { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      return Hexadecimal.encode(Array(hash.finalize()))
    }
  }

  /// Whether two digests are equal, in a time that does not depend on where they differ.
  package func isEqualInConstantTime(to other: Digest) -> Bool {
    let (left, right) = (description.utf8, other.description.utf8)
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  package init(from decoder: any Decoder) throws {
    description = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
