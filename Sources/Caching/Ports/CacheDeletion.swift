/// What a shared store tells of keys that anyone has written or deleted there, or that have expired or been evicted.
public enum CacheDeletion: Sendable, Hashable {
  /// These keys, by their texts: a copy in memory must be compared with the store before it is served again.
  case keys([String])
  /// Any key may have been.
  case everything
  /// Nothing becomes known until the next ``everything``.
  case interrupted
}
