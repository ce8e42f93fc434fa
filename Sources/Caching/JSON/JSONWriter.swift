/// Writes one JSON text as a value tells it, each object's members sorted by the bytes of their names.
///
/// Values within values are frames of a stack. An object's members are written in the order in which they are told and put
/// in order when the object ends. Belongs to one task.
final class JSONWriter {
  /// What a value has turned out to be.
  enum Shape {
    case unknown, scalar, array, object
  }

  /// A value that has begun and not ended.
  struct Frame {
    var shape = Shape.unknown
    /// Where it begins in the output.
    let start: Int
    /// The first of its parts.
    let firstPart: Int
    /// How many elements an array has.
    var count = 0
    /// Whether the members of an object have come in the order of their names so far, none twice.
    var isSorted = true
  }

  /// A member of an object, or an element of an array that is written elsewhere until the end.
  struct Part {
    /// Where it begins in the output: at the quote of its name.
    let start: Int
    /// The length of the name between its quotes; 0 in arrays.
    let nameLength: Int
    /// The beginning of the name.
    let prefix: UInt64
    /// Where it ends.
    var end: Int
  }

  /// One writer is used by one task, in calls that do not overlap: `output` and `scratch` need no checks at each byte.
  @exclusivity(unchecked) var output: JSONBytes
  @exclusivity(unchecked) private var scratch = JSONBytes(capacity: 0)
  @exclusivity(unchecked) private var frames: [Frame] = []
  @exclusivity(unchecked) private var parts: [Part] = []
  /// Containers that their values fill by themselves, in any order, by where in the output they stand: each is written
  /// apart, and put in its place at the end.
  @exclusivity(unchecked) private var children: [Int: JSONWriter] = [:]
  /// The names that lead to a child.
  private let path: [any CodingKey]

  init(capacity: Int, path: [any CodingKey] = []) {
    output = JSONBytes(capacity: capacity)
    self.path = path
    frames.reserveCapacity(8)
    parts.reserveCapacity(32)
  }

  /// How many values have begun and not ended.
  var depth: Int { frames.count }

  /// Begins a value and tells its depth.
  func begin() -> Int {
    frames.append(Frame(start: output.count, firstPart: parts.count))
    return frames.count - 1
  }

  func become(_ shape: Shape, at depth: Int) {
    let known = frames[depth].shape
    guard known == .unknown else {
      return precondition(known == shape, "A value must be encoded as one of a scalar, an array and an object.")
    }
    frames[depth].shape = shape
    switch shape {
    case .array: output.append(UInt8(ascii: "["))
    case .object: output.append(UInt8(ascii: "{"))
    case .scalar, .unknown: break
    }
  }

  /// Closes the newest value: everything that belongs to it has been written.
  func end() {
    let frame = frames[frames.count - 1]
    switch frame.shape {
    case .scalar: break
    case .unknown: output.put("{}")
    case .array:
      if frame.firstPart < parts.count { rebuildArray(frame) }
      output.append(UInt8(ascii: "]"))
    case .object:
      if !frame.isSorted || !children.isEmpty { rebuildObject(frame) }
      output.append(UInt8(ascii: "}"))
    }
    leave(frame)
  }

  /// Takes the value at a depth back, and those within it.
  func drop(to depth: Int) {
    let frame = frames[depth]
    output.truncate(to: frame.start)
    if !children.isEmpty { children = children.filter { $0.key < frame.start } }
    frames.removeLast(frames.count - depth - 1)
    leave(frame)
  }

  private func leave(_ frame: Frame) {
    frames.removeLast()
    parts.removeLast(parts.count - frame.firstPart)
  }

  /// Begins a member: writes its name. To be followed by its value and ``endMember()``.
  func beginMember(_ name: String, at depth: Int) {
    let isFirst = parts.count == frames[depth].firstPart
    if !isFirst { output.append(UInt8(ascii: ",")) }
    let start = output.count
    output.write(name)
    let length = output.count - start - 2
    output.append(UInt8(ascii: ":"))
    let part = Part(
      start: start, nameLength: length, prefix: output.prefix(at: start + 1, length: length), end: output.count)
    if !isFirst, frames[depth].isSorted, !precedes(parts[parts.count - 1], part) { frames[depth].isSorted = false }
    parts.append(part)
  }

  func endMember() { parts[parts.count - 1].end = output.count }

