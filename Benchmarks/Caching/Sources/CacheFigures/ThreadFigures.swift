import Caching
import Dispatch
import Foundation
import Glibc
import Synchronization
import Workload

/// Hits by threads that each read keys of their own, in one cache.
struct ThreadFigures: Encodable {
  /// One thread's work.
  struct Work: Encodable, Sendable {
    let hits: Int
    let wallNanoseconds: UInt64
    /// Processor time that the thread got: below the wall time when others had the core.
    let cpuNanoseconds: UInt64
  }

  private static let hitsEach = 2_000_000
  private static let keysEach = 1_024

  let works: [Work]
  /// From the start of the first thread to the end of the last.
  let wallNanoseconds: UInt64

  init(threads: Int) async throws {
    let filled = try await FilledCache(Self.keysEach * threads)
    let works = Mutex<[Work]>([])
    let ready = Atomic<Int>(0)
    let start = Atomic<UInt64>(0)
    let ended = DispatchGroup()
    for number in 0..<threads {
      ended.enter()
      Thread.detachNewThread {
        let keys = Array(filled.keys[number * Self.keysEach..<(number + 1) * Self.keysEach])
        _ = Self.read(keys, filled.cache, hits: 100_000)
        ready.add(1, ordering: .sequentiallyConsistent)
        while ready.load(ordering: .sequentiallyConsistent) < threads {}
        let began = (wall: Self.now(CLOCK_MONOTONIC), cpu: Self.now(CLOCK_THREAD_CPUTIME_ID))
        start.store(began.wall, ordering: .relaxed)
        let hits = Self.read(keys, filled.cache, hits: Self.hitsEach)
        let work = Work(
          hits: hits, wallNanoseconds: Self.now(CLOCK_MONOTONIC) - began.wall,
          cpuNanoseconds: Self.now(CLOCK_THREAD_CPUTIME_ID) - began.cpu)
        works.withLock { $0.append(work) }
        ended.leave()
      }
    }
    await withCheckedContinuation { continuation in ended.notify(queue: .global()) { continuation.resume() } }
    wallNanoseconds = Self.now(CLOCK_MONOTONIC) - start.load(ordering: .relaxed)
    self.works = works.withLock { $0 }
  }

  private static func read(_ keys: [CacheKey], _ cache: CacheService, hits: Int) -> Int {
    var found = 0
    for index in 0..<hits where cache.peek(keys[index & (keysEach - 1)]) != nil { found += 1 }
    return found
  }

  private static func now(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
