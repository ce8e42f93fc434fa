/// How long to wait before the next try to connect.
struct BackOff: Sendable {
  /// How tries are spaced.
  struct Schedule: Sendable {
    /// After the first failure, the second, …; the last one repeats.
    var delays: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10)]
    /// How many failures in a row until tries come at `steadyInterval`, for ever.
    var tries = 10
    var steadyInterval = Duration.seconds(5)
    /// How often to look again, at first, where a fail-over may be under way and another server will answer.
    var search: (interval: Duration, tries: Int) = (.zero, 0)
  }

  private let schedule: Schedule
  /// Failures in a row.
  private(set) var failures = 0

  init(_ schedule: Schedule) { self.schedule = schedule }

  /// Notes a failure.
  /// - Parameter jitter: in 0..<1; shortens the wait by up to a quarter, so that clients do not come back together.
  mutating func next(jitter: Double) -> Duration {
    failures += 1
    let delay: Duration
    if failures <= schedule.search.tries {
      delay = schedule.search.interval
    } else {
      let failures = failures - schedule.search.tries
      delay =
        failures > schedule.tries
        ? schedule.steadyInterval : schedule.delays[min(failures, schedule.delays.count) - 1]
    }
    return delay * (1 - 0.25 * jitter)
  }

  /// Forgets failures: a connection has proved to be stable.
  mutating func reset() { failures = 0 }
}
