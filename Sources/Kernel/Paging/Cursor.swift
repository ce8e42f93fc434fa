import Foundation

/// The text by which a client asks for the next page: opaque to it, base64url of a place in a named list.
///
/// It names a place, not a count, so records that are inserted or removed meanwhile neither repeat nor hide others.
package struct Cursor: Sendable {
  package let place: SortPlace
  private let list: String

  package init(list: String, place: SortPlace) {
    self.list = list
    self.place = place
  }

  /// Reads a cursor of the list `list`; nil for a cursor of another list and for anything else.
  package init?(_ text: String, list: String) {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/") + padding
    guard let data = Data(base64Encoded: base64), let form = try? JSONDecoder().decode(Form.self, from: data),
      form.list == list
    else { return nil }  // whatever is wrong with it, the client is told the cursor is malformed
    self.init(list: list, place: form.place)
  }

  /// The cursor as a client is given it.
  package var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(Form(list: list, place: place)) else {
      preconditionFailure("a cursor of texts and numbers always encodes")
    }
    return data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private struct Form: Codable {
    let list: String
    let place: SortPlace

    enum CodingKeys: String, CodingKey {
      case list = "l"
      case place = "p"
    }
  }
}
