import HTTPTypes
import NIOCore

/// Finds the address of the caller behind proxies that are trusted.
package struct ClientAddress: Sendable {
  private let trusted: Set<String>

  /// - Parameter trusted: addresses of proxies whose `Forwarded` and `X-Forwarded-For` fields are believed.
  package init(trustedProxies trusted: Set<String>) { self.trusted = trusted }

  /// The peer's address, or the nearest one in front of it that is no trusted proxy's. A request with both fields bears
  /// one that no proxy of ours has written, so neither is believed.
  /// - Parameter peer: the address the connection comes from.
  func of(_ peer: String, _ headers: HTTPFields) -> String {
    of(peer, headers[.forwarded], headers[.forwardedFor])
  }

  /// The same for the values of the two fields.
  func of(_ peer: String, _ forwarded: String?, _ forwardedFor: String?) -> String {
    guard trusted.contains(peer) else { return peer }
    let hops = Self.hops(forwarded, forwardedFor)
    return hops.last { !trusted.contains($0) } ?? hops.first ?? peer
  }

  /// The address a connection comes from; `unknown` without one.
  static func peer(_ channel: (any Channel)?) -> String {
    let address = channel?.remoteAddress?.ipAddress ?? "unknown"
    return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
  }

  /// What proxies add to a request.
  private static let signs: [HTTPField.Name] = [
    .forwarded, .forwardedFor, .forwardedProto, .forwardedHost, .forwardedPort, .realIP, .via,
  ]

  /// Whether the request comes from this machine and through no proxy.
  static func isLocal(_ channel: (any Channel)?, _ headers: HTTPFields) -> Bool {
    guard !signs.contains(where: { headers.contains($0) }) else { return false }
    guard let address = channel?.remoteAddress else { return false }
    guard let text = address.ipAddress else { return address.protocol == .unix }
    return text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
  }

  /// The addresses the proxies say they were asked by, the farthest first.
  private static func hops(_ forwarded: String?, _ forwardedFor: String?) -> [String] {
    guard forwarded == nil || forwardedFor == nil else { return [] }
    if let field = forwarded {
      return field.split(separator: ",").compactMap { hop in
        hop.split(separator: ";").map { $0.trimmed }.first { $0.lowercased().hasPrefix("for=") }
          .map { address(String($0.dropFirst(4))) }
      }
    }
    return forwardedFor?.split(separator: ",").map { address(String($0.trimmed)) } ?? []
  }

  /// An address without quotes, brackets and port.
  private static func address(_ text: String) -> String {
    let bare = text.filter { $0 != "\"" }
    if bare.hasPrefix("[") { return String(bare.dropFirst().prefix { $0 != "]" }) }
    return bare.count { $0 == ":" } == 1 ? String(bare.prefix { $0 != ":" }) : bare
  }
}

extension Substring {
  /// Without spaces and tabs at either end.
  var trimmed: Substring {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }
}
