import Caching
import NIOCore

/// The text of a generation as ``FenceScripts`` writes it.
struct FenceRecord {
  private static let digits = 16

  let epoch: Substring
  let generation: Generation

  /// Nil for a text that no script here has written.
  init?(_ bytes: ByteBuffer) {
    let fields = String(buffer: bytes).split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count >= 3, let nonce = Self.number(fields[1]) else { return nil }
    let position = Self.number(fields[2])
    guard position != nil || fields[2] == Self.unknown else { return nil }
    epoch = fields[0]
    generation = Generation(nonce: nonce, position: position, isInDoubt: fields.count > 3)
  }

  /// What stands for a position that nobody knows.
  static let unknown = "-"

  /// 16 hexadecimal digits.
  static func text(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: Self.digits - digits.count) + digits
  }

  private static func number(_ text: Substring) -> UInt64? {
    text.utf8.count == digits ? UInt64(text, radix: 16) : nil
  }
}
