public import NIOCore

/// A command with its arguments, and what a client must know to route and to repeat it.
public struct RedisCommand: Sendable {
  /// One argument; Redis sees bytes in every case.
  public enum Argument: Sendable, Hashable {
    case string(String)
    case bytes(ByteBuffer)
    case integer(Int)
  }

  /// Which arguments are keys: `count` of them from index `first` (the name has index 0), `step` apart.
  public struct KeyPositions: Sendable, Hashable {
    public let first: Int
    public let count: Int
    public let step: Int

    /// The keys at these places.
    public init(first: Int, count: Int, step: Int = 1) {
      self.first = first
      self.count = count
      self.step = step
    }

    /// No argument is a key.
    public static var none: KeyPositions { KeyPositions(first: 1, count: 0) }
    /// The first argument is the only key.
    public static var first: KeyPositions { KeyPositions(first: 1, count: 1) }
  }

  /// What executing a command does to the data, which decides whether it may be sent again and where.
  public enum Effect: Sendable, Hashable {
    /// It changes nothing: may be repeated, and answered by a replica.
    case reads
    /// Doing it twice leaves what doing it once leaves: may be repeated when the answer was lost.
    case idempotent
    /// It is never sent a second time once it may have been executed.
    case once
  }

  /// How the replies of a command that was split by cluster slot become one.
  enum Gathering: Sendable {
    /// It is not split.
    case none
    /// One element per key, in the order of the keys.
    case elements
    /// The sum of integers.
    case sum
    /// `OK` when all are.
    case status
  }

  /// The name and what follows it.
  public private(set) var arguments: [Argument]
  /// Where the keys are.
  public let keys: KeyPositions
  /// What it does to the data.
  public var effect: Effect
  /// How long to wait for the reply; nil for the client's own limit.
  public var timeout: Duration?
  var gathering = Gathering.none
  /// Gets to know who answered; nil where nobody asks.
  var witness: ReplyWitness?

  /// A command by its name.
  /// - Parameter effect: ``Effect/once`` unless you know better.
  public init(
    _ name: String, _ arguments: [Argument] = [], keys: KeyPositions = .none, effect: Effect = .once,
    timeout: Duration? = nil
  ) {
    self.arguments = [.string(name)] + arguments
    self.keys = keys
    self.effect = effect
    self.timeout = timeout
  }

  /// A command by all its words, the name first: saves an array on hot paths.
  package init(
    words: [Argument], keys: KeyPositions = .none, effect: Effect = .once
  ) {
    self.init(words: words, keys: keys, effect: effect, gathering: .none)
  }

  init(words: [Argument], keys: KeyPositions = .none, effect: Effect = .once, gathering: Gathering) {
    arguments = words
    self.keys = keys
    self.effect = effect
    self.gathering = gathering
  }

  /// The command's name as given; it may stand in logs and errors, unlike the arguments.
  public var name: String {
    if case .string(let name)? = arguments.first { return name }
    return ""
  }
}

extension RedisCommand.Argument: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
}
