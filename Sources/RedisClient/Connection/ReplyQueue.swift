import NIOCore

/// The commands that await replies on one connection, in the order they were written. A pure state machine: times and
/// replies in, who is to be told what out.
///
/// Redis answers in order and says nothing of which command an answer belongs to, so the order is all there is: a slot
/// leaves the queue only when its replies have come or with the connection. A caller that was cancelled or timed out
/// leaves its slot behind, and the late reply goes nowhere.
struct ReplyQueue<Receiver: Sendable>: Sendable {
  /// What a receiver is given: one reply, or those of a batch.
  enum Reply: Sendable {
    case one(RESPValue)
    case many([RESPValue])
  }

  struct Completion: Sendable {
    let receiver: Receiver
    let reply: Reply
  }

  /// Those whose connection is gone, by what may have happened to their commands.
  struct Orphans: Sendable {
    var notSent: [Receiver] = []
    var maybeSent: [Receiver] = []
  }

  private struct Slot: Sendable {
    let ticket: UInt64
    /// Who waits; nil when nobody does any more.
    var receiver: Receiver?
    /// How many replies have yet to come.
    var missing: Int
    /// The replies of a batch so far; nil for a single command.
    var replies: [RESPValue]?
    let deadline: UInt64
    let timeout: UInt64
  }

  private var slots = CircularBuffer<Slot>()
  /// How many slots at the end have not been handed to the network.
  private var unsent = 0
  /// No caller's deadline is earlier.
  private var earliestDeadline = UInt64.max

  /// How many slots are taken.
  var count: Int { slots.count }
  var isEmpty: Bool { slots.isEmpty }

  /// Takes a slot.
  /// - Parameters:
  ///   - ticket: names the slot; tickets are handed out in about the order in which they come here.
  ///   - batch: how many replies a batch gets; nil for a single command.
  ///   - now, timeout: in nanoseconds.
  mutating func append(ticket: UInt64, receiver: Receiver?, batch: Int? = nil, now: UInt64, timeout: UInt64) {
    let deadline = now.addingReportingOverflow(timeout)
    let time = deadline.overflow ? .max : deadline.partialValue
    slots.append(
      Slot(
        ticket: ticket, receiver: receiver, missing: batch ?? 1, replies: batch.map { _ in [] }, deadline: time,
        timeout: timeout))
    unsent += 1
    earliestDeadline = min(earliestDeadline, time)
  }

  /// Notes that every command so far has been handed to the network.
  mutating func markSent() { unsent = 0 }

  /// Gives a reply to the oldest slot; false when there is none, or none that was sent.
  mutating func deliver(_ reply: RESPValue, into completions: inout [Completion]) -> Bool {
    guard slots.count > unsent else { return false }
    let head = slots.startIndex
    slots[head].missing -= 1
    if slots[head].replies == nil {
      if let receiver = slots.removeFirst().receiver {
        completions.append(Completion(receiver: receiver, reply: .one(reply)))
      }
      return true
    }
    if slots[head].receiver != nil { slots[head].replies?.append(reply) }
    if slots[head].missing == 0 {
      let slot = slots.removeFirst()
      if let receiver = slot.receiver, let replies = slot.replies {
        completions.append(Completion(receiver: receiver, reply: .many(replies)))
      }
    }
    return true
  }

  /// Takes the receiver out of a slot, which stays; nil when the slot is gone or nobody waits.
  mutating func cancel(_ ticket: UInt64) -> Receiver? {
    guard let index = index(of: ticket) else { return nil }
    defer {
      slots[index].receiver = nil
      if slots[index].replies != nil { slots[index].replies = [] }
    }
    return slots[index].receiver
  }

  /// How late a reply may be, at the least, before the connection counts as stuck, in nanoseconds: what had little time left
  /// says nothing of a server that is merely slow, and others' commands are on the same connection.
  static var leastPatience: UInt64 { 500_000_000 }

  /// Takes out those whose deadline has passed. The connection is stuck when a reply is later than twice its limit.
  mutating func expire(now: UInt64) -> (late: [Receiver], isStuck: Bool) {
    guard let head = slots.first else {
      earliestDeadline = .max
      return ([], false)
    }
    let isStuck = now >= head.deadline && now - head.deadline >= max(head.timeout, Self.leastPatience)
    guard now >= earliestDeadline else { return ([], isStuck) }
    var late: [Receiver] = []
    earliestDeadline = .max
    for index in slots.indices {
      guard let receiver = slots[index].receiver else { continue }
      if slots[index].deadline <= now {
        late.append(receiver)
        slots[index].receiver = nil
        if slots[index].replies != nil { slots[index].replies = [] }
      } else {
        earliestDeadline = min(earliestDeadline, slots[index].deadline)
      }
    }
    return (late, isStuck)
  }

  /// Empties the queue with the connection.
  mutating func close() -> Orphans {
    var orphans = Orphans()
    let sent = slots.count - unsent
    for (index, slot) in slots.enumerated() {
      guard let receiver = slot.receiver else { continue }
      if index < sent { orphans.maybeSent.append(receiver) } else { orphans.notSent.append(receiver) }
    }
    self = ReplyQueue()
    return orphans
  }

  /// Tickets are nearly in order, so a slot is near where its distance to the first says.
  private func index(of ticket: UInt64) -> CircularBuffer<Slot>.Index? {
    guard let first = slots.first?.ticket else { return nil }
    let guess = ticket > first ? Int(min(ticket - first, UInt64(slots.count - 1))) : 0
    for distance in 0..<slots.count {
      if let index = index(guess - distance, ifHolding: ticket) ?? index(guess + distance, ifHolding: ticket) {
        return index
      }
    }
    return nil
  }

  private func index(_ offset: Int, ifHolding ticket: UInt64) -> CircularBuffer<Slot>.Index? {
    guard offset >= 0, offset < slots.count else { return nil }
    let index = slots.index(slots.startIndex, offsetBy: offset)
    return slots[index].ticket == ticket ? index : nil
  }
}
