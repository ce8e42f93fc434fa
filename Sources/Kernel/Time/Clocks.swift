#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells the time of day; handed in, so that a test can set it.
public protocol WallClock: Sendable {
  /// The time of day now. It may step backwards when the machine's clock is set.
  func now() -> Timestamp
}

/// Counts time that only goes forward, for time-outs and time to live; handed in, so that a test can move it.
public protocol Ticker: Sendable {
  /// Nanoseconds since an arbitrary start.
  func nanoseconds() -> UInt64
}

/// The machine's clocks.
public struct SystemClock: WallClock, Ticker {
  public init() {}

  public func now() -> Timestamp {
    let time = Self.read(CLOCK_REALTIME)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  public func nanoseconds() -> UInt64 {
    let time = Self.read(CLOCK_MONOTONIC)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
