import Caching
import NIOCore
import PortContracts

extension ModelStore {
  /// Keeps what there is now for a restart.
  func takeSnapshot() { change { state, _ in state.snapshot = state.contents } }

  /// Begins a new run with what the last snapshot has. Generations of other runs count as missing.
  func restart() {
    change { state, _ in
      state.contents = state.snapshot
      state.epoch += 1
    }
  }

  /// Forgets values and generations, each with this probability.
  func evict(_ probability: Double, seed: UInt64) {
    change { state, _ in
      var chance = SplitMix64(seed: seed)
      for key in state.contents.values.keys.sorted(by: { $0.text < $1.text }) where chance.chance(probability) {
        state.contents.values[key] = nil
      }
      let tags = state.contents.records.keys.sorted { ($0.scope.text, $0.name) < ($1.scope.text, $1.name) }
      for tag in tags where chance.chance(probability) { state.contents.records[tag] = nil }
    }
  }

  /// Whether a change of the tag may be under way, as far as the store knows.
  func isInDoubt(_ tag: CacheTag) -> Bool {
    change { state, _ in state.record(tag)?.doubts.isEmpty == false }
  }

  /// The nonces of a key's generations; nil when one is missing or in doubt.
  func nonces(_ key: CacheKey) -> [UInt64]? {
    change { state, _ in
      let records = key.cacheTags.compactMap { state.record($0) }
      guard records.count == key.cacheTags.count, records.allSatisfy(\.doubts.isEmpty) else { return nil }
      return records.map(\.nonce)
    }
  }

  /// How often a value of a key was not stored under its generations.
  func refusals(_ key: CacheKey) -> Int { change { state, _ in state.refusals[key, default: 0] } }

  /// The stored bytes of a key.
  func bytes(_ key: CacheKey) -> ByteBuffer? { change { state, now in state.contents.value(key, now)?.bytes } }
}
