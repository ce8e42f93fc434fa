import Foundation
import Kernel
import Testing

@Suite("Digest")
struct DigestTests {
  @Test("It is the SHA-256 of the UTF-8 bytes")
  func knownAnswers() {
    // FIPS 180-4, examples for "" and "abc".
    #expect(Digest(of: "").description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(Digest(of: "abc").description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest(of: "é") != Digest(of: "e\u{301}"))
  }

  @Test("Digests are equal in constant time when they are equal, wherever they differ")
  func equality() throws {
    let digest = Digest(of: "secret")
    #expect(digest.isEqualInConstantTime(to: Digest(of: "secret")))
    for position in 0..<64 {
      var characters = Array(digest.description)
      characters[position] = characters[position] == "0" ? "1" : "0"
      #expect(!digest.isEqualInConstantTime(to: try Self.digest(String(characters))))
    }
  }

  @Test("Only 64 hexadecimal digits are a digest", arguments: [0, 1, 63, 65])
  func length(count: Int) {
    let text = Digest(of: "secret").description
    #expect(Digest(hexadecimal: text)?.description == text)
    #expect(Digest(hexadecimal: String((text + "0").prefix(count))) == nil)
    #expect(Digest(hexadecimal: "g" + text.dropFirst()) == nil)
  }

  private static func digest(_ text: String) throws -> Digest {
    try JSONDecoder().decode([Digest].self, from: JSONEncoder().encode([text]))[0]
  }
}
