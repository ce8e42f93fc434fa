/// How long and in what form values of one kind are kept.
public struct CachePolicy: Sendable {
  /// How long a value lives; nil keeps it until it is changed or evicted.
  public var timeToLive: Duration?
  /// How long the absence of a value is remembered; zero does not remember it.
  public var negativeTimeToLive: Duration
  /// The share of the time to live by which it is shortened at random (0…1), so that entries made together do not
  /// expire together.
  public var jitter: Double
  /// How long after its time a value may still be served when its load fails, unless it was changed meanwhile.
  public var staleGrace: Duration
  /// A value with less than this left to live is served and loaded anew in the background; nil lets it run out.
  public var refreshThreshold: Duration?
  /// Keeps the loaded value beside its encoded form, for values that are decoded at every use.
  public var keepsValue: Bool
  /// The encoded size in bytes from which a gzip form is made too.
  public var compressionThreshold: Int

  /// A policy; the defaults are those of the settings.
  public init(
    timeToLive: Duration?, negativeTimeToLive: Duration = .seconds(10), jitter: Double = 0.1,
    staleGrace: Duration = .zero, refreshThreshold: Duration? = nil, keepsValue: Bool = false,
    compressionThreshold: Int = 1024
  ) {
    self.timeToLive = timeToLive
    self.negativeTimeToLive = negativeTimeToLive
    self.jitter = jitter
    self.staleGrace = staleGrace
    self.refreshThreshold = refreshThreshold
    self.keepsValue = keepsValue
    self.compressionThreshold = compressionThreshold
  }

  /// Values that stay until they are changed or evicted.
  public static let forever = CachePolicy(timeToLive: nil, jitter: 0)
}
