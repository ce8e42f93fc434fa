import Kernel
import Testing

@testable import TenancyDomain

@Suite("What is remembered of tenants' keys, and goes when a tenant changes")
struct TenantTagTests {
  @Test("However many slugs are made up, there are 256 tags, and a tenant's is always the same")
  func bounded() throws {
    let slugs = try (0..<10_000).map { try #require(Slug("made-up-\($0)")) }
    #expect(Set(slugs.map(TenantDirectory.tag)).count == 256)
    // `printf willow | sha256sum`
    #expect(TenantDirectory.tag(try #require(Slug("willow"))) == .named("tenants-da", .platform))
  }
}
