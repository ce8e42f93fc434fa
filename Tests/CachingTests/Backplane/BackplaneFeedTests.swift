import Testing

@testable import Caching

@Suite("What an instance makes of the messages it hears")
final class BackplaneFeedTests {
  private static let second: UInt64 = 1_000_000_000
  private var feed = BackplaneFeed(publisher: 1, beat: second)

  private func message(_ publisher: UInt64, _ number: UInt64, _ body: BackplaneMessage.Body = .removed([]))
    -> BackplaneMessage
  {
    BackplaneMessage(publisher: publisher, number: number, body: body)
  }

  @Test("The feed is live once its own beat has come back, and not before")
  func live() {
    feed.subscribed(at: 0)
    #expect(feed.heard(message(2, 0, .beat), at: 0) == .fine)
    #expect(feed.heard(message(1, 0, .beat), at: 0) == .live)
    #expect(feed.heard(message(1, 0, .beat), at: 0) == .fine)
  }

  @Test("It is dead when its own beats stay away for two beats, whatever others send")
  func silence() {
    feed.subscribed(at: 0)
    _ = feed.heard(message(1, 0, .beat), at: 0)
    _ = feed.heard(message(2, 0, .beat), at: 2 * Self.second)
    #expect(feed.passed(2 * Self.second) == .fine)
    #expect(feed.passed(2 * Self.second + 1) == .dead)
    #expect(feed.passed(9 * Self.second) == .fine, "a feed that is known to be dead died again")
  }

  @Test("A subscription in which nothing comes back is dead after two beats")
  func neverHeard() {
    feed.subscribed(at: 5 * Self.second)
    #expect(feed.passed(7 * Self.second) == .fine)
    #expect(feed.passed(7 * Self.second + 1) == .dead)
  }

  @Test("Messages in a row are fine; a jump is a gap, and so is a beat that is ahead")
  func numbers() {
    feed.subscribed(at: 0)
    #expect(feed.heard(message(2, 0, .beat), at: 0) == .fine)
    #expect(feed.heard(message(2, 1), at: 0) == .fine)
    #expect(feed.heard(message(2, 2), at: 0) == .fine)
    #expect(feed.heard(message(2, 2, .beat), at: 0) == .fine)
    #expect(feed.heard(message(2, 4), at: 0) == .gap)
    #expect(feed.heard(message(2, 5), at: 0) == .fine)
    #expect(feed.heard(message(2, 6, .beat), at: 0) == .gap)
    #expect(feed.heard(message(2, 6, .beat), at: 0) == .fine)
  }

  @Test("A publisher that is heard for the first time is a gap only if it has sent something before")
  func strangers() {
    feed.subscribed(at: 0)
    #expect(feed.heard(message(2, 1), at: 0) == .fine)
    #expect(feed.heard(message(3, 0, .beat), at: 0) == .fine)
    #expect(feed.heard(message(4, 7, .beat), at: 0) == .gap)
    #expect(feed.heard(message(5, 2), at: 0) == .gap)
  }

  @Test("A new subscription knows nobody; one that was silent for a minute is forgotten")
  func forgetting() {
    feed.subscribed(at: 0)
    _ = feed.heard(message(2, 0, .beat), at: 0)
    _ = feed.heard(message(2, 1), at: 0)
    feed.subscribed(at: 1)
    #expect(feed.heard(message(2, 2), at: 1) == .gap)
    _ = feed.passed(62 * Self.second)
    #expect(feed.heard(message(2, 3), at: 62 * Self.second) == .gap)
  }

  @Test(
    "A message survives its wire form, and cut or foreign bytes are none",
    arguments: [
      BackplaneMessage.Body.beat, .removed(["a", "ü:b"]), .flushed("x:*", nil), .flushed("", .platform),
      .bumped([FenceGuard(.all(.platform), nonce: .max), FenceGuard(.named("venue", .platform), nonce: 1)]),
    ])
  func wireForm(_ body: BackplaneMessage.Body) {
    let message = BackplaneMessage(publisher: .max, number: 7, body: body)
    let bytes = message.encoded()
    #expect(BackplaneMessage(bytes) == message)
    for length in 0..<bytes.readableBytes {
      #expect(BackplaneMessage(bytes.getSlice(at: 0, length: length) ?? bytes) == nil)
    }
    var longer = bytes
    longer.writeInteger(UInt8(0))
    #expect(BackplaneMessage(longer) == nil)
    var foreign = bytes
    foreign.setInteger(UInt8(2), at: 0)
    #expect(BackplaneMessage(foreign) == nil)
  }
}
