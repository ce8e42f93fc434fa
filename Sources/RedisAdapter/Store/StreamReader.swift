import RedisClient

/// Reads a stream of the client for the one task that iterates over the store's stream, so that the two end together.
actor StreamReader<Element: Sendable> {
  private var iterator: AsyncThrowingStream<Element, any Error>.Iterator

  init(_ stream: AsyncThrowingStream<Element, any Error>) { iterator = stream.makeAsyncIterator() }

  func next() async throws -> Element? {
    var iterator = iterator
    defer { self.iterator = iterator }
    return try await iterator.next(isolation: self)
  }
}

/// The same for streams that do not fail.
actor EventReader<Element: Sendable> {
  private var iterator: AsyncStream<Element>.Iterator

  init(_ stream: AsyncStream<Element>) { iterator = stream.makeAsyncIterator() }

  func next() async -> Element? {
    var iterator = iterator
    defer { self.iterator = iterator }
    return await iterator.next(isolation: self)
  }
}
