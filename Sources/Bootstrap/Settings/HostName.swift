import NIOCore

/// What can stand where a host is set.
enum HostName {
  /// Whether a text is a name as the DNS has them (RFC 1123, section 2.1, and underscores), or an IP address. What is one
  /// holds no user and no password.
  static func isWellFormed(_ text: String) -> Bool {
    if let match = text.wholeMatch(of: /([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:%[A-Za-z0-9._-]+)?/) {
      // The failure is the finding.
      return (try? SocketAddress(ipAddress: String(match.1), port: 0)) != nil
    }
    // The dot of the root may be written.
    let name = text.hasSuffix(".") ? text.dropLast() : text[...]
    return name.utf8.count <= 253
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
        $0.wholeMatch(of: /[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?/) != nil
      }
  }
}
