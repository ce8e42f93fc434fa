import DequeModule

/// What a session of a pool is doing. It is free again only when its answer is there and no cancel request is under way.
struct SessionWork {
  /// What was sent; nil between the segments of a transaction.
  var exchange: Exchange?
  var lease: LeaseID?
  /// When the server is told to stop.
  var deadline = Instant.distantFuture
  /// Whether the deadline has passed.
  var isOverdue = false
  /// When the connection is closed because even that brought no answer.
  var closesAt = Instant.distantFuture
  /// Whether a cancel request is on its way.
  var isCancelling = false
  /// The answer, when it came while a cancel request was on its way.
  var block: TransactionBlock?
  /// Whether the segment is the pool's own ROLLBACK.
  var isCleaning = false
}

/// A session that belongs to a transaction.
struct LeaseState {
  /// Nil until the first segment was given a session.
  var session: SessionID?
  /// Segments that wait for the one before them.
  var pending: Deque<Exchange> = []
  /// Whether the transaction no longer needs it.
  var isReleased = false
}
