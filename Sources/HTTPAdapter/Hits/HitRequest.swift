import Kernel
import TenancyDomain

/// A request's head with what follows from its bytes: who keeps a connection open often asks the same again, and so do
/// others. For one event loop.
final class HitRequest {
  let head: PlainHead
  /// Nil where there is none that has the form of one.
  let key: TenantDirectory.PreparedKey?
  let wantsGzip: Bool
  /// The bytes of the head.
  let bytes: [UInt8]
  private var target: HitTarget?

  /// Reads the head that `bytes` begin with; nil when it is not one to be answered here.
  init?(_ bytes: Span<UInt8>, _ memory: HitMemory) {
    guard let head = PlainHead(bytes) else { return nil }
    self.head = head
    key = head.tenantKey.isEmpty ? nil : memory.key(bytes, head.tenantKey)
    wantsGzip = memory.wantsGzip(bytes, head.acceptEncoding)
    self.bytes = Array(bytes, 0..<head.length)
  }

  /// Whether `other` begins with the same head: it has an end of its own, so nothing that follows can be part of it.
  func begins(_ other: Span<UInt8>) -> Bool {
    guard other.count >= bytes.count else { return false }
    return other.withUnsafeBytes { other in
      bytes.withUnsafeBytes { $0.isSame(as: UnsafeRawBufferPointer(rebasing: other.prefix($0.count))) }
    }
  }

  /// Whether others may ask the same in the same bytes: not with more behind them, nor with what is a caller's secret or a
  /// request's name.
  func mayComeAgain(as bytes: Span<UInt8>) -> Bool {
    head.length == bytes.count && key?.kind == .publishable && !head.hasSecret && head.requestID.isEmpty
      && head.traceParent.isEmpty
  }

  /// The question to a tenant's catalog; nil when it is none or cannot be read.
  func target(_ tenant: TenantID, _ memory: HitMemory) -> HitTarget? {
    if let target, target.tenant == tenant { return target }
    target = bytes.withUnsafeBufferPointer { memory.target($0.span, head.target, tenant) }
    return target
  }
}
