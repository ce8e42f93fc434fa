import CProcessor
import Glibc
import Synchronization

/// Copies of a table's records, a lane for each processor, so that reads on different processors write to no memory in
/// common: a lock or a reference count that two processors write to in turn costs more than all else of a hit.
///
/// Copies are made and dropped with the lock of their shard held, and dropped before a record leaves the shard or loses its
/// mark. So a copy is never of another record than the shard's, and reading it rather than that one changes no eviction.
///
/// A place is one of the four that a key may take, and belongs to one shard. A lane's lock is taken last and held for a few
/// dozen nanoseconds; only writers take those of other processors.
///
/// A handle without a reference count, which readers would write to in turn: whoever makes it frees it, when nobody can use it any
/// more.
///
/// Sound to share: places are only touched with the lane's lock held, and no pointer leaves this type.
struct NearCopies<Record: TableRecord>: @unchecked Sendable {
  /// Reads of one copy that its shard has not counted yet.
  struct Reads: Sendable {
    let slot: Slot
    let namespace: String
    var count: Int
  }

  private struct Copy {
    let record: Record
    let fingerprint: UInt32
    var reads: Reads
  }

  private struct Lane: ~Copyable {
    /// Keeps what one processor writes to out of the cache lines that others read.
    let before = InlineArray<16, UInt64>(repeating: 0)
    let lock = Mutex(())
    let places: UnsafeMutablePointer<Copy?>
    /// Which of four places is taken next where all are in use.
    var turn = 0
    let after = InlineArray<16, UInt64>(repeating: 0)
  }

  private static var ways: Int { 4 }
  private static var groups: Int { 64 }

  private let lanes: UnsafeMutablePointer<Lane>
  private let laneCount: Int
  private let placeCount: Int

  /// No copies yet, for as many processors as the machine has, 64 at most.
  init(shards: Int) {
    var count = 1
    while count < min(sysconf(Int32(_SC_NPROCESSORS_CONF)), 64) { count *= 2 }
    laneCount = count
    placeCount = shards * Self.groups * Self.ways
    lanes = .allocate(capacity: count)
    for lane in 0..<count {
      let places = UnsafeMutablePointer<Copy?>.allocate(capacity: placeCount)
      places.initialize(repeating: nil, count: placeCount)
      (lanes + lane).initialize(to: Lane(places: places))
    }
  }

  /// Frees all memory.
  func deallocate() {
    for lane in 0..<laneCount {
      lanes[lane].places.deinitialize(count: placeCount)
      lanes[lane].places.deallocate()
    }
    lanes.deinitialize(count: laneCount)
    lanes.deallocate()
  }

  /// The record of a key, if this processor has a copy and it is valid.
  func record(_ key: CacheKey, shard: Int, judge: (Record) -> Verdict) -> Record? {
    let fingerprint = key.fingerprint
    let lane = here
    return lane.pointee.lock.withLock { _ in
      let group = Self.group(lane, shard, fingerprint)
      for way in 0..<Self.ways where group[way]?.fingerprint == fingerprint {
        guard let record = group[way]?.record, record.isNamed(key) else { continue }
        guard judge(record) == .valid else { return nil }
        group[way]?.reads.count &+= 1
        return record
      }
      return nil
    }
  }

  /// Keeps a copy for this processor. Returns the reads of the one whose place it takes.
  func keep(_ record: Record, _ fingerprint: UInt32, shard: Int, _ slot: Slot, namespace: String) -> Reads? {
    let lane = here
    return lane.pointee.lock.withLock { _ in
      let group = Self.group(lane, shard, fingerprint)
      lane.pointee.turn &+= 1
      let way =
        (0..<Self.ways).first { group[$0]?.reads.slot == slot } ?? (0..<Self.ways).first { group[$0] == nil }
        ?? lane.pointee.turn & (Self.ways - 1)
      defer {
        group[way] = Copy(
          record: record, fingerprint: fingerprint, reads: Reads(slot: slot, namespace: namespace, count: 0))
      }
      return group[way]?.reads
    }
  }

  /// Drops the copies of a record, and tells of their reads.
  func drop(_ fingerprint: UInt32, shard: Int, _ slot: Slot, count: (Reads) -> Void) {
    for number in 0..<laneCount {
      let lane = lanes + number
      let reads: Reads? = lane.pointee.lock.withLock { _ in
        let group = Self.group(lane, shard, fingerprint)
        for way in 0..<Self.ways {
          guard let reads = group[way]?.reads, reads.slot == slot else { continue }
          group[way] = nil
          return reads
        }
        return nil
      }
      if let reads { count(reads) }
    }
  }

  /// Tells of the reads of all copies of a shard's records, once.
  func takeReads(shard: Int, _ count: (Reads) -> Void) {
    for number in 0..<laneCount {
      let lane = lanes + number
      lane.pointee.lock.withLock { _ in
        let places = Self.group(lane, shard, 0)
        for place in 0..<Self.groups * Self.ways {
          guard let reads = places[place]?.reads, reads.count > 0 else { continue }
          count(reads)
          places[place]?.reads.count = 0
        }
      }
    }
  }

  /// The lane of the processor that this thread runs on. It may run on another the next moment, hence the lock.
  private var here: UnsafeMutablePointer<Lane> { lanes + (Int(max(0, sched_getcpu())) & (laneCount - 1)) }

  /// The places that a record may take.
  private static func group(
    _ lane: UnsafeMutablePointer<Lane>, _ shard: Int, _ fingerprint: UInt32
  ) -> UnsafeMutablePointer<Copy?> {
    lane.pointee.places + (shard * groups + Int(fingerprint) & (groups - 1)) * ways
  }
}
