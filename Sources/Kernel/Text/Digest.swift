import Crypto

/// The SHA-256 of a text: what is kept of a secret. Written as 64 hexadecimal digits.
package struct Digest: Hashable, Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Hashes the UTF-8 bytes of `text`.
  package init(of text: String) {
    var text = text
    let hash = text.withUTF8 { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      return hash.finalize()
    }
    words = hash.withUnsafeBytes { bytes in
      func word(_ index: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return (word(0), word(1), word(2), word(3))
    }
  }

  /// Reads 64 hexadecimal digits; nil for anything else.
  package init?(hexadecimal text: String) {
    var words: [UInt64] = [0, 0, 0, 0]
    guard text.utf8.count == 64 else { return nil }
    for (index, byte) in text.utf8.enumerated() {
      guard let nibble = Hexadecimal.value(of: byte) else { return nil }
      words[index / 16] = words[index / 16] << 4 | UInt64(nibble)
    }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// Whether two digests are equal, in a time that does not depend on where they differ.
  package func isEqualInConstantTime(to other: Digest) -> Bool {
    let difference =
      (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2) | (words.3 ^ other.words.3)
    return difference == 0
  }

  package static func == (left: Self, right: Self) -> Bool { left.isEqualInConstantTime(to: right) }

  package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest: CustomStringConvertible {
  package var description: String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      var position = 0
      func write(_ word: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
          buffer[position] = Hexadecimal.digit(UInt8(truncatingIfNeeded: word >> shift) & 0xF)
          position += 1
        }
      }
      write(words.0)
      write(words.1)
      write(words.2)
      write(words.3)
      return position
    }
  }
}

extension Digest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(hexadecimal: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected 64 hexadecimal digits")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
