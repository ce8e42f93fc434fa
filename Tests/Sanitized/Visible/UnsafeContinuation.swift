/// Stands before the standard library's continuation. On Linux the thread sanitizer does not see that what is written before
/// a continuation is resumed is read after it, and calls the smallest correct use a race: a `DispatchQueue` that resumes a
/// continuation with an object, whose member the task then reads. Here the value goes through a lock that it does see.
struct UnsafeContinuation<Value: Sendable, Failure: Error>: Sendable {
  fileprivate let base: _Concurrency.UnsafeContinuation<Void, Never>
  fileprivate let value: Mutex<Value?>

  func resume(returning value: Value) {
    self.value.withLock { $0 = value }
    base.resume()
  }
}

extension UnsafeContinuation where Value == Void {
  func resume() { resume(returning: ()) }
}

func withUnsafeContinuation<Value: Sendable>(
  isolation: isolated (any Actor)? = #isolation, _ body: (UnsafeContinuation<Value, Never>) -> Void
) async -> Value {
  let value = Mutex<Value?>(nil)
  await _Concurrency.withUnsafeContinuation(isolation: isolation) { base in
    body(UnsafeContinuation(base: base, value: value))
  }
  guard let value = value.withLock({ $0 }) else { preconditionFailure("resumed without a value") }
  return value
}
