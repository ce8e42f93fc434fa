import Synchronization

/// What has been seen so far, and what must therefore not be seen any more.
final class History: Sendable {
  struct Violation: Sendable, CustomStringConvertible {
    let rule: Rule
    let text: String
    var description: String { "[\(rule)] \(text)" }
  }

  enum Rule: String, CaseIterable, Sendable {
    /// A reader of a node saw an older version of a key than one before it.
    case backwards
    /// The same across keys that show one entity.
    case backwardsAcrossKeys
    /// A node served what is older than a change it acknowledged.
    case ownChange
    /// Another node did not show a change in time.
    case late
    /// After quiet seconds tiers, nodes and database do not agree.
    case disagreement
    /// A call took longer than its limits.
    case hang
    /// More than one load of a key under one generation.
    case loads
    /// A value of another key.
    case foreign
    /// After quiet seconds the cache does not cache.
    case idle
  }

  struct Change: Sendable {
    let node: Int
    let started: UInt64
    let ended: UInt64
    let versions: [Int: Int]
    /// Whether the store had its marks from before the commit until it was told.
    let wasGuarded: Bool
  }

  private struct State {
    /// By node and key: the newest versions that a read which has ended saw, in the order of all entities.
    var seen: [[[Int]]]
    /// By node: the newest versions a change that was acknowledged there made.
    var own: [[Int]]
    var changes: [Change] = []
    var violations: [Violation] = []
  }

  /// What a read must not go below, taken when it begins.
  struct Floor: Sendable {
    let key: [Int]
    let own: [Int]
    let entity: [Int]
    let time: UInt64
  }

  private let state: Mutex<State>

  init(nodes: Int) {
    let none = Array(repeating: 0, count: Subjects.entityCount)
    state = Mutex(
      State(
        seen: Array(repeating: Array(repeating: none, count: Subjects.all.count), count: nodes),
        own: Array(repeating: none, count: nodes)))
  }

  var violations: [Violation] { state.withLock(\.violations) }
  var changes: [Change] { state.withLock(\.changes) }

  func report(_ rule: Rule, _ text: String) {
    state.withLock { $0.violations.append(Violation(rule: rule, text: text)) }
  }

  func floor(_ node: Int, _ subject: Subject, at time: UInt64) -> Floor {
    state.withLock { state in
      var entity = state.own[node]
      for other in Subjects.all where other.kind == .guarded && other.entities.count == 1 {
        for number in other.entities { entity[number] = max(entity[number], state.seen[node][other.number][number]) }
      }
      return Floor(key: state.seen[node][subject.number], own: state.own[node], entity: entity, time: time)
    }
  }

  /// A read has ended.
  func saw(_ versions: [Int], of subject: Subject, on node: Int) {
    state.withLock { state in
      for (entity, version) in zip(subject.entities, versions) {
        state.seen[node][subject.number][entity] = max(state.seen[node][subject.number][entity], version)
      }
    }
  }

  /// A change has been acknowledged.
  func acknowledged(_ change: Change) {
    state.withLock { state in
      state.changes.append(change)
      for (entity, version) in change.versions {
        state.own[change.node][entity] = max(state.own[change.node][entity], version)
      }
    }
  }
}

extension History.Rule {
  /// Whether the cache promises it for such a schedule. Across keys of one tag it does while every call to the store works:
  /// a key that was loaded without the store may be newer than another that is served on the lease.
  func isPromised(in plan: Plan) -> Bool { self != .backwardsAcrossKeys || plan.weather == .calm }
}
