import Glibc

/// The counter of `Allocations/counter.c`, which must be preloaded.
struct AllocationCounter {
  private let count: @convention(c) () -> UInt
  private let bytes: @convention(c) () -> Int

  init() throws {
    // The default handle: every library that is loaded, the preloaded one among them.
    guard let count = dlsym(nil, "allocations_so_far"), let bytes = dlsym(nil, "bytes_in_use") else {
      throw NotPreloaded()
    }
    self.count = unsafeBitCast(count, to: (@convention(c) () -> UInt).self)
    self.bytes = unsafeBitCast(bytes, to: (@convention(c) () -> Int).self)
  }

  /// Allocations of this process so far.
  var allocations: Int { Int(count()) }

  /// Bytes in use, those of the allocator's own bookkeeping included.
  var bytesInUse: Int { bytes() }

  /// The counter is not there to ask.
  struct NotPreloaded: Error {}
}
