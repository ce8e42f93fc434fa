/// What a reader makes of a value that it finds in a table.
package enum Verdict: Sendable {
  /// It may be used.
  case valid
  /// It can never be used again: it is removed.
  case stale
  /// It must not be used now and may become valid again: it stays, and the read is a miss.
  case withheld
}
