import Foundation
import Testing

/// Waits until a condition holds.
func eventually(
  _ what: @autoclosure () -> String, within limit: Duration = .seconds(60),
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while !(try await condition()) {
    try #require(ContinuousClock.now < deadline, "in vain: \(what())", sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// Runs what blocks on a thread that may be blocked.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
  }
}

/// What each of several concurrent calls gave, in no order.
func atOnce<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: Value.self) { group in
    for number in 0..<count { group.addTask { try await body(number) } }
    return try await group.reduce(into: []) { $0.append($1) }
  }
}

extension Tag {
  /// Takes more than a second or two.
  @Tag static var slow: Self
}
