import Foundation
import Logging
import Synchronization
import Testing

@testable import Observability

@Suite("Log lines")
struct LineLogHandlerTests {
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  func logger(isJSON: Bool, into lines: Lines) -> Logger {
    Logger(label: "test") { label in
      LineLogHandler(label: label, level: .info, isJSON: isJSON, now: { "2026-01-01T00:00:00.000Z" }, write: lines.add)
    }
  }

  @Test("An event is one line of JSON with its metadata, whatever it holds")
  func json() throws {
    let lines = Lines()
    var logger = logger(isJSON: true, into: lines)
    logger[metadataKey: "request.id"] = "r1"
    logger.info("a \"b\"\r\nc", metadata: ["path": "\u{1B}[31m\u{7F}\u{2028}é", "request.id": "r2"])
    logger.debug("not at this level")
    let line = try #require(lines.all.first)
    #expect(lines.all.count == 1)
    #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { !$0.isNewline })
    let members = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    #expect(members["message"] == "a \"b\"\r\nc")
    #expect(members["path"] == "\u{1B}[31m\u{7F}\u{2028}é")
    #expect(members["request.id"] == "r2")
    #expect(members["level"] == "info" && members["time"] == "2026-01-01T00:00:00.000Z")
  }

  @Test("A text line cannot be forged or steer a terminal")
  func text() throws {
    let lines = Lines()
    logger(isJSON: false, into: lines).warning("x\n2026 ERROR forged", metadata: ["a": "\u{1B}[2J"])
    #expect(lines.all == ["2026-01-01T00:00:00.000Z WARNING x\\n2026 ERROR forged a=\\u001b[2J\n"])
  }
}
