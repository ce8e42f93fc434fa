/// Texts against patterns in which `*` stands for any run of bytes and nothing else is special.
enum GlobText {
  /// Linear in the length of the text for each `*`: the last one takes up more only when what follows it fails.
  static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (place, inPattern) = (0, 0)
    var star: (pattern: Int, place: Int)?
    while place < text.count {
      if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
        star = (inPattern, place)
        inPattern += 1
      } else if inPattern < pattern.count, pattern[inPattern] == text[place] {
        place += 1
        inPattern += 1
      } else if let last = star {
        star = (last.pattern, last.place + 1)
        place = last.place + 1
        inPattern = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
