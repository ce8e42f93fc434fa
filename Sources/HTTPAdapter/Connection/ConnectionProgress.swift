import NIOCore

/// How far the requests of one HTTP/1 connection have come: what its handlers tell each other, on its event loop.
final class ConnectionProgress {
  /// Requests the decoder has begun and ended to hand on, and answers to them that were written whole.
  var begun = 0
  var ended = 0
  var answered = 0
  /// Whether the decoder has been given whole requests and nothing more.
  var isAtBoundary = true
  /// Whether the connection ends with what has been read so far: no more request on it is answered.
  var isLast = false
  /// When a whole request or answer was last seen; what waits longer than it may is closed.
  var lastMove = NIODeadline.uptimeNanoseconds(0)

  /// Whether nothing is left of all requests so far, so that the next one can be answered in front of the server.
  var isIdle: Bool { isAtBoundary && begun == ended && ended == answered && !isLast }
}
