import Caching
import CatalogDomain
import HTTPTypes
import Kernel
import NIOCore
import Observability

/// One question to the catalog of one tenant, with what its answers have in common. For one event loop.
final class HitTarget {
  /// The beginning of an answer: what follows from the entry alone, as bytes.
  private struct Head {
    let tag: EntityTag
    let length: Int
    let bytes: [UInt8]
  }

  let tenant: TenantID
  let read: CatalogRead
  let key: CacheKey
  /// The slug of the one package that is asked for; nil for every other question.
  let viewed: String?
  private let route: String
  /// How to look for the answer without a task; nil where there is no such way, and before anybody has asked.
  private var look: CacheGlance??
  private var heads: [Head?]
  private var histograms: [Histogram?]

  /// Nil when the target is not one of the catalog, or cannot be read.
  init?(_ target: String, _ tenant: TenantID) {
    // The router's way finds the words for a target that cannot be read.
    guard let (read, endpoint) = try? CatalogTarget.read(target) else { return nil }
    self.tenant = tenant
    self.read = read
    key = read.key(tenant)
    viewed = if case .package(let slug) = read { slug } else { nil }
    route = endpoint.template
    heads = Array(repeating: nil, count: EntityForm.allCases.count)
    histograms = Array(repeating: nil, count: EntityForm.allCases.count * 2)
  }

  /// The answer, if memory has it.
  func peek(_ catalog: CatalogService) -> CacheEntry? { catalog.peek(key) ?? glance(catalog)?.peek() }

  /// The way to look for the answer in a store that instances share.
  func glance(_ catalog: CatalogService) -> CacheGlance? {
    if let look { return look }
    let found = catalog.glance(read, at: key)
    look = .some(found)
    return found
  }

  /// The status line and the fields that follow from the entry, made once for each version of it.
  func head(_ form: EntityForm, _ entry: CacheEntry, _ crossOrigin: CrossOrigin) -> [UInt8] {
    // With the tag go all other bytes but those of gzip, which another release may have made differently.
    let length = form.body(of: entry)?.readableBytes ?? 0
    if let head = heads[form.rawValue], head.length == length, head.tag == entry.entityTag { return head.bytes }
    var reply = EntityAnswer.reply(form, entry, .catalog)
    if reply.body != nil { reply.headers.append(HTTPField(name: .contentLength, value: String(length))) }
    crossOrigin.vary(&reply.headers)
    let bytes = Array(reply.lines.utf8)
    heads[form.rawValue] = Head(tag: entry.entityTag, length: length, bytes: bytes)
    return bytes
  }

  /// Takes down one answer.
  func record(_ form: EntityForm, isHead: Bool, from start: UInt64, to end: UInt64, _ recorder: RequestRecorder) {
    let index = form.rawValue * 2 + (isHead ? 1 : 0)
    if let histogram = histograms[index] { return recorder.record(in: histogram, from: start, to: end) }
    let histogram = recorder.histogram(route, isHead ? "HEAD" : "GET", form.isUnchanged ? 304 : 200)
    histograms[index] = histogram
    recorder.record(in: histogram, from: start, to: end)
  }
}
