import Caching

extension SharedTierOptions {
  /// For an instance that hears of no other, with limits so long that a slow machine is not taken for a slow store.
  static var patient: SharedTierOptions {
    var options = SharedTierOptions()
    options.channel = nil
    options.readLimit = .seconds(60)
    options.writeLimit = .seconds(60)
    return options
  }
}
