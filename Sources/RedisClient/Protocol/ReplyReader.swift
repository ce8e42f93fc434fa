import CHiredis
import NIOCore

/// hiredis' incremental parser behind limits: bytes in as they come, whole replies out.
///
/// Belongs to one event loop. After an error it stays in error: the stream has lost its frame.
final class ReplyReader {
  /// What a server may make a client hold.
  struct Limits: Sendable {
    /// The longest bulk string, in bytes; Redis' own limit is 512 MiB.
    var bulkBytes = 512 * 1024 * 1024
    /// The longest status, error, number or length, in bytes.
    var lineBytes = 64 * 1024
    /// The most values in one reply, at all depths.
    var elements = 1 << 24
  }

  /// What is wrong with the bytes; without the bytes themselves.
  struct Violation: Error, Equatable {
    let reason: String
  }

  /// hiredis looks for whole replies after each piece of this size, so that it never moves much within its buffer.
  private static let pieceBytes = 16 * 1024
  /// hiredis gives an empty buffer larger than this back.
  private static let idleBytes = 1024 * 1024

  private let reader: UnsafeMutablePointer<redisReader>
  private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
  private let builder = ReplyBuilder()
  private let limits: Limits
  private var violation: Violation?

  init(limits: Limits = Limits()) {
    self.limits = limits
    functions = .allocate(capacity: 1)
    functions.initialize(to: ReplyBuilder.functions)
    guard let reader = redisReaderCreateWithFunctions(functions) else {
      preconditionFailure("out of memory for a parser")
    }
    self.reader = reader
    reader.pointee.maxbuf = Self.idleBytes
    reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
  }

  deinit {
    redisReaderFree(reader)
    functions.deinitialize(count: 1)
    functions.deallocate()
  }

  /// Takes bytes and appends every reply that is now whole to `replies`.
  func feed(_ bytes: ByteBuffer, into replies: inout [RESPValue]) throws(Violation) {
    if let violation { throw violation }
    do {
      try bytes.withUnsafeReadableBytes { try feed($0, into: &replies) }
    } catch let error as Violation {
      violation = error
      throw error
    } catch {
      preconditionFailure("only violations are thrown")
    }
  }

  private func feed(_ bytes: UnsafeRawBufferPointer, into replies: inout [RESPValue]) throws {
    var offset = 0
    while offset < bytes.count {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(offset + Self.pieceBytes, bytes.count)])
      offset += piece.count
      guard redisReaderFeed(reader, piece.bindMemory(to: CChar.self).baseAddress, piece.count) == REDIS_OK else {
        throw failure()
      }
      while true {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw failure() }
        try checkPending()
        guard reply != nil, let value = builder.take() else { break }
        replies.append(value)
      }
    }
  }

  /// Refuses a value under way that is or will be too large.
  private func checkPending() throws {
    guard builder.elements <= limits.elements else { throw Violation(reason: "a reply has too many elements") }
    let position = reader.pointee.pos
    guard reader.pointee.ridx >= 0, reader.pointee.len > position, let buffer = reader.pointee.buf else { return }
    let pending = UnsafeRawBufferPointer(start: buffer + position, count: reader.pointee.len - position)
    let line = pending.prefix(limits.lineBytes).prefix { $0 != UInt8(ascii: "\r") }
    guard line.count < limits.lineBytes else { throw Violation(reason: "a line has no end") }
    // hiredis has read the type byte already; what is left of a bulk string begins with its length.
    guard currentType == REDIS_REPLY_STRING, line.count < pending.count else { return }
    guard let length = Int(String(decoding: line, as: UTF8.self)), length <= limits.bulkBytes else {
      throw Violation(reason: "a bulk string is too long")
    }
  }

  /// The type of the value that hiredis waits for; less than 0 when that is not known yet.
  private var currentType: Int32 {
    withUnsafeBytes(of: &reader.pointee.rstack) { stack in
      stack.bindMemory(to: redisReadTask.self)[Int(reader.pointee.ridx)].type
    }
  }

  private func failure() -> Violation {
    guard !builder.isOverrun else { return Violation(reason: "a bulk string does not end where it should") }
    let reason = withUnsafeBytes(of: &reader.pointee.errstr) { text in
      String(decoding: text.prefix { $0 != 0 && $0 < 0x80 }, as: UTF8.self)
    }
    return Violation(reason: reason.isEmpty ? "the reply cannot be read" : reason)
  }
}
