import RedisClient

extension RedisClient {
  /// Sends a command whose keys have one slot, and names the run of the server that answered: nil where that is not
  /// certain, because connections were lost or made meanwhile, or the user may not ask.
  func sendTellingRun(
    _ command: RedisCommand, key: String
  ) async throws(RedisClientError) -> (reply: RESPValue, run: String?) {
    let before = runID(forKey: key)
    let reply = try await send(command)
    let after = runID(forKey: key)
    return (reply, before == after || before == nil ? after : nil)
  }
}
