import Foundation
import Kernel
import Testing

@Suite("Places, cursors and pages")
struct PagingTests {
  @Test("Places compare value by value: numbers before texts, texts by their bytes, the shorter first")
  func order() {
    let places: [SortPlace] = [
      SortPlace([]), SortPlace([.number(-5)]), SortPlace([.number(3)]), SortPlace([.number(3), .text("a")]),
      SortPlace([.number(20)]), SortPlace([.text("")]), SortPlace([.text("Z")]), SortPlace([.text("Z"), .number(1)]),
      SortPlace([.text("a")]), SortPlace([.text("ab")]), SortPlace([.text("é")]), SortPlace([.text("💐")]),
    ]
    #expect(places.shuffled().sorted() == places)
    for (left, right) in zip(places, places.dropFirst()) { #expect(!(right < left)) }
  }

  @Test("A cursor is read again as the place it names", arguments: ["", "title", "Łódź “quoted” \n + / =", "💐"])
  func roundTrip(title: String) {
    let place = SortPlace([.number(-7), .text(title), .number(.max), .text("")])
    let text = Cursor(list: "packages", place: place).text
    #expect(Cursor(text, list: "packages")?.place == place)
    #expect(text.utf8.allSatisfy { Self.urlSafe.contains($0) })
  }

  @Test("A cursor of another list is refused")
  func otherList() {
    let text = Cursor(list: "packages.title", place: SortPlace([.text("a")])).text
    #expect(Cursor(text, list: "packages.price") == nil)
    #expect(Cursor(text, list: "") == nil)
  }

  @Test(
    "What is no cursor is refused",
    arguments: [
      "", "a", "!!!", "e30", "bnVsbA", "eyJsIjoibCIsInAiOlt0cnVlXX0", "eyJsIjoibCIsInAiOlsxLjVdfQ", "\0", "é", "====",
    ])
  func garbage(text: String) { #expect(Cursor(text, list: "l") == nil) }

  @Test("A cursor that was cut or changed is refused or names another place, but never ends the process")
  func damaged() {
    let text = Cursor(list: "l", place: SortPlace([.text("title"), .number(1)])).text
    for count in 0..<text.count { #expect(Cursor(String(text.prefix(count)), list: "l") == nil) }
    for position in text.indices { _ = Cursor(text.replacingCharacters(in: position...position, with: "A"), list: "l") }
  }

  @Test("A page of a sequence is in order, begins after its place and has one record more when the list goes on")
  func page() {
    let numbers = [5, 3, 9, 1, 7]
    let place: (Int) -> SortPlace = { SortPlace([.number($0)]) }
    #expect(numbers.page(PageRequest(limit: 2), by: place) == [1, 3, 5])
    #expect(numbers.page(PageRequest(after: place(5), limit: 2), by: place) == [7, 9])
    #expect(numbers.page(PageRequest(after: place(4), limit: 1), by: place) == [5, 7])
    #expect(numbers.page(PageRequest(after: place(9), limit: 2), by: place) == [])
    #expect(numbers.page(PageRequest(), by: place) == [1, 3, 5, 7, 9])
  }

  @Test("A page shows its limit and where the next begins; the last one says so")
  func wireForm() throws {
    let place: (Int) -> SortPlace = { SortPlace([.number($0)]) }
    let page = Page([1, 2, 3], limit: 2, list: "l", place: place, view: { "n\($0)" })
    #expect(page.data == ["n1", "n2"])
    #expect(Cursor(try #require(page.nextCursor), list: "l")?.place == place(2))
    let last = Page([1, 2], limit: 2, list: "l", place: place, view: { "n\($0)" })
    #expect(last.nextCursor == nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(last), as: UTF8.self) == #"{"data":["n1","n2"],"nextCursor":null}"#)
    #expect(Page([Int](), limit: 2, list: "l", place: place, view: { "n\($0)" }).data.isEmpty)
  }

  private static let urlSafe = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
