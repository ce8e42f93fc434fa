import Caching
import NIOCore

/// A value as the store holds it, with the moment from which it is gone.
struct StoredBytes: Sendable {
  let bytes: ByteBuffer
  /// Ticks in nanoseconds; `.max` never expires.
  let expiresAt: UInt64
}

extension StoredBytes {
  init(_ bytes: ByteBuffer, timeToLive: Duration?, from now: UInt64) {
    self.init(bytes: bytes.compact(), expiresAt: timeToLive.map { now.addingSaturated($0.ticks) } ?? .max)
  }

  func isAlive(at now: UInt64) -> Bool { expiresAt > now }

  /// Bytes it counts against the store's bound: what is allocated for it and a flat allowance for objects and table.
  func cost(under key: CacheKey) -> Int { bytes.storageCapacity + key.text.utf8.count + 512 }
}

extension ByteBuffer {
  /// The readable bytes alone, in storage of at most about twice their size: a short slice of a long buffer would keep
  /// all of it in memory.
  func compact() -> ByteBuffer {
    storageCapacity <= max(readableBytes * 2, 64) ? slice() : ByteBuffer(bytes: readableBytesView)
  }
}

/// Numbers as counters hold them: decimal digits with at most a minus sign before them, no leading zero. The same form
/// that the INCRBY command of Redis takes.
enum DecimalNumber {
  private static let longest = String(Int.min).utf8.count

  static func encode(_ number: Int) -> ByteBuffer { ByteBuffer(string: String(number)) }

  static func decode(_ bytes: ByteBuffer) -> Int? {
    guard bytes.readableBytes <= longest else { return nil }
    let text = String(buffer: bytes)
    return Int(text).flatMap { String($0) == text ? $0 : nil }
  }
}
