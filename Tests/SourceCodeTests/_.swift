@testable import SourceCode
