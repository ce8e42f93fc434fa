/// How long one caller waits for a load, whatever others do.
struct Patience: Sendable {
  /// After this long the caller takes what ``hasFallback`` promises, if there is anything; the load goes on.
  var soft: Duration?
  /// After this long the caller gives up.
  var hard: Duration?
  /// Whether there is something else to give the caller.
  var hasFallback: @Sendable () -> Bool = { false }
}

/// Why a caller stopped waiting for a load that goes on.
enum PatienceEnded: Error, Equatable {
  /// There is something else to give him.
  case soft
  /// There is not, and he has waited long enough.
  case hard
}

extension SingleFlight {
  /// Lets a caller go when his patience ends.
  func startTimer(_ key: CacheKey, _ flight: Flight, _ caller: Int, _ patience: Patience) -> Task<Void, Never>? {
    guard patience.soft != nil || patience.hard != nil else { return nil }
    return environment.start { [self] in
      do {
        if let soft = patience.soft {
          try await environment.sleep(soft)
          if patience.hasFallback() { return flight.excuse(caller) }
        }
        if let hard = patience.hard {
          try await environment.sleep(max(.zero, hard - (patience.soft ?? .zero)))
          leave(key, flight, caller, PatienceEnded.hard)
        }
      } catch {
        // The caller has been answered.
      }
    }
  }
}
