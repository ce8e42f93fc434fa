import Kernel

/// The statements that took long, those that took most time in all first. Without any value of a parameter.
package struct SlowQueryReport: Encodable, Sendable {
  /// What takes longer is slow.
  let thresholdMs: Double
  let data: [Query]
  /// Statements that single requests executed many times over.
  let repeated: [Repetition]

  package init(thresholdMs: Double, data: [Query], repeated: [Repetition]) {
    self.thresholdMs = thresholdMs
    self.data = data
    self.repeated = repeated
  }

  /// One statement, its slow executions taken together.
  package struct Query: Encodable, Sendable {
    let fingerprint: String
    @ExplicitNull var name: String?
    let count: Int
    let totalMs: Double
    let meanMs: Double
    let p50Ms: Double
    let p95Ms: Double
    let p99Ms: Double
    let maxMs: Double
    /// RFC 3339.
    let lastSeen: String
    /// The buckets that hold any.
    let histogram: [Bucket]
    /// Its steps from the outermost; nil when it was not explained.
    @ExplicitNull var plan: [Step]?

    package init(
      fingerprint: String, name: String?, count: Int, totalMs: Double, quantileMs: (_ share: Double) -> Double,
      maxMs: Double, lastSeen: String, histogram: [Bucket], plan: [Step]?
    ) {
      self.fingerprint = fingerprint
      self.name = name
      self.count = count
      self.totalMs = totalMs
      meanMs = count == 0 ? 0 : totalMs / Double(count)
      p50Ms = quantileMs(0.5)
      p95Ms = quantileMs(0.95)
      p99Ms = quantileMs(0.99)
      self.maxMs = maxMs
      self.lastSeen = lastSeen
      self.histogram = histogram
      self.plan = plan
    }
  }

  /// How many executions took at most so long, and longer than the bucket before.
  package struct Bucket: Encodable, Sendable {
    /// Nil: any length.
    @ExplicitNull var leMs: Double?
    let count: Int

    package init(leMs: Double?, count: Int) {
      self.leMs = leMs
      self.count = count
    }
  }

  /// A step of a plan.
  package struct Step: Codable, Sendable {
    let depth: Int
    /// `Seq Scan`, `Index Scan`, `Sort`, …
    let step: String
    @ExplicitNull var table: String?
    @ExplicitNull var index: String?
    /// Its condition, literals replaced by `?`.
    @ExplicitNull var filter: String?
    let rows: Double
    let cost: Double

    package init(
      depth: Int, step: String, table: String?, index: String?, filter: String?, rows: Double, cost: Double
    ) {
      self.depth = depth
      self.step = step
      self.table = table
      self.index = index
      self.filter = filter
      self.rows = rows
      self.cost = cost
    }
  }

  /// A statement that was executed once for each row of another (N+1).
  package struct Repetition: Encodable, Sendable {
    let fingerprint: String
    @ExplicitNull var name: String?
    /// Requests that did it.
    let requests: Int
    /// The most executions in one request.
    let most: Int

    package init(fingerprint: String, name: String?, requests: Int, most: Int) {
      self.fingerprint = fingerprint
      self.name = name
      self.requests = requests
      self.most = most
    }
  }
}
