/// Hears from the shared store what is written to it and deleted from it past this cache: by an operator's hand, by
/// eviction, by other programs. Changes of the catalog come by the backplane; this is for copies in memory of what is not
/// in the store any more.
struct DeletionWatch: Sendable {
  /// How long the store may take to agree to tell.
  private static let patience = Duration.seconds(5)
  /// The pause after a stream that ended or could not be had.
  private static let pause = Duration.seconds(1)

  let store: any FenceStorePort
  let namespaces: [String]
  let environment: CacheEnvironment
  let receiver: CacheReceiver

  /// Whether the store is asked to tell of a key.
  func tells(of key: CacheKey) -> Bool { namespaces.contains(key.namespace) }

  /// Listens until the task is cancelled. Returns at once where the store does not tell.
  func run() async {
    var isFirst = true
    while !Task.isCancelled {
      do throws(CacheStoreError) {
        let deletions = try await environment.within(Self.patience) { [store, namespaces] in
          try await store.deletions(in: namespaces)
        }
        guard let deletions else { return }
        if isFirst { receiver.hears() } else { receiver.receive(.everything) }
        isFirst = false
        for await deletion in deletions { receiver.receive(deletion) }
        receiver.receive(.interrupted)
      } catch {
        // Tried again after a pause; until then copies live for as long as they would without this.
      }
      do { try await environment.sleep(Self.pause) } catch { return }
    }
  }
}
