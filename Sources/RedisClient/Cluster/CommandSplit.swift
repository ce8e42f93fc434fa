/// A command over many keys, as one command per slot, and the replies put together again.
struct CommandSplit: Sendable {
  /// One per slot.
  let commands: [RedisCommand]
  /// For each of them, which of the original keys it has.
  private let positions: [[Int]]
  private let gathering: RedisCommand.Gathering
  private let keyCount: Int

  /// Nil when all keys are in one slot, or the command cannot be split.
  init?(_ command: RedisCommand) {
    guard command.gathering != .none, command.keys.count > 1 else { return nil }
    var places: [Int: Int] = [:]
    var positions: [[Int]] = []
    for (position, key) in command.keyArguments.enumerated() {
      let slot = HashSlot.of(key)
      if let place = places[slot] {
        positions[place].append(position)
      } else {
        places[slot] = positions.count
        positions.append([position])
      }
    }
    guard positions.count > 1 else { return nil }
    self.positions = positions
    gathering = command.gathering
    keyCount = command.keys.count
    commands = positions.map { positions in
      var words = Array(command.arguments[..<command.keys.first])
      for position in positions {
        let place = command.keys.first + position * command.keys.step
        words += command.arguments[place..<place + command.keys.step]
      }
      let keys = RedisCommand.KeyPositions(first: command.keys.first, count: positions.count, step: command.keys.step)
      var part = RedisCommand(words: words, keys: keys, effect: command.effect)
      part.timeout = command.timeout
      return part
    }
  }

  /// What the whole command would have answered; the first error if there is one.
  func gather(_ replies: [RESPValue]) -> RESPValue {
    for reply in replies { if case .error = reply { return reply } }
    switch gathering {
    case .none, .status: return replies.first ?? .null
    case .sum: return .integer(replies.reduce(0) { $0 + ($1.integer ?? 0) })
    case .elements:
      var elements = [RESPValue](repeating: .null, count: keyCount)
      for (positions, reply) in zip(positions, replies) {
        for (position, element) in zip(positions, reply.array ?? []) { elements[position] = element }
      }
      return .array(elements)
    }
  }
}
