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
  /// The most bytes of a value that is kept; a longer one is given to its callers alone.
  public var maximumBytes = 4 << 20
  /// How long a value is served from memory before the shared store is asked again; nil takes the store's setting.
  public var localTimeToLive: Duration?
  /// How long a caller waits for a load while there is a value past its time to give him; the load goes on. nil waits.
  public var softLoadLimit: Duration?
  /// How long a caller waits for a load at all; then ``CacheLoadTimeout`` is thrown. nil waits.
  public var hardLoadLimit: Duration?
  /// How long a read waits for the shared store before the value is loaded; nil takes the store's setting.
  public var softSharedLimit: Duration?
  /// How long a store waits for the shared store; nil takes the store's setting.
  public var hardSharedLimit: Duration?
  /// Loads without looking into the cache; what is loaded is stored.
  public var skipsRead = false
  /// Looks into the cache; what is loaded is not stored.
  public var skipsWrite = false

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

/// A load that took longer than its policy lets a caller wait.
public struct CacheLoadTimeout: Error, Sendable, Equatable {
  /// The key that was being loaded.
  public let key: String
}
