/// Cuts SQL into words, literals and symbols (PostgreSQL documentation, 4.1 Lexical Structure).
struct SQLScanner {
  enum Kind {
    /// A keyword or a name without quotes.
    case word
    /// A name in double quotes.
    case quoted
    /// A string, a number or a parameter.
    case literal
    case symbol
  }

  struct Token {
    let kind: Kind
    let bytes: ArraySlice<UInt8>

    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ sql: String) { bytes = Array(sql.utf8) }

  mutating func next() -> Token? {
    skipBlanks()
    guard position < bytes.count else { return nil }
    let start = position
    switch bytes[position] {
    case UInt8(ascii: "'"):
      skipQuoted(escapes: false)
      return token(.literal, start)
    case UInt8(ascii: "\""):
      skipQuoted(escapes: false)
      return token(.quoted, start)
    case UInt8(ascii: "$"): return dollar(start)
    case let byte where Self.isDigit(byte):
      skip { Self.isWord($0) || $0 == UInt8(ascii: ".") }
      return token(.literal, start)
    case let byte where Self.isWord(byte):
      skip { Self.isWord($0) }
      // E'…', B'…', X'…', N'…'
      if position - start == 1, peek(0) == UInt8(ascii: "'") {
        skipQuoted(escapes: byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E"))
        return token(.literal, start)
      }
      return token(.word, start)
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "."):
      position += 1
      return token(.symbol, start)
    default:
      let operators = Set("+-*/<>=~!@#%^&|`?:[]".utf8)
      position += 1
      if operators.contains(bytes[start]) { skip { operators.contains($0) } }
      return token(.symbol, start)
    }
  }

  /// `$1`, or a string in `$tag$ … $tag$`.
  private mutating func dollar(_ start: Int) -> Token {
    position += 1
    skip { Self.isWord($0) }
    guard peek(0) == UInt8(ascii: "$"), !Self.isDigit(bytes[start + 1]) else { return token(.literal, start) }
    position += 1
    let tag = Array(bytes[start..<position])
    while position < bytes.count, !bytes[position...].starts(with: tag) { position += 1 }
    position = min(bytes.count, position + tag.count)
    return token(.literal, start)
  }

  /// To behind the closing quote; a doubled quote does not close.
  private mutating func skipQuoted(escapes: Bool) {
    let quote = bytes[position]
    position += 1
    while position < bytes.count {
      if escapes, bytes[position] == UInt8(ascii: "\\") {
        position += 2
      } else if bytes[position] != quote {
        position += 1
      } else if peek(1) == quote {
        position += 2
      } else {
        break
      }
    }
    position = min(bytes.count, position + 1)
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      if bytes[position] <= 0x20 {
        position += 1
      } else if bytes[position] == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        skip { $0 != 0x0A }
      } else if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        skipComment()
      } else {
        return
      }
    }
  }

  /// Comments nest.
  private mutating func skipComment() {
    var depth = 0
    repeat {
      if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
      } else {
        position += 1
      }
    } while depth > 0 && position < bytes.count
  }

  private mutating func skip(while isIncluded: (UInt8) -> Bool) {
    while position < bytes.count, isIncluded(bytes[position]) { position += 1 }
  }

  private func peek(_ offset: Int) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  private func token(_ kind: Kind, _ start: Int) -> Token { Token(kind: kind, bytes: bytes[start..<position]) }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}
