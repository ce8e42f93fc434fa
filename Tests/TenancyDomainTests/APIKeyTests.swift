import Kernel
import TenancyDomain
import Testing

@Suite("APIKey")
struct APIKeyTests {
  private static let hex = "00000000000000000000000000000001"

  @Test(
    "A key tells its kind, the slug it claims, and the digest of all of it",
    arguments: [
      ("pk_live_willow_", APIKey.Kind.publishable, "willow"), ("pk_test_willow_", .publishable, "willow"),
      ("sk_live_harbor-2_", .secret, "harbor-2"), ("sk_test_a_", .secret, "a"),
    ])
  func accepted(start: String, kind: APIKey.Kind, slug: String) throws {
    let text = start + Self.hex
    let key = try #require(APIKey(text))
    #expect(key.kind == kind)
    #expect(key.slug == slug)
    #expect(key.digest == Digest(of: text))
  }

  @Test("Keys that differ in anything have different digests")
  func digests() {
    let texts =
      ["pk_live_a_", "pk_test_a_", "sk_live_a_", "pk_live_b_"].map { $0 + Self.hex } + [
        "pk_live_a_1" + Self.hex.dropLast()
      ]
    #expect(Set(texts.compactMap { APIKey($0)?.digest }).count == texts.count)
  }

  @Test(
    "What has not the form of a key is refused",
    arguments: [
      "", "pk_live_willow_", "pk_live_willow", hex, "ak_live_willow_\(hex)", "PK_live_willow_\(hex)",
      "pk_prod_willow_\(hex)", "pk__willow_\(hex)", "pk_live__\(hex)", "pk_live_Willow_\(hex)", "pk_live_-w_\(hex)",
      "pk_live_wil_low_\(hex)", "pk_live_willow_\(hex)_", "_pk_live_willow_\(hex)", "pk_live_willow_\(hex)0",
      "pk_live_willow_\(hex.dropLast())", "pk_live_willow_\(hex.dropLast())g", "pk_live_willow_\(hex) ",
      " pk_live_willow_\(hex)", "pk-live-willow-\(hex)", "pk_live_willow_\(hex.dropLast())１", "pk_live_é_\(hex)",
      "pk_live_\(String(repeating: "a", count: 100))_\(hex)",
    ])
  func refused(text: String) { #expect(APIKey(text) == nil) }
}
