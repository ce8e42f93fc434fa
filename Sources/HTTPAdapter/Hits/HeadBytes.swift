import Kernel

/// The head of an answer as it is put together: pieces copied one behind the other into memory that has room for them.
struct HeadBytes {
  private let target: UnsafeMutableRawBufferPointer
  /// How many bytes there are so far.
  private(set) var count = 0

  /// - Parameter target: for as long as this is used.
  init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
  }

  mutating func append(_ text: String) {
    if text.utf8.withContiguousStorageIfAvailable({ append(UnsafeRawBufferPointer($0)) }) == nil {
      append(Array(text.utf8))
    }
  }

  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  mutating func append(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// In decimal.
  /// - Parameter number: at least 0.
  mutating func append(_ number: Int) {
    var (rest, digits) = (number, 1)
    while rest >= 10 { (rest, digits) = (rest / 10, digits + 1) }
    rest = number
    let room = take(digits)
    for position in stride(from: digits - 1, through: 0, by: -1) {
      room[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }

  mutating func append(_ id: UniqueID) { id.write(to: take(UniqueID.textLength)) }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) { take(bytes.count).copyMemory(from: bytes) }

  /// Memory for so many bytes more.
  private mutating func take(_ length: Int) -> UnsafeMutableRawBufferPointer {
    precondition(target.count - count >= length, "a head is longer than was reckoned")
    defer { count += length }
    return UnsafeMutableRawBufferPointer(rebasing: target[count..<(count + length)])
  }
}
