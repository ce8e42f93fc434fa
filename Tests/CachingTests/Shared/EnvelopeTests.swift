import NIOCore
import Testing

@testable import Caching

@Suite("The envelope of stored values")
struct EnvelopeTests {
  private let gzip = GzipDecoder()
  private let body = ByteBuffer(string: String(repeating: "wedding ", count: 500))

  private func envelope(gzip isCompressed: Bool = true) throws -> Envelope {
    let compressed = try #require(GzipEncoder().compress(body))
    return Envelope(
      flags: isCompressed ? .gzip : [], createdAt: 1_800_000_000_000, refreshAfter: 1, freshFor: 2,
      keptFor: Envelope.forever, bodyLength: UInt32(body.readableBytes), entityTag: EntityTag(of: body),
      nonces: [1, .max, 3], payload: isCompressed ? compressed : body)
  }

  @Test("What is written is read, compressed or not", arguments: [true, false])
  func roundTrip(_ isCompressed: Bool) throws {
    let envelope = try envelope(gzip: isCompressed)
    let read = try Envelope(envelope.encoded())
    #expect(read == envelope)
    #expect(try read.bodies(most: .max, gzip).body == body)
    #expect((try read.bodies(most: .max, gzip).gzip != nil) == isCompressed)
  }

  @Test("With the body behind its gzip form, both are read as they stand; a body cut short is refused")
  func bothForms() throws {
    var envelope = try envelope()
    envelope.flags.insert(.plain)
    envelope.plain = body
    let read = try Envelope(envelope.encoded())
    #expect(read == envelope)
    let bodies = try read.bodies(most: .max, gzip)
    #expect(bodies.body == body && bodies.gzip == envelope.payload)
    #expect(throws: Envelope.Flaw.oversized) { try read.bodies(most: body.readableBytes - 1, gzip) }
    envelope.plain = try #require(body.getSlice(at: 0, length: 10))
    #expect(throws: Envelope.Flaw.truncated) { try Envelope(envelope.encoded()) }
  }

  @Test("Cut anywhere, it is refused")
  func cut() throws {
    let bytes = try envelope().encoded()
    for length in 0..<bytes.readableBytes {
      let cut = try #require(bytes.getSlice(at: 0, length: length))
      #expect(throws: Envelope.Flaw.self) { try Envelope(cut) }
    }
  }

  @Test("With any one bit flipped, it is refused")
  func flippedBits() throws {
    let bytes = try envelope().encoded()
    for index in 0..<bytes.readableBytes {
      for bit in 0..<8 {
        var flipped = bytes
        let byte: UInt8 = try #require(bytes.getInteger(at: index))
        flipped.setInteger(byte ^ (1 << UInt8(bit)), at: index)
        #expect(throws: Envelope.Flaw.self) { try Envelope(flipped) }
      }
    }
  }

  @Test("Another version, and bytes of anybody else, are foreign")
  func foreign() throws {
    var other = try envelope().encoded()
    other.setInteger(UInt8(1), at: 2)
    for bytes in [other, ByteBuffer(), ByteBuffer(string: "{\"json\": true}")] {
      #expect(throws: Envelope.Flaw.foreign) { try Envelope(bytes) }
    }
  }

  @Test("A body that would be longer than allowed, or than declared, is never made")
  func bomb() throws {
    let bomb = ByteBuffer(repeating: 0, count: 50 << 20)
    var envelope = try envelope()
    envelope.payload = try #require(GzipEncoder().compress(bomb))
    #expect(envelope.payload.readableBytes < 100_000)
    #expect(throws: Envelope.Flaw.corrupt) { try envelope.bodies(most: .max, gzip) }
    envelope.bodyLength = UInt32(bomb.readableBytes)
    #expect(throws: Envelope.Flaw.oversized) { try envelope.bodies(most: 4 << 20, gzip) }
  }

  @Test("A payload that is no gzip, or has more behind it, is corrupt")
  func badPayload() throws {
    var envelope = try envelope()
    envelope.payload.writeInteger(UInt8(0))
    #expect(throws: Envelope.Flaw.corrupt) { try envelope.bodies(most: .max, gzip) }
    envelope.payload = body
    #expect(throws: Envelope.Flaw.corrupt) { try envelope.bodies(most: .max, gzip) }
    // The decoder is as good as new afterwards.
    #expect(try self.envelope().bodies(most: .max, gzip).body == body)
  }

  @Test("Its times are those of this instance's clock, less the age")
  func times() throws {
    var envelope = try envelope()
    (envelope.refreshAfter, envelope.freshFor, envelope.keptFor) = (100, 200, Envelope.forever)
    let life = EntryLife(envelope, wallNow: envelope.createdAt + 150, now: 1_000_000_000)
    #expect(
      life == EntryLife(madeAt: 850_000_000, refreshAt: 1_000_000_000, freshUntil: 1_050_000_000, expiresAt: .max))
    let early = EntryLife(envelope, wallNow: envelope.createdAt - 5000, now: 0)
    #expect(early.freshUntil == 200_000_000)
  }
}
