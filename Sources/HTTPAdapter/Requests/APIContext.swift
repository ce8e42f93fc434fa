package import Hummingbird
import NIOCore

/// What Hummingbird carries through a request: its own storage and the channel it came by.
package struct APIContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// Nil in tests that call the responder without a socket.
  let channel: (any Channel)?
  /// The address the request comes from.
  var peer: String { ClientAddress.peer(channel) }
  /// Set by the responder before the router is asked.
  var requestID = ""

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
