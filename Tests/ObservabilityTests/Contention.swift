/// Runs `body` 10,000 times in each of 8 tasks. They yield now and then, so that no task ends before others begin.
func contend(_ body: @escaping @Sendable (_ task: Int) -> Void) async {
  await withTaskGroup { group in
    for task in 0..<8 {
      group.addTask {
        for _ in 0..<100 {
          for _ in 0..<100 { body(task) }
          await Task.yield()
        }
      }
    }
  }
}
