import Kernel
public import NIOCore

/// One cached answer, encoded once: the bytes to send, their gzip form and their tags. Immutable, and a reference: copies
/// share its memory.
///
/// A short answer without a gzip form stands in one piece of memory with all that the cache knows of it, its key too; a
/// longer one has its bytes in buffers, which are sent as they are.
///
/// Sound to share: the memory is written once, before the entry is handed out, and everything in it may be shared.
public struct CacheEntry: @unchecked Sendable {
  /// Answers up to this many bytes are copied when they are asked for.
  static let mostInline = 256

  private let memory: ManagedBuffer<Header, UInt8>

  /// An entry of a key.
  /// - Parameters:
  ///   - body: the encoded value; empty for a remembered absence.
  ///   - laterGzip: what makes the gzip form when it is asked for, where there is none yet.
  ///   - value: the loaded value itself, where the policy keeps it.
  init(
    name: String, body: ByteBuffer, gzip: ByteBuffer?, laterGzip: GzipForm? = nil, entityTag: EntityTag, isAbsent: Bool,
    value: (any Sendable)?, stamp: FenceStamp, life: EntryLife
  ) {
    let isInline = gzip == nil && laterGzip == nil && value == nil && body.readableBytes <= Self.mostInline
    var header = Header(stamp, life)
    header.entityTag = entityTag
    header.isAbsent = isAbsent
    header.bodyLength = UInt32(clamping: body.readableBytes)
    // A longer key makes it nameless.
    header.nameLength = UInt16(exactly: name.utf8.count) ?? 0
    if !isInline { header.forms = Forms(body: body, gzip: gzip, laterGzip: laterGzip, value: value) }
    let nameLength = Int(header.nameLength)
    let length = nameLength + (isInline ? body.readableBytes : 0)
    memory = .create(minimumCapacity: length) { [header] _ in header }
    memory.withUnsafeMutablePointerToElements { bytes in
      let tail = UnsafeMutableRawBufferPointer(start: bytes, count: length)
      if nameLength > 0 { tail.copyBytes(from: name.utf8) }
      guard isInline else { return }
      body.withUnsafeReadableBytes {
        UnsafeMutableRawBufferPointer(rebasing: tail[nameLength...]).copyMemory(from: $0)
      }
    }
  }

  /// The encoded value; empty for a remembered absence.
  public var body: ByteBuffer {
    memory.withUnsafeMutablePointers { header, bytes in
      if let forms = header.pointee.forms { return forms.body }
      guard header.pointee.bodyLength > 0 else { return ByteBuffer() }
      return ByteBuffer(
        bytes: UnsafeRawBufferPointer(
          start: bytes + Int(header.pointee.nameLength), count: Int(header.pointee.bodyLength)))
    }
  }

  /// The gzip form, when it is smaller and the policy wants one.
  public var gzip: ByteBuffer? {
    let forms = header { $0.forms }
    return forms?.gzip ?? forms?.laterGzip?.bytes
  }

  /// The validators of both forms.
  public var entityTag: EntityTag { header { $0.entityTag } }

  /// True when the entry remembers that there is no such value.
  public var isAbsent: Bool { header { $0.isAbsent } }

  /// The length of the encoded value.
  public var bodyLength: Int { header { Int($0.bodyLength) } }

  /// Whether its key is too long for it to be kept.
  var isNameless: Bool { header { $0.nameLength == 0 } }

  /// The loaded value, where the policy keeps it and it is of that type.
  public func value<Value: Sendable>(as type: Value.Type) -> Value? { value as? Value }

  /// The loaded value itself, where the policy keeps it.
  var value: (any Sendable)? { header { $0.forms?.value } }

  /// The generations it was loaded under.
  var stamp: FenceStamp { header { $0.stamp } }

  var life: EntryLife { header { $0.life } }

  /// When it was loaded, to about 67 ms.
  var madeAt: UInt64 { header { $0.madeAtTicks } }

  /// From here on a read asks for a load in the background.
  var refreshAt: UInt64 { header { $0.refreshAt } }

  /// From here on it is served only when its load fails.
  var freshUntil: UInt64 { header { $0.freshUntil } }

  /// The same entry with another stamp and life.
  func with(_ stamp: FenceStamp, _ life: EntryLife) -> CacheEntry {
    let forms = header { $0.forms }
    return CacheEntry(
      name: name, body: body, gzip: forms?.gzip, laterGzip: forms?.laterGzip, entityTag: entityTag, isAbsent: isAbsent,
      value: value, stamp: stamp,
      life: life)
  }

  /// The same entry, fresh no longer from a moment on.
  func ending(at now: UInt64) -> CacheEntry {
    var life = life
    life.refreshAt = min(life.refreshAt, now)
    life.freshUntil = min(life.freshUntil, now)
    return with(stamp, life)
  }

  private func header<Value>(_ body: (borrowing Header) -> Value) -> Value {
    memory.withUnsafeMutablePointerToHeader { body($0.pointee) }
  }
}

extension CacheEntry: TableRecord {
  package var name: String {
    memory.withUnsafeMutablePointers { header, bytes in
      String(decoding: UnsafeBufferPointer(start: bytes, count: Int(header.pointee.nameLength)), as: UTF8.self)
    }
  }

  package func isNamed(_ key: CacheKey) -> Bool {
    memory.withUnsafeMutablePointers { header, bytes in
      key.withBytes { text in
        text.count == Int(header.pointee.nameLength)
          && text.isSame(as: UnsafeRawBufferPointer(start: bytes, count: text.count))
      }
    }
  }

  /// Bytes it takes in memory, with an allowance for objects, allocator and table.
  package var cost: Int {
    header { header in
      let forms = header.forms.map { $0.body.storageCapacity + ($0.gzip?.storageCapacity ?? 0) + 320 }
      return Int(header.nameLength) + (forms ?? Int(header.bodyLength)) + 160
    }
  }

  package var expiresAt: UInt64 { header { $0.expiresAt } }
}
