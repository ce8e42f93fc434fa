extension Duration {
  /// Whole nanoseconds, as a ticker counts them: 0 for negative durations, `UInt64.max` for those of 585 years or more.
  package var ticks: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflows) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflows ? .max : UInt64(attoseconds / 1_000_000_000).addingSaturated(whole)
  }
}

extension UInt64 {
  /// The sum, or `max` where it does not fit.
  package func addingSaturated(_ other: UInt64) -> UInt64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
