package import NIOCore

/// Envelopes as the shared tier makes and reads them, for the benchmarks: the types themselves are internal to the cache.
package struct EnvelopeProbe: Sendable {
  private let entry: CacheEntry
  private let decoder = GzipDecoder()

  /// Envelopes of one body, with its gzip form as payload or the body itself.
  package init(of body: ByteBuffer, isCompressed: Bool) {
    entry = CacheEntry(
      name: "name", body: body, gzip: isCompressed ? GzipEncoder().compress(body) : nil, entityTag: EntityTag(of: body),
      isAbsent: false, value: nil,
      stamp: Generations().stamp(FenceTags(scope: .platform, names: ["offers"])), life: .forever(from: 0))
  }

  /// The envelope's bytes.
  package func encoded() -> ByteBuffer { Envelope(entry, nonces: [1, 2], createdAt: 0, now: 0).encoded() }

  /// The length of the body in an envelope; nil for a flawed one.
  package func decode(_ bytes: ByteBuffer) -> Int? {
    do throws(Envelope.Flaw) {
      return try Envelope(bytes).bodies(most: 4 << 20, decoder).body.readableBytes
    } catch {
      return nil
    }
  }
}
