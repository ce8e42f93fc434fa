import Caching
import NIOCore

extension ModelStore: FenceStorePort {
  func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading {
    change { state, now in
      FencedReading(
        values: keys.map { state.contents.value($0, now)?.bytes },
        generations: tags.map { state.record($0).map(Generation.init) })
    }
  }

  func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    change { state, now in
      tags.map { tag in
        var record = state.record(tag) ?? state.newRecord(at: position)
        let open = record.doubts.filter { $0.value > now }
        if open.count < record.doubts.count {
          if state.flaw != .forgivesDoubt { record = state.newRecord() }
          record.doubts = open
        }
        state.contents.records[tag] = record
        return Generation(record)
      }
    }
  }

  func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError) {
    self.change { state, now in
      for tag in tags {
        var record = state.record(tag) ?? state.newRecord()
        if state.flaw != .marksNothing { record.doubts[change] = now + lease.nanoseconds }
        state.contents.records[tag] = record
      }
    }
  }

  func bump(
    _ tags: [CacheTag], by change: UInt64, position: UInt64?
  ) async throws(CacheStoreError) -> [Generation] {
    self.change { state, _ in
      tags.map { tag in
        let old = state.record(tag)
        var record = state.flaw == .bumpsNothing ? old ?? state.newRecord() : state.newRecord()
        record.doubts = old?.doubts ?? [:]
        record.doubts[change] = nil
        record.position = position.map { max($0, old?.position ?? 0) }
        state.contents.records[tag] = record
        return Generation(record)
      }
    }
  }

  func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError) {
    self.change { state, _ in for tag in tags { state.contents.records[tag]?.doubts[change] = nil } }
  }

  func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool {
    change { state, now in
      for guarded in guards {
        guard state.flaw != .storesUnguarded else { break }
        guard let record = state.record(guarded.tag), record.nonce == guarded.nonce,
          record.doubts.isEmpty || state.flaw == .storesInDoubt
        else {
          state.refusals[value.key, default: 0] += 1
          return false
        }
      }
      state.contents.put(value, now)
      return true
    }
  }
}

extension ModelStore.State {
  func record(_ tag: CacheTag) -> ModelStore.Record? {
    contents.records[tag].flatMap { $0.epoch == epoch || flaw == .keepsGenerations ? $0 : nil }
  }

  mutating func newRecord(at position: UInt64? = nil) -> ModelStore.Record {
    nextNonce += 1
    var record = ModelStore.Record(epoch: epoch, nonce: nextNonce)
    record.position = position
    return record
  }
}

extension Generation {
  init(_ record: ModelStore.Record) {
    self.init(nonce: record.nonce, position: record.position, isInDoubt: !record.doubts.isEmpty)
  }
}
