import Kernel

/// A table of what was made of bytes, each in the one place they hash to. What was asked for since somebody else last wanted
/// its place keeps it once (as in the clock algorithm, with a hand for each place): what is seen often stays among much that
/// is seen once. For one event loop.
///
/// Bytes are compared in a time that does not depend on where they differ, since keys are among them.
struct ByteTable<Value> {
  private final class Slot {
    let hash: UInt64
    let bytes: [UInt8]
    let value: Value?
    /// Whether it was asked for since its place was last wanted.
    var isWanted = false

    init(_ hash: UInt64, _ bytes: [UInt8], _ value: Value?) {
      self.hash = hash
      self.bytes = bytes
      self.value = value
    }
  }

  private var slots: [Slot?]
  private let longest: Int
  private let seed = UInt64.random(in: .min ... .max)

  /// - Parameters:
  ///   - slots: a power of two.
  ///   - longest: the longest bytes that are kept: without a bound callers could fill memory.
  init(slots: Int, longest: Int = 256) {
    self.slots = Array(repeating: nil, count: slots)
    self.longest = longest
  }

  /// What `make` makes of the bytes at a place, now or when they were last seen.
  /// - Parameter salt: tells apart what is made of the same bytes.
  mutating func value(_ bytes: Span<UInt8>, _ place: Range<Int>, salt: UInt64 = 0, make: (String) -> Value?) -> Value? {
    let hash = hash(bytes, place, salt)
    if let slot = slot(bytes, place, hash) { return slot.value }
    let value = make(String(bytes, place))
    if hasPlace(for: place.count, hash) { slots[index(hash)] = Slot(hash, Array(bytes, place), value) }
    return value
  }

  /// What was kept of all of the bytes.
  func value(_ bytes: Span<UInt8>) -> Value? { slot(bytes, 0..<bytes.count, hash(bytes, 0..<bytes.count, 0))?.value }

  /// Keeps what was made of all of the bytes.
  mutating func keep(_ value: Value, of bytes: [UInt8]) {
    let hash = bytes.withUnsafeBufferPointer { self.hash($0.span, 0..<bytes.count, 0) }
    if hasPlace(for: bytes.count, hash) { slots[index(hash)] = Slot(hash, bytes, value) }
  }

  private func slot(_ bytes: Span<UInt8>, _ place: Range<Int>, _ hash: UInt64) -> Slot? {
    guard let slot = slots[index(hash)], slot.hash == hash, slot.bytes.count == place.count else { return nil }
    let isSame = bytes.extracting(place).withUnsafeBytes { bytes in
      slot.bytes.withUnsafeBytes { bytes.isSame(as: $0) }
    }
    guard isSame else { return nil }
    if !slot.isWanted { slot.isWanted = true }
    return slot
  }

  /// Whether the place is free, or who has it must leave.
  private func hasPlace(for count: Int, _ hash: UInt64) -> Bool {
    guard count <= longest else { return false }
    guard let slot = slots[index(hash)], slot.isWanted else { return true }
    slot.isWanted = false
    return false
  }

  private func index(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  /// Mixes eight bytes at a time with a secret seed (multiply and fold, as wyhash does).
  private func hash(_ bytes: Span<UInt8>, _ place: Range<Int>, _ salt: UInt64) -> UInt64 {
    guard place.count <= longest else { return 0 }
    return bytes.extracting(place).withUnsafeBytes { bytes in
      var state = seed ^ salt ^ UInt64(truncatingIfNeeded: bytes.count)
      var offset = 0
      while offset + 8 <= bytes.count {
        state = Self.fold(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      var rest: UInt64 = 0
      while offset < bytes.count {
        rest = rest << 8 | UInt64(bytes[offset])
        offset += 1
      }
      return Self.fold(state ^ rest)
    }
  }

  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}

extension [UInt8] {
  /// The bytes at a place.
  init(_ bytes: Span<UInt8>, _ place: Range<Int>) {
    self = bytes.extracting(place).withUnsafeBufferPointer { Array($0) }
  }
}

extension String {
  /// The text at a place of bytes.
  init(_ bytes: Span<UInt8>, _ place: Range<Int>) {
    self = bytes.extracting(place).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
