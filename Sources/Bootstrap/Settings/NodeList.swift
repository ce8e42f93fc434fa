import Foundation
import RedisClient

/// Addresses of several servers, in one of two forms: `host:port,host:port`, or JSON `[{"host": "…", "port": 26379}]`.
enum NodeList {
  private struct Node: Decodable {
    let host: String
    let port: Int?
  }

  /// The servers; nil for anything else.
  static func parse(_ text: String, defaultPort: Int) -> [RedisEndpoint]? {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    let nodes = trimmed.prefixMatch(of: /\[\s*[{\]]/) != nil ? json(trimmed) : plain(trimmed)
    guard let nodes, !nodes.isEmpty else { return nil }
    var endpoints: [RedisEndpoint] = []
    for node in nodes {
      let port = node.port ?? defaultPort
      guard HostName.isWellFormed(node.host), (1...65_535).contains(port) else { return nil }
      endpoints.append(RedisEndpoint(host: node.host, port: port))
    }
    return endpoints
  }

  private static func json(_ text: String) -> [Node]? {
    // Whatever is wrong with it, the setting is refused by name.
    try? JSONDecoder().decode([Node].self, from: Data(text.utf8))
  }

  private static func plain(_ text: String) -> [Node]? {
    var nodes: [Node] = []
    for part in text.split(separator: ",") {
      let part = part.trimmingCharacters(in: .whitespaces)
      // An IPv6 address stands in brackets.
      guard let match = part.wholeMatch(of: /(?:\[([^\]]+)\]|([^:\[\]]+))(?::([0-9]{1,5}))?/) else { return nil }
      nodes.append(Node(host: String(match.1 ?? match.2 ?? ""), port: match.3.flatMap { Int($0) }))
    }
    return nodes
  }
}
