public import NIOCore

/// One cached answer, encoded once: the bytes to send, their gzip form and their tags. Immutable.
public final class CacheEntry: Sendable {
  /// The encoded value; empty for a remembered absence.
  public let body: ByteBuffer
  /// The gzip form, when it is smaller and the policy wants one.
  public let gzip: ByteBuffer?
  /// The validators of both forms.
  public let entityTag: EntityTag
  /// True when the entry remembers that there is no such value.
  public let isAbsent: Bool
  /// The loaded value itself, where the policy keeps it.
  var value: (any Sendable)? { kept?.value }
  private let kept: Kept?
  let stamp: FenceStamp
  let life: EntryLife

  init(
    body: ByteBuffer, gzip: ByteBuffer?, entityTag: EntityTag, isAbsent: Bool, value: (any Sendable)?,
    stamp: FenceStamp, life: EntryLife
  ) {
    self.body = body
    self.gzip = gzip
    self.entityTag = entityTag
    self.isAbsent = isAbsent
    kept = value.map(Kept.init)
    self.stamp = stamp
    self.life = life
  }

  /// The same entry with another stamp and life.
  func with(_ stamp: FenceStamp, _ life: EntryLife) -> CacheEntry {
    CacheEntry(
      body: body, gzip: gzip, entityTag: entityTag, isAbsent: isAbsent, value: value, stamp: stamp, life: life)
  }

  /// The same entry, fresh no longer from a moment on.
  func ending(at now: UInt64) -> CacheEntry {
    var life = life
    life.refreshAt = min(life.refreshAt, now)
    life.freshUntil = min(life.freshUntil, now)
    return with(stamp, life)
  }

  /// Bytes the entry counts against the tier's bound under `key`: key, bodies and a flat allowance for objects and table.
  func cost(under key: CacheKey) -> Int {
    key.text.utf8.count * 2 + body.readableBytes + (gzip?.readableBytes ?? 0) + 512
  }
}

/// A value in a box of its own: few policies keep one, and without the box every entry has room for it.
private final class Kept: Sendable {
  let value: any Sendable

  init(_ value: any Sendable) { self.value = value }
}

extension CacheEntry {
  /// The loaded value, where the policy keeps it and it is of that type.
  public func value<Value: Sendable>(as type: Value.Type) -> Value? { value as? Value }
}
