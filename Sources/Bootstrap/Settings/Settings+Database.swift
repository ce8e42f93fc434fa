package import PostgresClient

extension Settings {
  /// Where the data is.
  package struct Database: Sendable {
    /// The primary, as the application signs in.
    package var primary: PostgresURL
    /// The primary, as the schema's owner signs in.
    package var admin: PostgresURL
    package var pool: PostgresPoolSettings
  }
}

extension Settings.Database {
  /// Throws ``SettingError`` when there is no address at all.
  init(_ reader: SettingReader) throws {
    if let url = try reader.postgresURL("DATABASE_URL") {
      primary = url
    } else if let host = reader.text("DB_PRIMARY_HOST") {
      primary = PostgresURL(
        host: host, port: try reader.integer("DB_PORT", default: 5432, in: 1...65_535),
        database: reader.text("DB_NAME"),
        user: reader.text("DB_USER"), password: reader.text("DB_PASSWORD"))
    } else {
      throw SettingError(
        "DATABASE_URL", got: "", takes: "postgres://user:password@host:port/database, since ADAPTERS_PRESET is real")
    }
    admin = try reader.postgresURL("DATABASE_ADMIN_URL") ?? primary
    pool = try PostgresPoolSettings(reader)
  }
}

extension PostgresPoolSettings {
  fileprivate init(_ reader: SettingReader) throws {
    self.init()
    maximum = try reader.integer("DATABASE_POOL_MAX", default: 20, in: 1...10_000)
    minimum = try reader.integer("DATABASE_POOL_MIN", default: min(2, maximum), in: 0...maximum)
    idleTimeout = try reader.duration("DATABASE_POOL_IDLE_TIMEOUT", default: .seconds(30))
    connectTimeout = try reader.duration("DATABASE_POOL_CONNECT_TIMEOUT", default: .seconds(5))
    acquisitionDeadline = connectTimeout
    statementDeadline = try reader.duration(
      "DATABASE_POOL_STATEMENT_TIMEOUT", default: .seconds(30))
    maximumLifetime = try reader.duration(
      "DATABASE_POOL_MAX_LIFETIME", default: .seconds(3600))
    connectAttempts = 1 + (try reader.integer("DATABASE_MAX_RETRIES", default: 3, in: 0...100))
    connectRetryDelay = try reader.duration("DATABASE_RETRY_DELAY_MS", default: .seconds(1))
    usesPreparedStatements = try reader.bool("DATABASE_PREPARED", default: true)
  }
}

extension SettingReader {
  /// A URL; one that cannot be read is refused without quoting it, since it may hold a password.
  fileprivate func postgresURL(_ name: String) throws -> PostgresURL? {
    guard let text = text(name) else { return nil }
    do {
      return try PostgresURL(text)
    } catch {
      throw SettingError(name, got: nil, takes: "postgres://user:password@host:port/database?sslmode=…")
    }
  }
}
