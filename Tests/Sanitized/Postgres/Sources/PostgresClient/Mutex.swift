import Glibc

/// A lock that ThreadSanitizer knows, in the place of `Synchronization.Mutex`.
struct Mutex<Value>: ~Copyable, Sendable {
  /// Sound to share: the value is reached only with the lock held.
  private final class Storage: @unchecked Sendable {
    let lock: UnsafeMutablePointer<pthread_mutex_t>
    var value: Value

    init(_ value: consuming sending Value) {
      self.value = value
      lock = .allocate(capacity: 1)
      lock.initialize(to: pthread_mutex_t())
      pthread_mutex_init(lock, nil)
    }

    deinit {
      pthread_mutex_destroy(lock)
      lock.deallocate()
    }
  }

  private let storage: Storage

  init(_ value: consuming sending Value) { storage = Storage(value) }

  borrowing func withLock<Result, Failure: Error>(_ body: (inout sending Value) throws(Failure) -> sending Result)
    throws(Failure) -> sending Result
  {
    pthread_mutex_lock(storage.lock)
    defer { pthread_mutex_unlock(storage.lock) }
    return try body(&storage.value)
  }
}
