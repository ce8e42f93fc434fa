/// A table of what was made of bytes, each in the one place they hash to: the newest takes it. For one event loop.
///
/// Bytes are compared in a time that does not depend on where they differ, since keys are among them.
struct ByteTable<Value> {
  /// The longest bytes that are kept: without a bound callers could fill memory.
  private static var longest: Int { 256 }

  private final class Slot {
    let hash: UInt64
    let bytes: [UInt8]
    let value: Value?

    init(_ hash: UInt64, _ bytes: [UInt8], _ value: Value?) {
      self.hash = hash
      self.bytes = bytes
      self.value = value
    }
  }

  private var slots: [Slot?]
  private let seed = UInt64.random(in: .min ... .max)

  /// - Parameter slots: a power of two.
  init(slots: Int) { self.slots = Array(repeating: nil, count: slots) }

  /// What `make` makes of the bytes at a place, now or when they were last seen.
  /// - Parameter salt: tells apart what is made of the same bytes.
  mutating func value(_ bytes: Span<UInt8>, _ place: Range<Int>, salt: UInt64 = 0, make: (String) -> Value?) -> Value? {
    guard place.count <= Self.longest else { return make(String(bytes, place)) }
    let hash = hash(bytes, place, salt)
    let index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    if let slot = slots[index], slot.hash == hash, Self.isEqual(slot.bytes, bytes, place) { return slot.value }
    let value = make(String(bytes, place))
    slots[index] = Slot(hash, Array(bytes, place), value)
    return value
  }

  /// Mixes eight bytes at a time with a secret seed (multiply and fold, as wyhash does).
  private func hash(_ bytes: Span<UInt8>, _ place: Range<Int>, _ salt: UInt64) -> UInt64 {
    var state = seed ^ salt ^ UInt64(truncatingIfNeeded: place.count)
    var word: UInt64 = 0
    for position in place {
      word = word << 8 | UInt64(bytes[position])
      guard (position - place.lowerBound) & 7 == 7 else { continue }
      state = Self.fold(state ^ word)
      word = 0
    }
    return Self.fold(state ^ word)
  }

  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  private static func isEqual(_ known: [UInt8], _ bytes: Span<UInt8>, _ place: Range<Int>) -> Bool {
    guard known.count == place.count else { return false }
    var difference: UInt8 = 0
    for offset in known.indices { difference |= known[offset] ^ bytes[place.lowerBound + offset] }
    return difference == 0
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
