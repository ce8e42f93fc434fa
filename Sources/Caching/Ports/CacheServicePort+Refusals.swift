import Kernel

extension CacheServicePort {
  /// ``change(_:_:)`` for a body that may refuse: a `DomainError` that is certain to have changed nothing is thrown on, and
  /// everything cached stays valid.
  package func changeUnlessRefused<Value: Sendable>(
    _ tags: [CacheTag], _ body: @Sendable () async throws -> CacheChange<Value>
  ) async throws -> Value {
    let outcome = try await change(tags) { () -> CacheChange<Result<Value, DomainError>> in
      do {
        switch try await body() {
        case .committed(let value, let position): return .committed(.success(value), position: position)
        case .unchanged(let value): return .unchanged(.success(value))
        }
      } catch let refusal as DomainError where refusal.isCertain {
        return .unchanged(.failure(refusal))
      }
    }
    return try outcome.get()
  }
}
