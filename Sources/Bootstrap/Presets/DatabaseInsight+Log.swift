import HTTPAdapter
import Kernel
import PostgresClient

extension DatabaseInsight {
  /// What the client's log of statements says.
  init(_ log: PostgresQueryLog) {
    self.init(
      slowQueries: {
        SlowQueryReport(
          thresholdMs: log.settings.threshold.inMilliseconds, data: log.slowest.map { .init($0) },
          repeated: log.repetitions.map {
            .init(fingerprint: "\($0.fingerprint)", name: $0.name, requests: $0.requests, most: $0.most)
          })
      },
      suggestions: {
        SuggestionReport(data: log.slowest.flatMap(\.advice) + log.repetitions.map(\.advice))
      },
      watching: { request in
        let scope = PostgresRequestScope()
        await PostgresRequestScope.$current.withValue(scope) { await request() }
        log.note(scope)
      })
  }
}

extension SlowQueryReport.Query {
  fileprivate init(_ entry: PostgresQueryLog.Entry) {
    let timing = entry.timing
    let bounds = PostgresDurationHistogram.bounds.map { Optional($0.inMilliseconds) } + [nil]
    self.init(
      fingerprint: "\(entry.fingerprint)", name: entry.name, count: timing.count, totalMs: timing.total.inMilliseconds,
      quantileMs: { timing.quantile($0).inMilliseconds }, maxMs: timing.longest.inMilliseconds,
      lastSeen: SystemClock().now().advanced(by: .zero - entry.age).description,
      histogram: zip(bounds, timing.counts).filter { $1 > 0 }.map { .init(leMs: $0, count: $1) },
      plan: entry.plan?.steps.map { step in
        .init(
          depth: step.depth, step: step.kind, table: step.table, index: step.index,
          filter: step.filter.map { "\($0)" }, rows: step.rows, cost: step.cost)
      })
  }
}

extension PostgresQueryLog.Entry {
  fileprivate var advice: [SuggestionReport.Suggestion] {
    suggestions.map { suggestion in
      .index(
        suggestion.table, suggestion.columns, statement: suggestion.statement, for: "\(fingerprint)",
        because: "It reads \(Int(suggestion.rowsRead)) rows to use \(Int(suggestion.rowsUsed)).")
    }
  }
}

extension PostgresQueryLog.Repetition {
  fileprivate var advice: SuggestionReport.Suggestion {
    .gather(
      "\(fingerprint)",
      because: "\(requests) requests executed it up to \(most) times each: ask for all the rows at once.")
  }
}

extension Duration {
  fileprivate var inMilliseconds: Double { self / .milliseconds(1) }
}
