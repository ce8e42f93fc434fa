import Kernel
import PostgresClient

/// The parameters of a statement that is put together from parts. The first is always the tenant.
struct Parameters {
  private(set) var values: [PostgresValue]

  init(_ tenant: TenantID) { values = [.tenant(tenant)] }

  /// Adds a value; returns what stands for it in the statement.
  mutating func add(_ value: PostgresValue) -> String {
    values.append(value)
    return "$\(values.count)"
  }
}
