@testable import Check
