import CProcessor
import Foundation
import Synchronization
import Testing

@testable import Caching

@Suite("Copies of records near a processor", .timeLimit(.minutes(2)))
struct NearCopiesTests {
  private typealias Record = NamedValue<Int>

  private static func key(_ number: Int) -> CacheKey { CacheKey("n", .platform, "\(number)") }

  private static func record(_ key: CacheKey, _ value: Int) -> Record {
    NamedValue(name: key.text, value: value, cost: 1, expiresAt: .max)
  }

  @Test("A copy is found until it is dropped, and its reads are told once")
  func lifecycle() {
    let copies = NearCopies<Record>(shards: 2)
    defer { copies.deallocate() }
    let key = Self.key(1)
    onEveryProcessor {
      #expect(copies.record(key, shard: 1) { _ in .valid } == nil)
      let replaced = copies.keep(Self.record(key, 7), key.fingerprint, shard: 1, 3, namespace: "n")
      #expect(replaced == nil)
      for _ in 0..<5 { #expect(copies.record(key, shard: 1) { _ in .valid }?.value == 7) }
      #expect(copies.record(key, shard: 1) { _ in .withheld } == nil)
      #expect(copies.record(key, shard: 0) { _ in .valid } == nil, "each shard has its own")
    }
    let reads = Mutex(0)
    copies.takeReads(shard: 1) { told in reads.withLock { $0 += told.count } }
    copies.takeReads(shard: 1) { told in reads.withLock { $0 += told.count } }
    #expect(reads.withLock { $0 } == 5 * processors)
    copies.drop(key.fingerprint, shard: 1, 4) { _ in Issue.record("another record was dropped") }
    onEveryProcessor { #expect(copies.record(key, shard: 1) { _ in .valid }?.value == 7) }
    copies.drop(key.fingerprint, shard: 1, 3) { told in reads.withLock { $0 += told.count } }
    #expect(reads.withLock { $0 } == 6 * processors)
    onEveryProcessor { #expect(copies.record(key, shard: 1) { _ in .valid } == nil) }
  }

  @Test("Where a place is taken, the reads of the record that had it are not lost")
  func replacement() {
    let copies = NearCopies<Record>(shards: 1)
    defer { copies.deallocate() }
    let keys = (0..<2000).map(Self.key)
    var told = 0
    pin(to: 0)
    defer { unpin() }
    for (slot, key) in keys.enumerated() {
      told += copies.keep(Self.record(key, slot), key.fingerprint, shard: 0, Slot(slot), namespace: "n")?.count ?? 0
      #expect(copies.record(key, shard: 0) { _ in .valid }?.value == slot)
    }
    copies.takeReads(shard: 0) { told += $0.count }
    #expect(told == keys.count)
  }

  @Test("Readers on all processors never see an older value than they saw, nor one that was replaced or removed before")
  func freshness() {
    let table = ValueTable<Int>(.init(entries: 64, bytes: 1 << 20))
    let keys = (0..<8).map(Self.key)
    let written = keys.map { _ in Counter() }
    let isOver = Atomic<Bool>(false)
    let reads = Atomic<Int>(0)
    let group = DispatchGroup()
    for processor in 0..<processors {
      group.enter()
      Thread.detachNewThread {
        pin(to: processor)
        var seen = Array(repeating: 0, count: keys.count)
        while !isOver.load(ordering: .acquiring) {
          for (index, key) in keys.enumerated() {
            let before = written[index].value.load(ordering: .acquiring)
            guard let value = table.value(key, judge: { _ in .valid }) else { continue }
            reads.add(1, ordering: .relaxed)
            #expect(value >= before && value >= seen[index])
            seen[index] = value
          }
        }
        group.leave()
      }
    }
    for round in 1...20_000 {
      let index = round % keys.count
      if round.isMultiple(of: 7) { table.remove(keys[index]) }
      table.set(keys[index], round, cost: 1)
      written[index].value.store(round, ordering: .releasing)
    }
    isOver.store(true, ordering: .releasing)
    group.wait()
    #expect(table.statistics.hits == reads.load(ordering: .relaxed), "every read is counted")
    #expect(table.usage.values.reduce(0) { $0 + $1.hits } <= reads.load(ordering: .relaxed))
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}

private var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

/// Runs `body` once on each processor, on threads of its own.
private func onEveryProcessor(_ body: @escaping @Sendable () -> Void) {
  for processor in 0..<processors {
    let end = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      pin(to: processor)
      body()
      end.signal()
    }
    end.wait()
  }
}

/// Keeps this thread on one of the processors that it may run on.
private func pin(to processor: Int) {
  var all = cpu_set_t()
  sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &all)
  let bits = withUnsafeBytes(of: all) { Array($0) }
  let allowed = (0..<bits.count * 8).filter { bits[$0 / 8] & 1 << UInt8($0 % 8) != 0 }
  var one = cpu_set_t()
  let chosen = allowed[processor % allowed.count]
  withUnsafeMutableBytes(of: &one) { $0[chosen / 8] = 1 << UInt8(chosen % 8) }
  sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &one)
}

private func unpin() {
  var all = cpu_set_t()
  withUnsafeMutableBytes(of: &all) { for index in $0.indices { $0[index] = 0xFF } }
  sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &all)
}
