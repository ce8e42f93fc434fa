extension Duration {
  /// A life as Redis takes it: whole milliseconds, rounded up, so that nothing lives shorter than it was given; 0 when
  /// it is over, and never more than a hundred years, since Redis refuses what its clock cannot hold.
  var lifeInMilliseconds: Int {
    guard self > .zero else { return 0 }
    guard self < .seconds(100 * 366 * 86_400) else { return 100 * 366 * 86_400_000 }
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
