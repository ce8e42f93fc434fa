import Glibc

/// Names to numeric addresses. Blocks: call it on a thread that may.
enum AddressResolver {
  /// Whether the text is an IPv4 or IPv6 address.
  static func isNumeric(_ host: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
  }

  /// The addresses of a host in the system's order.
  static func addresses(of host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [String] = []
    var next = list
    while let entry = next {
      let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer -> String? in
        let status = getnameinfo(
          entry.pointee.ai_addr, entry.pointee.ai_addrlen, buffer.baseAddress, socklen_t(buffer.count), nil, 0,
          NI_NUMERICHOST)
        guard status == 0, let start = buffer.baseAddress else { return nil }
        return String(cString: start)
      }
      if let text, !found.contains(text) { found.append(text) }
      next = entry.pointee.ai_next
    }
    return found
  }
}
