import CHiredis
import NIOCore

/// Builds Swift values from what hiredis finds: one frame per array that is open, at most eight deep.
final class ReplyBuilder {
  private struct Frame {
    var missing: Int
    var elements: [RESPValue]
  }

  /// How many elements an array gets room for before they have arrived: a length off the wire is only a claim.
  private static let trustedCapacity = 1024
  private static let ok = ByteBuffer(string: "OK")

  private var frames: [Frame] = []
  /// Elements of the reply under way, at all depths.
  private(set) var elements = 0
  /// The reply, when it is whole.
  private var finished: RESPValue?

  /// Whether a bulk string was longer than it claimed.
  private(set) var isOverrun = false

  /// Takes the finished reply out.
  func take() -> RESPValue? {
    defer { finished = nil }
    elements = 0
    return finished
  }

  /// Adds a value that is whole.
  func add(_ value: RESPValue) {
    elements += 1
    var value = value
    while let last = frames.indices.last {
      frames[last].elements.append(value)
      frames[last].missing -= 1
      guard frames[last].missing == 0 else { return }
      value = .array(frames.removeLast().elements)
    }
    finished = value
  }

  /// Opens an array; an empty one is whole at once.
  func open(count: Int) {
    guard count > 0 else { return add(.array([])) }
    elements += 1
    var elements: [RESPValue] = []
    elements.reserveCapacity(min(count, Self.trustedCapacity))
    frames.append(Frame(missing: count, elements: elements))
  }

  /// Adds a status, an error or a bulk string.
  func add(_ bytes: UnsafeRawBufferPointer, type: Int32) {
    switch type {
    case REDIS_REPLY_ERROR: add(.error(RedisServerError(String(decoding: bytes, as: UTF8.self))))
    case REDIS_REPLY_STATUS:
      add(.simpleString(bytes.elementsEqual("OK".utf8) ? Self.ok : ByteBuffer(bytes: bytes)))
    default: add(.bulkString(ByteBuffer(bytes: bytes)))
    }
  }
}

extension ReplyBuilder {
  /// What hiredis wants back from each function: any address that is not null.
  private static var made: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

  /// The functions hiredis calls; each finds its builder in the task's private data.
  static var functions: redisReplyObjectFunctions {
    redisReplyObjectFunctions(
      createString: { task, bytes, count in
        guard let builder = ReplyBuilder.of(task), let bytes, let type = task?.pointee.type else { return nil }
        // hiredis passes over the line end of a bulk string, which it has, without looking at it.
        if type == REDIS_REPLY_STRING, bytes[count] != 0x0D || bytes[count + 1] != 0x0A {
          builder.isOverrun = true
          return nil
        }
        builder.add(UnsafeRawBufferPointer(start: bytes, count: count), type: type)
        return ReplyBuilder.made
      },
      createArray: { task, count in
        guard let builder = ReplyBuilder.of(task) else { return nil }
        builder.open(count: Int(count))
        return ReplyBuilder.made
      },
      createInteger: { task, number in
        guard let builder = ReplyBuilder.of(task) else { return nil }
        builder.add(.integer(Int(number)))
        return ReplyBuilder.made
      },
      createNil: { task in
        guard let builder = ReplyBuilder.of(task) else { return nil }
        builder.add(.null)
        return ReplyBuilder.made
      },
      freeObject: { _ in })
  }

  private static func of(_ task: UnsafePointer<redisReadTask>?) -> ReplyBuilder? {
    guard let builder = task?.pointee.privdata else { return nil }
    return Unmanaged<ReplyBuilder>.fromOpaque(builder).takeUnretainedValue()
  }
}
