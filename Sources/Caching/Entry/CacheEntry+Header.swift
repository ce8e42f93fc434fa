import NIOCore

extension CacheEntry {
  /// What the cache knows of an entry: 64 bytes, with what there is a million of in mind.
  struct Header {
    private let places: FenceTags
    private let sum: UInt64
    /// From here on the entry is served only when its load fails; `.max` for never.
    let freshUntil: UInt64
    /// The bytes to send, and the value; nil where the bytes follow the key.
    var forms: Forms?
    private var digest: UInt64 = 0
    private let trust: UInt32
    /// In steps of 2^26 ticks, about 67 ms.
    private let madeAt: UInt32
    /// How long before its time it should be loaded anew.
    private let lead: ShortTicks
    /// How long after its time it may be served when its load fails.
    private let grace: ShortTicks
    var bodyLength: UInt32 = 0
    var nameLength: UInt16 = 0
    private var digestEnd: UInt8 = 0
    var isAbsent = false

    private static let madeAtShift: UInt64 = 26

    init(_ stamp: FenceStamp, _ life: EntryLife) {
      places = stamp.tags
      sum = stamp.sum
      trust = stamp.trust
      freshUntil = life.freshUntil
      madeAt = UInt32(truncatingIfNeeded: life.madeAt >> Self.madeAtShift)
      lead = ShortTicks(life.freshUntil - min(life.refreshAt, life.freshUntil), roundsUp: true)
      grace = ShortTicks(life.expiresAt - min(life.freshUntil, life.expiresAt), roundsUp: false)
    }

    var entityTag: EntityTag {
      get { EntityTag(.init(high: digest, low: digestEnd)) }
      set {
        digest = newValue.digest.high
        digestEnd = newValue.digest.low
      }
    }

    /// What is kept was never stamped in doubt.
    var stamp: FenceStamp { FenceStamp(tags: places, sum: sum, trust: trust, isInDoubt: false) }

    /// From here on a read asks for a load in the background.
    var refreshAt: UInt64 { freshUntil == .max ? .max : freshUntil - lead.ticks }

    /// From here on it is not served at all.
    var expiresAt: UInt64 { freshUntil.addingSaturated(grace.ticks) }

    var madeAtTicks: UInt64 { UInt64(madeAt) << Self.madeAtShift }

    var life: EntryLife {
      EntryLife(
        madeAt: madeAtTicks, refreshAt: refreshAt, freshUntil: freshUntil, expiresAt: expiresAt)
    }
  }

  /// The forms of a longer answer.
  final class Forms: Sendable {
    let body: ByteBuffer
    /// The gzip form, where it has been made.
    let gzip: ByteBuffer?
    /// The gzip form, where it is still to be made.
    let laterGzip: GzipForm?
    let value: (any Sendable)?

    init(body: ByteBuffer, gzip: ByteBuffer?, laterGzip: GzipForm?, value: (any Sendable)?) {
      self.body = body
      self.gzip = gzip
      self.laterGzip = laterGzip
      self.value = value
    }
  }
}

/// A length of time in 32 bits: 26 of a number and 6 of a power of two. Exact to one part in 33 million.
struct ShortTicks: Sendable {
  private let bits: UInt32

  /// From 146 years on all times are without end.
  init(_ ticks: UInt64, roundsUp: Bool) {
    guard ticks < 1 << 62 else {
      bits = .max
      return
    }
    let shift = UInt64(max(0, 38 - ticks.leadingZeroBitCount))
    let number = ticks >> shift
    let isShort = roundsUp && number << shift < ticks
    // One more may need a bit more: 2^26 has no room, and is 2^25 doubled.
    let rounded = isShort ? number + 1 : number
    let (mantissa, exponent) = rounded >> 26 == 0 ? (rounded, shift) : (rounded >> 1, shift + 1)
    bits = UInt32(exponent << 26 | mantissa)
  }

  var ticks: UInt64 {
    let (mantissa, exponent) = (UInt64(bits & 0x3FF_FFFF), UInt64(bits >> 26))
    return mantissa > UInt64.max >> exponent ? .max : mantissa << exponent
  }
}
