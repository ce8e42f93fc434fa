/// Slots of a cluster: CRC16 (XMODEM) of a key modulo 16384, or of what stands in its first braces, unless that is empty.
/// Redis Cluster specification, "Key distribution model" and "Hash tags".
enum HashSlot {
  static let count = 16_384

  /// The slot of a key.
  static func of(_ key: RedisCommand.Argument) -> Int {
    switch key {
    case .string(var text): text.withUTF8 { of($0) }
    case .bytes(let bytes): bytes.withUnsafeReadableBytes { of($0.bindMemory(to: UInt8.self)) }
    case .integer(let number): of(.string(String(number)))
    }
  }

  private static func of(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return crc16(key[...]) & (count - 1) }
    let rest = key[(open + 1)...]
    guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > open + 1 else {
      return crc16(key[...]) & (count - 1)
    }
    return crc16(rest[..<close]) & (count - 1)
  }

  private static func crc16(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    var crc: UInt16 = 0
    for byte in bytes { crc = crc << 8 ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)] }
    return Int(crc)
  }

  private static let table: [UInt16] = (0..<256).map { index in
    (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
  }
}

extension RedisCommand {
  /// The arguments that are keys.
  var keyArguments: [Argument] {
    (0..<keys.count).compactMap { index in
      let place = keys.first + index * keys.step
      return arguments.indices.contains(place) ? arguments[place] : nil
    }
  }
}
