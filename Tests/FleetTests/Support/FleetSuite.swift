import Foundation
import Synchronization
import Testing

/// Everything that is shown of several instances together, one test after the other: each needs the machine for itself.
///
/// `FLEET_SIZE=full` (see `make soak`) runs each in the size in which it is promised; otherwise they are as long as a
/// build can bear.
@Suite("A fleet of instances", .serialized)
struct FleetSuite {
  /// The fleet that the tests share which leave the weather as they found it.
  static let shared = Task { try await Fleet() }

  static var isFullSize: Bool { ProcessInfo.processInfo.environment["FLEET_SIZE"] == "full" }

  /// A number for the full size, or one for each build.
  static func size<Number>(_ full: Number, orElse small: Number) -> Number { isFullSize ? full : small }

  /// Tells a figure to whoever runs the tests.
  static func report(_ text: String) { print("fleet: \(text)") }
}

extension Duration {
  /// As people read it.
  var text: String {
    let seconds = self / .seconds(1)
    return seconds < 1 ? String(format: "%.1f ms", seconds * 1000) : String(format: "%.2f s", seconds)
  }
}

extension FleetSuite {
  /// One sequence for all tests that share a fleet, so that versions only grow.
  static let versions = Clients.Versions()
}

/// Something that comes to hold once.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  var isSet: Bool { value.load(ordering: .relaxed) }

  func set() { value.store(true, ordering: .relaxed) }
}
