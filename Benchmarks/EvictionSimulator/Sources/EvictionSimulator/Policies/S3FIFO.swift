/// S3-FIFO: a small queue for what is new, a main queue for what was used again, and the names of what left the small
/// one unused (Yang et al., SOSP 2023, algorithm 1).
struct S3FIFO: EvictionPolicy {
  /// What the paper leaves open. Sizes are parts of the capacity.
  struct Form {
    let small: Double
    let ghosts: Double
    /// Uses are counted up to this.
    let mostUses: UInt8
    /// How many uses make an entry of the small queue one of the main queue.
    let promotion: UInt8

    /// As the paper has it.
    static var paper: Form { Form(small: 0.1, ghosts: 0.9, mostUses: 3, promotion: 2) }
    /// As Sources/Caching has it.
    static var marked: Form { Form(small: 0.02, ghosts: 0.9, mostUses: 1, promotion: 1) }
  }

  private let capacity: Int
  private let smallCapacity: Int
  private let ghostCapacity: Int
  private let form: Form
  private var small: KeyList
  private var main: KeyList
  private var ghosts: KeyList
  /// Uses since the entry came in or was last passed over, at most the form's.
  private var uses: [UInt8]

  init(capacity: Int, keys: Int, form: Form) {
    self.capacity = capacity
    self.form = form
    smallCapacity = max(1, Int(Double(capacity) * form.small))
    ghostCapacity = Int(Double(capacity) * form.ghosts)
    small = KeyList(keys: keys)
    main = KeyList(keys: keys)
    ghosts = KeyList(keys: keys)
    uses = Array(repeating: 0, count: keys)
  }

  mutating func access(_ key: Int) -> Bool {
    if small.contains(key) || main.contains(key) {
      uses[key] = min(form.mostUses, uses[key] + 1)
      return true
    }
    while small.count + main.count >= capacity {
      if small.count >= smallCapacity || main.count == 0 { evictSmall() } else { evictMain() }
    }
    if ghosts.contains(key) {
      ghosts.remove(key)
      main.append(key)
    } else {
      small.append(key)
    }
    uses[key] = 0
    return false
  }

  private mutating func evictSmall() {
    while let key = small.removeOldest() {
      if uses[key] >= form.promotion {
        uses[key] = 0
        main.append(key)
        if main.count > capacity - smallCapacity { return evictMain() }
      } else {
        if ghosts.count >= ghostCapacity { _ = ghosts.removeOldest() }
        return ghosts.append(key)
      }
    }
  }

  private mutating func evictMain() {
    while let key = main.removeOldest() {
      guard uses[key] > 0 else { return }
      uses[key] -= 1
      main.append(key)
    }
  }
}
