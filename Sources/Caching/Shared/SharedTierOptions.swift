/// How the cache deals with a shared store.
public struct SharedTierOptions: Sendable {
  /// How long a read waits for the store before the value is loaded instead.
  public var readLimit: Duration = .milliseconds(250)
  /// How long a change waits until the store knows of it; past that it is told later.
  public var writeLimit: Duration = .seconds(1)
  /// Time-outs in a row after which nobody waits for the store until a probe succeeds.
  public var timeOutsToOpen = 3
  /// The first pause before a store that failed is tried again; each is twice the one before.
  public var firstProbe: Duration = .milliseconds(100)
  /// The longest such pause.
  public var lastProbe: Duration = .milliseconds(500)
  /// How long one instance may keep others from loading a key.
  public var lockLease: Duration = .seconds(3)
  /// How long a change may be in doubt before it counts as having happened.
  public var doubtLease: Duration = .seconds(10)
  /// For how long what is in memory is still served while a change of it is under way on this instance. That ends sooner
  /// when somebody is given what may show the change.
  public var changePatience: Duration = .milliseconds(50)
  /// How long entries in memory are served while the store is out of reach.
  public var localLease: Duration = .seconds(5)
  /// How long an entry is served from memory before the store is asked again.
  public var localTimeToLive: Duration? = .seconds(60)
  /// Whether one instance loads for all. Without it each loads for itself.
  public var locksLoads = true
  /// The channel on which instances tell each other of changes; nil where there is no other instance to hear.
  public var channel: String? = "tenantry:changes"

  /// The namespaces of which the store is asked to tell what others write to and delete from it, past this cache: copies
  /// in memory are then compared with it again. Each costs a message for every value stored, and every other instance that
  /// has a copy a look at it.
  public var watchedNamespaces: [String] = []

  public init() {}
}
