import Kernel

/// Reads the members of a request body one by one and remembers what is wrong with each.
///
/// A method returns nil when its member is absent or invalid; ``isValid`` tells which. ``refusal`` names every invalid
/// and every unknown member at once.
struct FieldReader {
  /// Most fields that one refusal names.
  private static let mostNamed = 100

  private let members: [String: JSONValue]
  private let prefix: String
  private var known: Set<String> = []
  private(set) var errors: [DomainError.FieldError] = []

  init(_ members: [String: JSONValue], prefix: String = "") {
    self.members = members
    self.prefix = prefix
  }

  /// Whether all members read so far are right and no other is there.
  var isValid: Bool { errors.isEmpty && unknown.isEmpty }

  /// What is wrong with the body.
  var refusal: DomainError {
    DomainError(
      .validationFailed, "The request has invalid fields.", fields: Array((errors + unknown).prefix(Self.mostNamed)))
  }

  private var unknown: [DomainError.FieldError] {
    members.keys.filter { !known.contains($0) }.sorted().map { .init(prefix + $0, "is not a known field") }
  }

  /// Remembers an error of a member.
  mutating func fail(_ name: String, _ message: String) { errors.append(.init(prefix + name, message)) }

  /// A member that may be absent or null.
  mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    guard let value = members[name], value != .null else { return nil }
    return value
  }

  /// A member that must be there and not null, read by `read`.
  mutating func require<Value>(_ name: String, _ read: (inout FieldReader) -> Value?) -> Value? {
    known.insert(name)
    guard let value = members[name] else {
      fail(name, "is required")
      return nil
    }
    guard value != .null else {
      fail(name, "must not be null")
      return nil
    }
    return read(&self)
  }

  /// A text of `length` characters without control characters; line breaks and tabs are allowed in `isLong` ones.
  mutating func text(_ name: String, _ length: ClosedRange<Int>, isLong: Bool = false) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else {
      fail(name, "must be a string")
      return nil
    }
    guard length.contains(text.count), text.utf8.count <= length.upperBound * 4 else {
      fail(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
      return nil
    }
    guard !PlainText.hasControls(text, allowsLines: isLong) else {
      fail(name, "must not have control characters")
      return nil
    }
    guard length.lowerBound == 0 || text.contains(where: { !$0.isWhitespace }) else {
      fail(name, "must not be blank")
      return nil
    }
    return text
  }

  /// A whole number within `range`.
  mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = value(name) else { return nil }
    guard case .integer(let integer) = value, range.contains(integer) else {
      fail(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return integer
  }

  mutating func bool(_ name: String) -> Bool? {
    guard let value = value(name) else { return nil }
    guard case .bool(let bool) = value else {
      fail(name, "must be true or false")
      return nil
    }
    return bool
  }

  /// A text that `parse` understands.
  mutating func parsed<Value>(_ name: String, _ expected: String, _ parse: (String) -> Value?) -> Value? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value, let parsed = parse(text) else {
      fail(name, "must be \(expected)")
      return nil
    }
    return parsed
  }

  mutating func slug(_ name: String) -> Slug? {
    parsed(name, "a slug: 1 to 100 of a-z, 0-9 and -, no - at either end") { Slug($0) }
  }

  /// At most `limit` elements, each read by `parse` with its path.
  mutating func array<Value>(
    _ name: String, limit: Int, _ parse: (inout FieldReader, JSONValue, String) -> Value?
  ) -> [Value]? {
    guard let value = value(name) else { return nil }
    guard case .array(let elements) = value, elements.count <= limit else {
      fail(name, "must be an array of at most \(limit)")
      return nil
    }
    return elements.enumerated().compactMap { parse(&self, $1, "\(name)[\($0)]") }
  }

  /// An array of texts that `parse` understands.
  mutating func texts<Value>(
    _ name: String, limit: Int, _ expected: String, _ parse: (String) -> Value?
  ) -> [Value]? {
    array(name, limit: limit) { reader, element, path in
      guard case .string(let text) = element, let parsed = parse(text) else {
        reader.fail(path, "must be \(expected)")
        return nil
      }
      return parsed
    }
  }

  /// An object, read by `read`; its errors are named with its path.
  mutating func object<Value>(_ name: String, _ read: (inout FieldReader) -> Value?) -> Value? {
    guard let value = value(name) else { return nil }
    return object(value, path: name, read)
  }

  /// An object that is an element of an array.
  mutating func object<Value>(_ value: JSONValue, path: String, _ read: (inout FieldReader) -> Value?) -> Value? {
    guard case .object(let members) = value else {
      fail(path, "must be an object")
      return nil
    }
    var reader = FieldReader(members, prefix: prefix + path + ".")
    let result = read(&reader)
    errors += reader.isValid ? [] : reader.refusal.fields
    return result
  }
}
