import Testing

@testable import Bootstrap

@Suite("Processors")
struct ProcessorsTests {
  @Test(
    "They are the bits of the affinity mask",
    arguments: [("3", 2), ("1", 1), ("ff", 8), ("00000001,00000000", 1), ("0000000f,ffffffff", 36)])
  func mask(_ mask: String, _ expected: Int) {
    #expect(Processors.count(inStatus: "Name:\tx\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-1\n") == expected)
  }

  @Test("Without a mask there is no answer", arguments: ["", "Name:\tx\n", "Cpus_allowed:\t0\n"])
  func none(_ status: String) { #expect(Processors.count(inStatus: status) == nil) }

  @Test("There is at least one")
  func some() { #expect(Processors.count >= 1) }
}
