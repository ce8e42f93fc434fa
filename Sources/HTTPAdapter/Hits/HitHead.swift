import Caching

/// The beginning of all answers of one form: the status line and the fields that follow from the entry, of which tag and
/// length alone differ.
struct HitHead: Sendable {
  private let beforeTag: [UInt8]
  private let afterTag: [UInt8]
  private let form: EntityForm

  init(_ form: EntityForm, _ crossOrigin: CrossOrigin) {
    self.form = form
    var (reply, tag) = EntityAnswer.sample(form, .catalog)
    crossOrigin.vary(&reply.headers)
    let lines = reply.lines
    guard let place = lines.firstRange(of: tag) else { preconditionFailure("an answer names its tag") }
    beforeTag = Array(lines[..<place.lowerBound].utf8)
    afterTag = Array((lines[place.upperBound...] + (form.isUnchanged ? "" : "Content-Length: ")).utf8)
  }

  /// The most bytes it has.
  var mostBytes: Int { beforeTag.count + afterTag.count + 64 }

  /// Writes it for an entry.
  /// - Parameter length: how many bytes the entry has in this form.
  func write(_ entry: CacheEntry, length: Int, to output: inout HeadBytes) {
    output.append(beforeTag)
    output.append(form.tag(of: entry))
    output.append(afterTag)
    guard !form.isUnchanged else { return }
    output.append(length)
    output.append("\r\n")
  }
}
