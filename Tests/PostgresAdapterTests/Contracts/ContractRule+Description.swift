import PortContracts
import Testing

/// Makes a test print the sentence of its rule.
extension ContractRule: CustomTestStringConvertible {}
