import Testing
@testable import Kernel
import HummingbirdTesting
@Test func x() {}
