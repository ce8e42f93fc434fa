/// A statement without what differs from call to call: literals and parameters become `?`, lists of them `(?)`, space and
/// comments one blank. Unquoted words are lower case.
public struct SQLFingerprint: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ sql: String) {
    var scanner = SQLScanner(sql)
    var text: [UInt8] = []
    while let token = scanner.next() {
      let piece: [UInt8] =
        switch token.kind {
        case .literal: [UInt8(ascii: "?")]
        case .word: token.bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 32 : $0 }
        case .quoted, .symbol: Array(token.bytes)
        }
      if let last = text.last, Self.needsBlank(last, piece[0]) { text.append(0x20) }
      // `?, ?` is one of several in a list.
      if token.kind == .literal, text.suffix(3) == [UInt8(ascii: "?"), UInt8(ascii: ","), 0x20] {
        text.removeLast(3)
      }
      text += piece
    }
    description = String(decoding: text, as: UTF8.self)
  }

  private static func needsBlank(_ last: UInt8, _ next: UInt8) -> Bool {
    if last == UInt8(ascii: "(") || last == UInt8(ascii: ".") || last == UInt8(ascii: ":") { return false }
    return ![UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: ":")].contains(
      next)
  }
}
