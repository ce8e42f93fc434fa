import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Turns messages of HTTP/1 into the version-independent ones that the server uses, and minds the manners that the server
/// does not: a request has one host (RFC 9112, section 3.2), a connection of HTTP/1.0 ends with its answer unless the
/// client asks otherwise, an answer that is the last one says so, and one is framed as its request allows (section 6).
///
/// With the last answer the connection is closed in stages (section 9.6). The server does not know that it is the last:
/// it reads the rest of the request and drops it, in the bounds of ``ConnectionGuard``, and what comes after that is dropped
/// here, until the client closes too or is silent for too long.
final class HTTP1Codec: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// What an answer follows from.
  private struct Asked {
    let isHead: Bool
    /// Whether the request is of HTTP/1.0.
    let isOld: Bool
    /// Whether it is, and asked for the connection to go on.
    let isOldKeptAlive: Bool
  }

  private let progress: ConnectionProgress
  private let scheme: String
  private let isDraining: @Sendable () -> Bool
  /// Whether the newest request asked for the connection to end with its answer.
  private var endsWithNewest = false
  /// Whether the newest request waits to be told to go on: what comes next may be its body or another request.
  private var isHeldBack = false
  /// The requests whose answers have not been written whole.
  private var asked = CircularBuffer<Asked>()
  /// Whether the answer that is being written is the last.
  private var isFarewell = false

  init(_ progress: ConnectionProgress, isSecure: Bool, isDraining: @escaping @Sendable () -> Bool) {
    self.progress = progress
    self.isDraining = isDraining
    scheme = isSecure ? "https" : "http"
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What comes after the last request is nobody's.
    if progress.isLast, progress.begun == progress.ended { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard let request = request(head) else {
        progress.isLast = true
        return context.fireErrorCaught(MalformedHead())
      }
      progress.begun += 1
      context.fireChannelRead(wrapInboundOut(.head(request)))
    case .body(let body):
      isHeldBack = false
      context.fireChannelRead(wrapInboundOut(.body(body)))
    case .end(let trailers):
      isHeldBack = false
      progress.ended += 1
      context.fireChannelRead(wrapInboundOut(.end(trailers.map(Self.fields))))
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let response):
      var head = HTTPResponseHead(response)
      if response.status.kind == .informational { isHeldBack = false } else { complete(&head) }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let body): context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: promise)
    case .end(let trailers):
      progress.answered += 1
      _ = asked.popFirst()
      context.write(wrapOutboundOut(.end(trailers.map { HTTPHeaders($0) })), promise: promise)
      guard isFarewell else { return }
      isFarewell = false
      context.flush()
      if isDraining() { context.closeGently() } else { context.close(mode: .output, promise: nil) }
    }
  }

  /// Nil when HTTP does not take what the decoder took.
  private func request(_ head: HTTPRequestHead) -> HTTPRequest? {
    let isOld = head.version.major == 1 && head.version.minor == 0
    guard let method = try? HTTPRequest.Method(head.method) else { return nil }
    let (authority, path) = Self.parts(of: head.uri)
    var request = HTTPRequest(
      method: method, scheme: scheme, authority: authority, path: path, headerFields: HTTPFields())
    request.headerFields.reserveCapacity(head.headers.count)
    var hosts = 0
    var (isUpgrade, isChunked, isWaiting) = (false, false, false)
    for (name, value) in head.headers {
      // The decoder has checked that it is one.
      guard let name = HTTPField.Name(name) else { return nil }
      switch name.canonicalName {
      case "host":
        hosts += 1
        guard HostForm.isMet(by: value[...].trimmed) else { return nil }
        if request.authority == nil { request.authority = value }
        continue
      // For this handler alone.
      case "connection": continue
      // Nobody here undoes another coding.
      case "transfer-encoding":
        guard !isChunked, value[...].trimmed.lowercased() == "chunked" else { return nil }
        isChunked = true
      // HTTP/1.0 has none (RFC 9110, section 10.1.1).
      case "expect" where isOld: continue
      case "expect": isWaiting = value[...].trimmed.lowercased() == "100-continue"
      case "upgrade": isUpgrade = true
      default: break
      }
      request.headerFields.append(HTTPField(name: name, value: value))
    }
    guard hosts == 1 || (hosts == 0 && isOld) else { return nil }
    asked.append(Asked(isHead: method == .head, isOld: isOld, isOldKeptAlive: isOld && head.isKeepAlive))
    isHeldBack = isWaiting
    // Past a word of another protocol the decoder reads no further, whether or not anybody speaks it.
    endsWithNewest = !head.isKeepAlive || isUpgrade || method == .connect
    if endsWithNewest { progress.isLast = true }
    return request
  }

  /// Authority and path of a request target; an absolute one names both.
  private static func parts(of target: String) -> (authority: String?, path: String) {
    guard target.utf8.first != UInt8(ascii: "/"), let scheme = target.firstRange(of: "://") else {
      return (nil, target)
    }
    let rest = target[scheme.upperBound...]
    guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return (String(rest), "/") }
    let path = rest[end...]
    return (String(rest[..<end]), path.hasPrefix("/") ? String(path) : "/" + path)
  }

  private static func fields(_ headers: HTTPHeaders) -> HTTPFields {
    headers.reduce(into: HTTPFields()) { fields, header in
      if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
    }
  }

  /// Adds to the head of an answer how its end is told and what becomes of the connection.
  private func complete(_ head: inout HTTPResponseHead) {
    let request = asked.first
    let isOfNewest = progress.answered + 1 == progress.begun
    isFarewell = isOfNewest && (endsWithNewest || isHeldBack || isDraining())
    if request?.isHead != true, head.status.mayHaveResponseBody, !head.headers.contains(name: "Content-Length") {
      // HTTP/1.0 knows no other end of it than that of the connection.
      if request?.isOld == true {
        isFarewell = true
      } else {
        head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
      }
    }
    if isFarewell {
      progress.isLast = true
      head.headers.replaceOrAdd(name: "Connection", value: "close")
    } else if request?.isOldKeptAlive == true {
      head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
    }
  }
}

/// A head that the decoder takes and HTTP does not.
struct MalformedHead: Error {}

extension ChannelHandlerContext {
  /// How long a peer may go on sending after the last answer.
  private static var farewellTime: TimeAmount { .seconds(2) }

  /// Ends what is sent, and closes the connection when the peer does so or the time is over. Closing at once would take
  /// the last answer from a peer that is still sending.
  func closeGently() {
    close(mode: .output, promise: nil)
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: Self.farewellTime) { bound.value.close(promise: nil) }
  }
}
