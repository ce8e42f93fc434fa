import NIOCore

extension SharedTier {
  /// A claim to load a key for all instances. It saves work; what may be stored is for the fence to say.
  struct LoadClaim: Sendable {
    let key: CacheKey
    let token: ByteBuffer

  }

  /// A claim of a key under its generations: who asks after a change does not wait for a load that began before it.
  func claim(_ key: CacheKey, _ fence: SharedFence) -> LoadClaim {
    let generation = fence.guards.reduce(0) { ($0 &* 31) ^ $1.nonce }
    return LoadClaim(
      key: CacheKey("lock", key.scope, key.text, [String(generation, radix: 16)]),
      token: ByteBuffer(integer: environment.random()))
  }

  /// Whether the claim is granted; nil when the store did not answer.
  func acquire(_ claim: LoadClaim, limit: Duration) async -> Bool? {
    let lease = options.lockLease
    return await call(limit) {
      try await $0.compareAndSet(claim.key, expected: nil, new: claim.token, timeToLive: lease)
    }
  }

  /// Gives a claim back, without anybody waiting for it; a claim that has passed to another is left alone.
  func release(_ claim: LoadClaim) {
    _ = environment.start { [self] in
      // Nobody asks whether the store answers: a claim that stays ends by itself.
      _ = try? await timed(options.writeLimit) { try await $0.compareAndDelete(claim.key, expected: claim.token) }
    }
  }
}
