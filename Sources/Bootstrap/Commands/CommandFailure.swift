import Kernel

/// What a failed command says on its one line.
package enum CommandFailure {
  /// The reason in words for people; of a refusal, every field at fault.
  package static func message(of error: any Error) -> String {
    guard let refusal = error as? DomainError else { return String(describing: error) }
    return ([refusal.message] + refusal.fields.map { "\($0.field): \($0.message)" }).joined(separator: " ")
  }
}
