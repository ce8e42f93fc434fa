import Logging
import NIOCore

/// What every connection of a client shares.
struct ConnectionSettings: Sendable {
  var credentials: RedisCredentials?
  var database = 0
  var clientName: String?
  var tls: TLSContext?
  var connectTimeout = Duration.seconds(10)
  var commandTimeout = Duration.seconds(5)
  /// A connection on which nothing happens for this long is tried with a PING.
  var pingInterval = Duration.seconds(5)
  /// How many commands may await replies before more are refused.
  var maxPendingCommands = 65_536
  /// How many bytes may wait to be written before more are refused.
  var maxPendingBytes = 64 << 20
  var limits = ReplyReader.Limits()
  /// Asks a cluster's replica to answer reads.
  var isReadOnly = false
}

extension Duration {
  /// A hundred years in nanoseconds, which can be added to an uptime without care.
  private static var longest: UInt64 { 3_153_600_000_000_000_000 }

  /// In whole nanoseconds: nothing for what is negative, a hundred years at most.
  var clampedNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < Self.longest / 1_000_000_000 else { return Self.longest }
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }

  /// For NIO, which counts in signed nanoseconds.
  var timeAmount: TimeAmount { .nanoseconds(Int64(clamping: clampedNanoseconds)) }
}
