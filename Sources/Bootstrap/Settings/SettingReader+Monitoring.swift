extension SettingReader {
  /// Checks the settings of monitoring and alerts, which nothing in this version does: so one that cannot be used is known
  /// before it counts.
  func checkMonitoring() throws {
    _ = try bool("MONITORING_ENABLED", "REDIS_MONITORING_ENABLED", default: true)
    _ = try duration("MONITORING_INTERVAL_MS", "REDIS_MONITORING_INTERVAL_MS", default: .seconds(30))
    for name in ["REDIS_ALERT_MEMORY_THRESHOLD", "REDIS_ALERT_HIT_RATIO_THRESHOLD"] {
      _ = try fraction(name, default: 0)
    }
    _ = try integer("REDIS_ALERT_CONNECTIONS", default: 100, in: 0...1_000_000)
    _ = try duration("REDIS_ALERT_SLOW_QUERY_MS", default: .seconds(1))
    if let hook = text("ALERT_WEBHOOK_URL"), hook.wholeMatch(of: /https?:\/\/[^\/\s]\S*/) == nil {
      // Such addresses hold secrets.
      throw SettingError("ALERT_WEBHOOK_URL", got: nil, takes: "http://… or https://…")
    }
  }
}
