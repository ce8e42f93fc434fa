/// The number of a place in a table's pages.
typealias Slot = UInt32

extension Slot {
  /// No slot: the end of a list.
  static var none: Slot { .max }
}

/// Elements by slot, in pages, so that growing copies nothing and leaves at most a page unused.
struct SlotPages<Element: Sendable>: Sendable {
  private static var shift: Slot { 7 }
  private static var size: Slot { 1 << shift }

  private let initial: Element
  private var pages: ContiguousArray<ContiguousArray<Element>> = []

  /// Every slot begins as `initial`.
  init(_ initial: Element) { self.initial = initial }

  subscript(slot: Slot) -> Element {
    get { pages[Int(slot >> Self.shift)][Int(slot & (Self.size - 1))] }
    set { pages[Int(slot >> Self.shift)][Int(slot & (Self.size - 1))] = newValue }
  }

  /// Looks at an element where it is. Reading it by the subscript retains all that it refers to.
  func with<Result>(_ slot: Slot, _ body: (borrowing Element) -> Result) -> Result {
    pages[Int(slot >> Self.shift)].withUnsafeBufferPointer { body($0[Int(slot & (Self.size - 1))]) }
  }

  /// Changes an element in place. Not an accessor, whose frame would be allocated wherever it is not inlined.
  @discardableResult
  mutating func change<Result>(_ slot: Slot, _ body: (inout Element) -> Result) -> Result {
    body(&pages[Int(slot >> Self.shift)][Int(slot & (Self.size - 1))])
  }

  /// Makes room for slots up to this one. Called with each slot in turn.
  mutating func extend(to slot: Slot) {
    guard slot >> Self.shift == pages.count else { return }
    pages.append(ContiguousArray(repeating: initial, count: Int(Self.size)))
  }
}
