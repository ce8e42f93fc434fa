import Foundation
import HTTPTypes
import NIOCore
import Synchronization

/// A reader and writers of packages, whose prices are their versions.
struct Clients: Sendable {
  let fleet: Fleet
  let history: History
  let versions: Versions

  /// Numbers that are handed out once.
  final class Versions: Sendable {
    // Above every price of the demo tenants.
    private let last = Atomic<Int>(1_000_000)

    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
  }

  /// Reads one package, its detail or the list that shows it, and notes what was seen.
  /// - Parameter mayFail: whether an answer other than 200 is no fault: the process may be gone.
  @discardableResult
  func read(_ caller: Caller, on instance: Instance, _ package: String?, mayFail: Bool = false) async -> Bool {
    let place = History.Place(instance: instance.number, life: instance.life)
    let path = "/api/v1/packages" + (package.map { "/\($0)" } ?? "?limit=100")
    do {
      let answer = try await caller.get(path)
      guard answer.status == 200 else {
        if !mayFail { history.noteRefusal("GET \(path): \(answer.status) \(answer.text.prefix(200))") }
        return false
      }
      let shown = try Shown(answer.body, isList: package == nil)
      guard instance.life == place.life else { return true }
      history.note(
        shown.packages.map {
          History.Read(
            place: place, package: $0.slug, view: package == nil ? "list" : "detail", version: $0.priceCents,
            began: answer.began, ended: answer.ended)
        })
      return true
    } catch {
      if !mayFail { history.noteRefusal("GET \(path): \(error)") }
      return false
    }
  }

  /// Gives a package its next version; returns it when it was acknowledged.
  @discardableResult
  func write(_ caller: Caller, on instance: Instance, _ package: String, mayFail: Bool = false) async -> Int? {
    let version = versions.next()
    let place = History.Place(instance: instance.number, life: instance.life)
    let path = "/api/v1/admin/packages/\(package)"
    do {
      let answer = try await caller.send(.patch, path, #"{"priceCents": \#(version)}"#)
      guard answer.status == 200 else {
        if !mayFail { history.noteRefusal("PATCH \(path): \(answer.status) \(answer.text.prefix(200))") }
        return nil
      }
      history.note(
        History.Write(
          place: place, package: package, version: version, began: answer.began, ended: answer.ended))
      return version
    } catch {
      if !mayFail { history.noteRefusal("PATCH \(path): \(error)") }
      return nil
    }
  }

  /// The packages of an answer.
  private struct Shown {
    struct Item: Decodable {
      let slug: String
      let priceCents: Int
    }

    private struct List: Decodable { let data: [Item] }

    let packages: [Item]

    init(_ body: ByteBuffer, isList: Bool) throws {
      let data = Data(body.readableBytesView)
      packages =
        isList
        ? try JSONDecoder().decode(List.self, from: data).data : [try JSONDecoder().decode(Item.self, from: data)]
    }
  }
}
