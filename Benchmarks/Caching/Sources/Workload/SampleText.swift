package import NIOCore

/// Bodies like those of the catalog: JSON text that compresses to about a fifth.
package enum SampleText {
  /// A body of exactly that many bytes.
  package static func body(_ bytes: Int) -> ByteBuffer {
    var text = #"{"data":["#
    var number = 0
    while text.utf8.count < bytes {
      number += 1
      text += #"{"slug":"package-\#(number &* 2_654_435_761 % 100_000)","title":"Sunrise on the ridge \#(number)","#
      text += #""priceCents":\#(number &* 40_503 % 900_000),"currency":"USD","status":"published","grouping":"small"},"#
    }
    return ByteBuffer(bytes: text.utf8.prefix(bytes))
  }
}