  /// Takes back the member that has been begun.
  func dropMember(at depth: Int) {
    let start = parts.removeLast().start
    output.truncate(to: parts.count == frames[depth].firstPart ? start : start - 1)
  }

  /// Begins an element; returns where the array ended.
  @discardableResult
  func beginElement(at depth: Int) -> Int {
    let end = output.count
    if frames[depth].count > 0 { output.append(UInt8(ascii: ",")) }
    frames[depth].count += 1
    return end
  }

  /// How many elements the array at a depth has.
  func elements(at depth: Int) -> Int { frames[depth].count }

  /// Takes back the element that has been begun.
  func dropElement(at depth: Int, to end: Int) {
    output.truncate(to: end)
    frames[depth].count -= 1
  }

  /// A container within the value at a depth, in the place of the member or element that has been begun.
  func child(at depth: Int) -> JSONFrame {
    let end = output.count
    let child = JSONWriter(capacity: 64, path: path(to: depth + 1))
    children[end] = child
    if frames[depth].shape != .object { parts.append(Part(start: end, nameLength: 0, prefix: 0, end: end)) }
    return JSONFrame(writer: child, depth: child.begin())
  }

  private func write(childAt place: Int) {
    guard let child = children.removeValue(forKey: place) else { return }
    child.end()
    output.append(child.output.bytes)
  }

  private func rebuildArray(_ frame: Frame) {
    let start = takeOut(frame)
    var copied = start
    for index in frame.firstPart..<parts.count {
      let end = parts[index].end
      putBack(copied..<end, from: start)
      copied = end
      write(childAt: end)
    }
    putBack(copied..<start + scratch.count, from: start)
  }

  /// Puts the members in order, of several with one name the last. By insertion: objects are small.
  private func rebuildObject(_ frame: Frame) {
    for index in frame.firstPart..<parts.count {
      let part = parts[index]
      var place = index
      while place > frame.firstPart, precedes(part, parts[place - 1]) {
        parts[place] = parts[place - 1]
        place -= 1
      }
      if place < index { parts[place] = part }
    }
    let isFollowed = (frame.firstPart..<parts.count).map { index in
      index + 1 < parts.count && !precedes(parts[index], parts[index + 1])
    }
    let start = takeOut(frame)
    var isFirst = true
    for (part, isReplaced) in zip(parts[frame.firstPart...], isFollowed) where !isReplaced {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      putBack(part.start..<part.end, from: start)
      write(childAt: part.end)
    }
  }

  /// Moves what stands within the brackets of a value aside, and tells where it began.
  private func takeOut(_ frame: Frame) -> Int {
    let start = frame.start + 1
    scratch.truncate(to: 0)
    scratch.append(UnsafeRawBufferPointer(rebasing: output.bytes[start...]))
    output.truncate(to: start)
    return start
  }

  private func putBack(_ range: Range<Int>, from start: Int) {
    output.append(UnsafeRawBufferPointer(rebasing: scratch.bytes[range.lowerBound - start..<range.upperBound - start]))
  }

  private func precedes(_ left: Part, _ right: Part) -> Bool {
    guard left.prefix == right.prefix else { return left.prefix < right.prefix }
    return name(left).lexicographicallyPrecedes(name(right))
  }

  private func name(_ part: Part) -> Slice<UnsafeRawBufferPointer> {
    output.bytes[part.start + 1..<part.start + 1 + part.nameLength]
  }
}

extension JSONWriter {
  /// The names that lead to a value, read back from what has been written.
  func path(to depth: Int) -> [any CodingKey] {
    path + (0..<depth).compactMap { lastKey($0) }
  }

  private func lastKey(_ depth: Int) -> JSONKey? {
    let frame = frames[depth]
    let partsEnd = depth + 1 < frames.count ? frames[depth + 1].firstPart : parts.count
    switch frame.shape {
    case .unknown, .scalar: return nil
    case .array: return JSONKey(intValue: frame.count - 1)
    case .object:
      guard partsEnd > frame.firstPart else { return nil }
      return JSONKey(stringValue: String(decoding: name(parts[partsEnd - 1]), as: UTF8.self))
    }
  }
}

/// A place in a value, for errors.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init?(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }

  init?(intValue: Int) { (stringValue, self.intValue) = ("Index \(intValue)", intValue) }
}
