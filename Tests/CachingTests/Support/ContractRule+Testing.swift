import Kernel
import PortContracts
import Testing

extension ContractRule: CustomTestStringConvertible {}

extension TenantID {
  /// A tenant that nobody else has.
  static func fresh() -> TenantID {
    TenantID(UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)))
  }
}
