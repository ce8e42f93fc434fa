/// How many requests a subject may make in any minute.
public struct RateLimit: Sendable, Hashable {
  /// The name in the `RateLimit` header fields.
  public let name: String
  /// Most requests within any 60 seconds.
  public let quota: Int

  /// The length of the window in seconds.
  public static let window = 60

  public init(name: String, quota: Int) {
    self.name = name
    self.quota = quota
  }
}

/// Whether a request may go on, by the limit that is nearest.
public struct RateLimitDecision: Sendable, Equatable {
  public let isAllowed: Bool
  /// The limit that refuses, or that has the least left.
  public let limit: RateLimit
  /// How many more requests it admits now.
  public let remaining: Int
  /// Seconds until it admits one more than now, at least 1.
  public let secondsToNext: Int
}

/// What is known of a request without asking anybody.
public enum RateLimitVerdict: Sendable, Equatable {
  /// Nothing is limited.
  case unlimited
  case decided(RateLimitDecision)
  /// Nobody can tell before the shared store has been asked: see ``RateLimiter/takeWaiting(_:)``.
  case unknown

  /// Whether the request may go on for certain.
  public var admits: Bool {
    switch self {
    case .unlimited: true
    case .decided(let decision): decision.isAllowed
    case .unknown: false
    }
  }
}
