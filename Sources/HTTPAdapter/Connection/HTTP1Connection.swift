package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// The handlers of a connection of HTTP/1, from bytes to the server's tasks.
package struct HTTP1Connection: ServerChildChannel, HTTPChannelHandler {
  package typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  /// Most bytes of one header field and of all fields of a request, and most fields.
  private static var limits: NIOHTTPDecoderLimitConfiguration {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 16 << 10
    limits.maxHeaderListSize = 64 << 10
    limits.maxHeaderFieldCount = 100
    return limits
  }

  /// The encoder leaves the framing to the codec, which knows the request.
  private static var encoding: HTTPResponseEncoder.Configuration {
    var encoding = HTTPResponseEncoder.Configuration()
    encoding.automaticallySetFramingHeaders = false
    return encoding
  }

  let api: HTTPAPI
  let isSecure: Bool
  private let logger: Logger
  package let responder: HTTPChannelHandler.Responder

  /// - Parameter isSecure: whether TLS is below.
  package init(_ api: HTTPAPI, isSecure: Bool, logger: Logger) {
    self.api = api
    self.isSecure = isSecure
    self.logger = logger
    responder = api.server(logger)
  }

  package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      try addHandlers(to: channel)
      try channel.pipeline.syncOperations.addHandler(HTTPConnectionStateHandler(logger: logger))
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  /// On the event loop of the connection, as ``HitHandler`` does: no request is handed over between threads.
  package func handle(value: Value, logger: Logger) async {
    await withTaskExecutorPreference(api.executors.executor(of: value.channel.eventLoop)) {
      await handleHTTP(asyncChannel: value, logger: logger)
    }
  }

  /// Adds what stands before the server. To be called on the channel's event loop.
  func addHandlers(to channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    let progress = ConnectionProgress()
    if let hits = api.hits {
      try pipeline.addHandler(HitHandler(hits, channel, progress, logger: logger, isDraining: api.isDraining))
    }
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
      withEncoderConfiguration: Self.encoding, withDecoderLimitConfiguration: Self.limits)
    try pipeline.addHandler(HTTP1Codec(progress, isSecure: isSecure, isDraining: api.isDraining))
    try pipeline.addHandler(ConnectionGuard(newID: api.newID, date: api.date, progress: progress))
  }
}
