/// What may be done about a command that failed. After the table of Valkey GLIDE: what was never sent may be sent
/// again; a time-out is final; a lost connection is retried only where twice does no harm; what the server refused to
/// execute may be sent again, elsewhere or later.
struct RetryRules: Sendable {
  enum Decision: Sendable, Equatable {
    case fail
    /// Send it again after a pause.
    case retry(after: Duration)
  }

  /// How often a command may be sent again.
  var maxRetries = 3
  /// The pause before the first retry of what a busy server refused; each further one is three times as long.
  var firstPause = Duration.milliseconds(100)

  /// - Parameter retries: how often the command has been sent again so far.
  func decide(_ error: RedisClientError, effect: RedisCommand.Effect, retries: Int) -> Decision {
    // It was not sent, so that this is no repetition; only the command's time limit ends it.
    if error.code == .connectionClosed(.notSent) { return .retry(after: .milliseconds(1)) }
    guard retries < maxRetries else { return .fail }
    switch error.code {
    case .connectionClosed(.maybeSent): return effect == .once ? .fail : .retry(after: .zero)
    case .server(let prefix): return decide(serverPrefix: prefix, retries: retries)
    default: return .fail
    }
  }

  /// These prefixes say that nothing was executed.
  private func decide(serverPrefix prefix: String, retries: Int) -> Decision {
    let pause = (0..<retries).reduce(firstPause) { pause, _ in pause * 3 }
    return switch prefix {
    case "READONLY", "MASTERDOWN", "LOADING", "BUSY", "TRYAGAIN", "CLUSTERDOWN": .retry(after: pause)
    default: .fail
    }
  }
}
