import Testing

@Suite("What the checker finds in a history")
struct HistoryCheckerTests {
  private let checker = HistoryChecker(bound: .seconds(6))
  private let start = ContinuousClock.now

  private func read(_ version: Int, at second: Double, on instance: Int = 0, life: Int = 0, view: String = "detail")
    -> History.Read
  {
    History.Read(
      place: .init(instance: instance, life: life), package: "p", view: view, version: version,
      began: start + .seconds(second), ended: start + .seconds(second + 0.1))
  }

  private func write(_ version: Int, at second: Double, on instance: Int = 0) -> History.Write {
    History.Write(
      place: .init(instance: instance, life: 0), package: "p", version: version, began: start + .seconds(second),
      ended: start + .seconds(second + 0.1))
  }

  private func promises(_ reads: [History.Read], _ writes: [History.Write]) -> [HistoryChecker.Promise] {
    let history = History()
    history.note(reads)
    for write in writes { history.note(write) }
    return checker.anomalies(history).map(\.promise)
  }

  @Test("A read that misses the write before it on its instance")
  func ownWrites() {
    #expect(promises([read(1, at: 2)], [write(2, at: 1)]) == [.ownWrites])
    #expect(promises([read(2, at: 2)], [write(2, at: 1)]).isEmpty)
    #expect(promises([read(1, at: 1.05)], [write(2, at: 1)]).isEmpty, "it began before the write was acknowledged")
  }

  @Test("A read that goes back, on one instance, in one life, of one key")
  func monotonicReads() {
    #expect(promises([read(2, at: 1), read(1, at: 2)], []) == [.monotonicReads])
    #expect(promises([read(2, at: 1), read(1, at: 1.05)], []).isEmpty, "the two overlap")
    #expect(promises([read(2, at: 1), read(1, at: 2, on: 1)], []).isEmpty)
    #expect(promises([read(2, at: 1), read(1, at: 2, life: 1)], []).isEmpty)
    #expect(promises([read(2, at: 1), read(1, at: 2, view: "list")], []).isEmpty)
  }

  @Test("A read elsewhere that is behind for longer than the bound")
  func convergence() {
    #expect(promises([read(1, at: 7.2, on: 1)], [write(2, at: 1)]) == [.convergence])
    #expect(promises([read(1, at: 7, on: 1)], [write(2, at: 1)]).isEmpty)
  }

  @Test("How long other instances showed the version before")
  func lags() {
    let history = History()
    history.note(write(2, at: 1))
    history.note([read(1, at: 1.2, on: 1), read(1, at: 1.5, on: 1), read(2, at: 1.8, on: 1), read(2, at: 1.2, on: 2)])
    let lags = checker.lags(history).sorted()
    #expect(lags.count == 2 && lags[0] == .zero && abs(lags[1] / .seconds(1) - 0.4) < 0.001)
    #expect([Duration.seconds(1), .seconds(2), .seconds(3)].percentile(0.99) == .seconds(3))
  }
}
