import Caching
import Kernel
import NIOCore

/// The text of a generation as ``FenceScripts`` writes it.
struct FenceRecord {
  private static let digits = 16

  private static let space = UInt8(ascii: " ")

  private let epochText: ByteBuffer
  let generation: Generation

  /// Nil for a text that no script here has written. Makes no strings: a read of the cache has several of them.
  init?(_ bytes: ByteBuffer) {
    var fields = bytes
    guard let epoch = Self.field(&fields), let nonce = Self.field(&fields).flatMap(Self.number),
      let position = Self.field(&fields)
    else { return nil }
    let number = Self.number(position)
    guard number != nil || position.readableBytesView.elementsEqual(Self.unknown.utf8) else { return nil }
    epochText = epoch
    generation = Generation(nonce: nonce, position: number, isInDoubt: fields.readableBytes > 0)
  }

  var epoch: String { String(buffer: epochText) }

  func isOf(_ epoch: String) -> Bool {
    var epoch = epoch
    return epoch.withUTF8 { wanted in
      epochText.withUnsafeReadableBytes { bytes in
        bytes.count == wanted.count && wanted.indices.allSatisfy { bytes[$0] == wanted[$0] }
      }
    }
  }

  /// Takes what stands before the next space, or is left; nil when nothing is.
  private static func field(_ rest: inout ByteBuffer) -> ByteBuffer? {
    let view = rest.readableBytesView
    guard !view.isEmpty else { return nil }
    guard let end = view.firstIndex(of: space) else { return rest.readSlice(length: view.count) }
    defer { rest.moveReaderIndex(forwardBy: 1) }
    return rest.readSlice(length: end - view.startIndex)
  }

  /// What stands for a position that nobody knows.
  static let unknown = "-"

  /// 16 hexadecimal digits.
  static func text(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: Self.digits - digits.count) + digits
  }

  private static func number(_ text: ByteBuffer) -> UInt64? {
    guard text.readableBytes == digits else { return nil }
    var number: UInt64 = 0
    for byte in text.readableBytesView {
      guard let digit = Hexadecimal.value(of: byte) else { return nil }
      number = number << 4 | UInt64(digit)
    }
    return number
  }
}
