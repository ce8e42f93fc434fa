/// The parts of objects and arrays, and their order.
extension JSONFrame {
  /// Begins a member: writes its name. To be followed by its value and ``endMember()``.
  func beginMember(_ name: String) {
    if !parts.isEmpty { output.bytes.append(UInt8(ascii: ",")) }
    let start = output.bytes.count
    output.write(name)
    let nameLength = output.bytes.count - start - 2
    output.bytes.append(UInt8(ascii: ":"))
    parts.append(Part(start: start, nameLength: nameLength, end: output.bytes.count))
  }

  func endMember() { parts[parts.count - 1].end = output.bytes.count }

  /// Takes back the member that has been begun.
  func dropMember() {
    let start = parts.removeLast().start
    output.bytes.removeSubrange((parts.isEmpty ? start : start - 1)...)
  }

  func beginElement() {
    if count > 0 { output.bytes.append(UInt8(ascii: ",")) }
    count += 1
  }

  func dropElement(at start: Int) {
    output.bytes.removeSubrange(start...)
    count -= 1
  }

  /// A container within this one that the value fills when it likes: it is written apart and put in its place at the end.
  func child() -> JSONFrame {
    hasChildren = true
    let child = JSONFrame(JSONOutput(capacity: 64), parent: self)
    switch shape {
    case .object: parts[parts.count - 1].child = child
    case .array, .scalar, .unknown:
      let end = output.bytes.count
      parts.append(Part(start: end, nameLength: 0, end: end, child: child))
    }
    return child
  }

  func rebuildArray(from start: Int) {
    let written = Array(output.bytes[start...])
    output.bytes.removeSubrange(start...)
    var copied = 0
    for part in parts {
      output.bytes.append(contentsOf: written[copied..<part.end - start])
      copied = part.end - start
      if let child = part.child { output.bytes.append(contentsOf: child.finished()) }
    }
    output.bytes.append(contentsOf: written[copied...])
  }

  /// Puts the members in order, of several with one name the last.
  func sortMembers(from start: Int) {
    let order = sortedParts()
    guard hasChildren || order.count < parts.count || !zip(order, order.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return
    }
    let written = Array(output.bytes[start...])
    output.bytes.removeSubrange(start...)
    for (place, index) in order.enumerated() {
      if place > 0 { output.bytes.append(UInt8(ascii: ",")) }
      let part = parts[index]
      output.bytes.append(contentsOf: written[part.start - start..<part.end - start])
      if let child = part.child { output.bytes.append(contentsOf: child.finished()) }
    }
  }

  /// Which part comes when. By insertion: objects are small.
  private func sortedParts() -> [Int] {
    let names = parts.map { (first: prefix(of: $0), part: $0) }
    var order: [Int] = []
    order.reserveCapacity(parts.count)
    for index in parts.indices {
      var place = order.count
      while place > 0, precedes(names[index], names[order[place - 1]]) { place -= 1 }
      let isRepeated = place > 0 && !precedes(names[order[place - 1]], names[index])
      if isRepeated { order[place - 1] = index } else { order.insert(index, at: place) }
    }
    return order
  }

  /// The first eight bytes of a name as a number that sorts as they do.
  private func prefix(of part: Part) -> UInt64 {
    var prefix: UInt64 = 0
    for offset in 0..<8 {
      prefix <<= 8
      if offset < part.nameLength { prefix |= UInt64(output.bytes[part.start + 1 + offset]) }
    }
    return prefix
  }

  private func precedes(_ left: (first: UInt64, part: Part), _ right: (first: UInt64, part: Part)) -> Bool {
    guard left.first == right.first else { return left.first < right.first }
    return name(left.part).lexicographicallyPrecedes(name(right.part))
  }

  private func name(_ part: Part) -> ArraySlice<UInt8> {
    output.bytes[part.start + 1..<part.start + 1 + part.nameLength]
  }
}
