package import Kernel

/// A sign-in, as it is kept. Its secret is not in it.
package struct Session: Hashable, Sendable, Codable {
  /// Who has signed in.
  package let subject: String
  package let createdAt: Timestamp
  /// When it was last used.
  package var lastSeenAt: Timestamp
  /// What the application keeps with it, by name.
  package var data: [String: String]

  package init(subject: String, createdAt: Timestamp, lastSeenAt: Timestamp, data: [String: String]) {
    self.subject = subject
    self.createdAt = createdAt
    self.lastSeenAt = lastSeenAt
    self.data = data
  }
}
