import Foundation
import Kernel
import Testing

@Suite("UniqueID")
struct UniqueIDTests {
  @Test("An identifier is written as a lowercase UUID and read again, in either case")
  func text() {
    let id = UniqueID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
    #expect(id.description == "01234567-89ab-cdef-fedc-ba9876543210")
    #expect(UniqueID(id.description) == id)
    #expect(UniqueID(id.description.uppercased()) == id)
    for _ in 0..<500 {
      let id = UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
      #expect(UniqueID(id.description) == id)
      #expect(UUID(uuidString: id.description)?.uuidString.lowercased() == id.description)
    }
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", "0123456789abcdeffedcba9876543210", "01234567-89ab-cdef-fedc-ba987654321",
      "01234567-89ab-cdef-fedc-ba98765432100",
      "01234567-89ab-cdef-fedc-ba987654321g", "{01234567-89ab-cdef-fedc-ba9876543210}",
      "0123456-789ab-cdef-fedc-ba9876543210", "01234567-89ab-cdef-fedc-ba9876543210 ",
      "-1234567-89ab-cdef-fedc-ba9876543210",
      "01234567_89ab_cdef_fedc_ba9876543210", "01234567-89ab-cdef-fedc-ba98765432１0",
    ])
  func refused(text: String) { #expect(UniqueID(text) == nil) }

  @Test("It is of version 7 and its variant, whatever the random bits", arguments: [UInt64.min, .max, 0x5A5A_5A5A])
  func version(bits: UInt64) {
    let text = UniqueID(at: Timestamp(milliseconds: 1_800_000_000_000), random: (bits, bits)).description
    #expect(text.hasPrefix("01a3185c-5000-7"))
    #expect("89ab".contains(Array(text)[19]))
  }

  @Test("Those of a later millisecond sort later, as values and as texts")
  func order() {
    let ids = (0..<100).map { number in
      UniqueID(
        at: Timestamp(milliseconds: 1_800_000_000_000 + number * 7),
        random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
    }
    #expect(ids.shuffled().sorted() == ids)
    #expect(ids.map(\.description).shuffled().sorted() == ids.map(\.description))
  }

  @Test("The generator takes time and randomness from where it is told")
  func generator() {
    struct Fixed: RandomSource, WallClock {
      let isUnpredictable = true
      func next() -> UInt64 { 0x0102_0304_0506_0708 }
      func now() -> Timestamp { Timestamp(milliseconds: 1) }
    }
    let newID = IDGenerator(clock: Fixed(), random: Fixed())
    #expect(newID.uniqueID().description == "00000000-0001-7708-8102-030405060708")
    #expect(newID.secret() == String(repeating: "0807060504030201", count: 4))
  }

  @Test("An identifier is a JSON string; another string is refused")
  func json() throws {
    let id = ID<Self>(UniqueID(high: 1, low: 2))
    let data = try JSONEncoder().encode([id])
    #expect(String(decoding: data, as: UTF8.self) == #"["00000000-0000-0001-0000-000000000002"]"#)
    #expect(try JSONDecoder().decode([ID<Self>].self, from: data) == [id])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([ID<Self>].self, from: Data(#"["1"]"#.utf8)) }
  }
}
