import PostgresClient

extension PostgresPoolSettings {
  /// For tests that are not about deadlines: a crowded machine, or a sanitizer, must not fail them.
  static var patient: Self {
    var settings = Self()
    settings.connectTimeout = .seconds(60)
    settings.acquisitionDeadline = .seconds(60)
    settings.statementDeadline = .seconds(60)
    return settings
  }
}
