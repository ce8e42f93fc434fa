package import Caching

/// What every adapter of ``InstanceRosterPort`` keeps. Each rule wants a roster that nobody is on.
package enum InstanceRosterContract {
  /// All rules.
  package static var rules: [ContractRule<any InstanceRosterPort>] {
    [
      ContractRule("Everyone who was announced counts, each once however often") { roster in
        for round in 0..<3 {
          for (number, name) in ["a", "b", "c"].enumerated() {
            let found = try await roster.announce(name, freshness: .seconds(60))
            try requireEqual(found.instances, round == 0 ? number + 1 : 3, "the instances when \(name) was announced")
          }
        }
      },
      ContractRule("An instance is known from its second announcement on") { roster in
        try requireEqual(try await roster.announce("a", freshness: .seconds(60)).wasKnown, false, "known at first")
        try requireEqual(try await roster.announce("a", freshness: .seconds(60)).wasKnown, true, "known then")
        try requireEqual(try await roster.announce("b", freshness: .seconds(60)).wasKnown, false, "the other's fame")
      },
      ContractRule("Who was not heard of within the freshness does not count, and is still known") { roster in
        _ = try await roster.announce("a", freshness: .seconds(60))
        try await Task.sleep(for: .milliseconds(30))
        try requireEqual(try await roster.announce("b", freshness: .milliseconds(5)).instances, 1, "the instances")
        try requireEqual(try await roster.announce("a", freshness: .milliseconds(5)).wasKnown, true, "its fame")
      },
    ]
  }
}
