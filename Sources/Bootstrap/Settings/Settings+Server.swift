import NIOCore

extension Settings.Server {
  init(_ reader: SettingReader) throws {
    host = try reader.host("HOST", isQuoted: true) ?? "127.0.0.1"
    port = try reader.integer("PORT", default: 8080, in: 0...65_535)
    switch (reader.text("TLS_CERT_FILE"), reader.text("TLS_KEY_FILE")) {
    case (nil, nil): certificate = nil
    case (let chain?, let key?): certificate = (chain, key)
    case (nil, _?): throw SettingError("TLS_CERT_FILE", got: "", takes: "a path, since TLS_KEY_FILE is set")
    case (_?, nil): throw SettingError("TLS_KEY_FILE", got: "", takes: "a path, since TLS_CERT_FILE is set")
    }
    hasHotPath = try reader.bool("HTTP_HOT_PATH", default: true)
    allowedOrigins = Set(reader.list("CORS_ALLOWED_ORIGINS"))
    for origin in allowedOrigins where origin != "*" && !Self.isOrigin(origin) {
      throw SettingError(
        "CORS_ALLOWED_ORIGINS", got: origin.contains("@") ? nil : origin,
        takes: "scheme://host or scheme://host:port, comma-separated, or *")
    }
    trustedProxies = Set(reader.list("TRUSTED_PROXIES"))
    // The failure is the finding, and is thrown under the setting's name.
    for proxy in trustedProxies where (try? SocketAddress(ipAddress: proxy, port: 0)) == nil {
      throw SettingError("TRUSTED_PROXIES", got: proxy, takes: "IP addresses, comma-separated, without ranges")
    }
  }

  /// Whether a text is an origin as browsers send it (RFC 6454, section 6.2).
  private static func isOrigin(_ text: String) -> Bool {
    let form = /[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:\[([^\]]+)\]|([^:\[\]]+))(?::([0-9]{1,5}))?/
    guard let match = text.wholeMatch(of: form) else { return false }
    let port = match.3.flatMap { Int($0) } ?? 80
    return HostName.isWellFormed(String(match.1 ?? match.2 ?? "")) && (1...65_535).contains(port)
  }

  /// Host and port as they stand in a URL: an IPv6 address in brackets.
  func authority(_ port: Int) -> String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
