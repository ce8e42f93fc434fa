/// What a cache asks of the database whose answers it keeps. Each call may fail, and is not waited for longer than a call to
/// the shared store.
public struct CacheOrigin: Sendable {
  /// How far the write-ahead log reaches now: what was committed before the call lies before it. Without it loads of what
  /// has not changed since the store was empty must be of the primary.
  public var position: (@Sendable () async throws -> UInt64)?
  /// The tags of changes that the shared store has not been told of, as far as the database knows: those of other instances
  /// too, also of such as have died.
  public var untold: (@Sendable () async throws -> [CacheTag])?

  /// An origin that can be asked nothing.
  public init() {}
}

/// How fresh the data must be that a load reads.
public enum LoadFreshness {
  /// The position in the write-ahead log that a replica must have replayed to serve the load which the current task runs; nil
  /// when only the primary may serve it, and outside of loads.
  @TaskLocal public static var position: UInt64?
}
