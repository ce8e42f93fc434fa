import NIOCore
import PortContracts
import Testing

@testable import InMemoryAdapter

@Suite("Channels in this process", .timeLimit(.minutes(1)))
struct InProcessChannelsTests {
  private let channels = InProcessChannels()

  private func publish(_ range: Range<Int>) {
    for number in range { channels.publish(ByteBuffer(integer: number), on: "a") }
  }

  /// All messages until the stream ends.
  private func drain(_ stream: AsyncStream<ByteBuffer>) async throws -> [Int] {
    try await within("the end of the stream") {
      await stream.reduce(into: []) { numbers, message in numbers.append(message.getInteger(at: 0) ?? -1) }
    }
  }

  @Test("A subscriber may be a backlog behind; the next message ends its stream after those")
  func backlog() async throws {
    let stream = channels.subscribe("a")
    publish(0..<InProcessChannels.backlog)
    #expect(channels.subscriptionCount == 1)
    publish(-1..<0)
    #expect(channels.subscriptionCount == 0)
    publish(5000..<5010)
    #expect(try await drain(stream) == Array(0..<InProcessChannels.backlog))
  }

  @Test("One who is behind does not slow the others")
  func othersGoOn() async throws {
    let slow = channels.subscribe("a")
    let quick = channels.subscribe("a")
    var iterator = quick.makeAsyncIterator()
    for number in 0..<(InProcessChannels.backlog * 2) {
      publish(number..<(number + 1))
      #expect(await iterator.next()?.getInteger(at: 0, as: Int.self) == number)
    }
    #expect(channels.subscriptionCount == 1)
    #expect(try await drain(slow).count == InProcessChannels.backlog)
  }

  @Test("Cancelling the reader and letting go of the stream unsubscribe")
  func unsubscribe() async throws {
    do {
      let stream = channels.subscribe("a")
      #expect(channels.subscriptionCount == 1)
      withExtendedLifetime(stream) {}
    }
    try await eventually("the end of a subscription that was let go") { channels.subscriptionCount == 0 }
    let stream = channels.subscribe("a")
    let reader = Task { for await _ in stream {} }
    reader.cancel()
    await reader.value
    try await eventually("the end of a cancelled subscription") { channels.subscriptionCount == 0 }
  }

  @Test("Streams end when the channels are gone")
  func gone() async throws {
    var channels: InProcessChannels? = InProcessChannels()
    let stream = try #require(channels?.subscribe("a"))
    channels?.publish(ByteBuffer(integer: 1), on: "a")
    channels = nil
    #expect(try await drain(stream) == [1])
  }

  @Test("Subscribing and unsubscribing while messages are sent loses none for those who stay")
  func churn() async throws {
    let stream = channels.subscribe("a")
    try await withThrowingTaskGroup(of: Void.self) { [channels] group in
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<500 {
            let passing = channels.subscribe("a")
            let reader = Task { for await _ in passing { return } }
            reader.cancel()
            await reader.value
          }
        }
      }
      group.addTask { for number in 0..<1000 { channels.publish(ByteBuffer(integer: number), on: "a") } }
      try await group.waitForAll()
    }
    channels.publish(ByteBuffer(integer: 1000), on: "a")
    var numbers: [Int] = []
    for await message in stream {
      numbers.append(message.getInteger(at: 0) ?? -1)
      if numbers.count == 1001 { break }
    }
    #expect(numbers == Array(0...1000))
  }
}
