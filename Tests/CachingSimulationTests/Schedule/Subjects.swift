import Caching
import Kernel

/// What the simulated world caches: keys, each with the entities that its value shows.
struct Subject: Sendable {
  enum Kind: Sendable {
    /// Made from entities that are changed by ``CacheService/change(_:_:)``.
    case guarded
    /// Made from an entity that others change, who tell the cache afterwards.
    case external
    /// Has no record behind it: what was set last.
    case register
  }

  let number: Int
  let key: CacheKey
  let kind: Kind
  /// Each is changed under the tag of the same number.
  let entities: [Int]
  var policy = CachePolicy.forever
}

/// The keys and tags of every schedule.
enum Subjects {
  static let tenant = CacheScope.tenant(TenantID(UniqueID(high: 1, low: 2)))
  static let external = 2
  static let platform = 3
  static let entityCount = 4

  /// The tag of each entity.
  static let tags: [CacheTag] = [
    .named("packages", tenant), .named("venues", tenant), .named("imported", tenant), .named("plans", .platform),
  ]

  static let all: [Subject] = [
    subject(0, "package", [0]), subject(1, "package-list", [0]), subject(2, "package-with-venue", [0, 1]),
    timed(subject(3, "venue", [1])), subject(4, "imported", [external], .external), subject(5, "plan", [platform]),
    subject(6, "register", [], .register),
  ]

  static let register = 6

  /// What a change of entities is told to the cache as.
  static func tags(of entities: [Int]) -> [CacheTag] { entities.map { tags[$0] } }

  private static func subject(
    _ number: Int, _ name: String, _ entities: [Int], _ kind: Subject.Kind = .guarded
  ) -> Subject {
    let scope: CacheScope = entities == [platform] ? .platform : tenant
    let names = kind == .register ? ["register"] : entities.map { Self.tags[$0].name }
    return Subject(
      number: number, key: CacheKey("simulation", scope, name, tags: names), kind: kind, entities: entities)
  }

  private static func timed(_ subject: Subject) -> Subject {
    var subject = subject
    subject.policy = CachePolicy(
      timeToLive: .seconds(2), staleGrace: .seconds(4), refreshThreshold: .milliseconds(400))
    return subject
  }
}
