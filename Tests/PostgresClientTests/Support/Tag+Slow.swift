import Testing

extension Tag {
  /// Takes seconds: fault injection.
  @Tag static var slow: Self
}
