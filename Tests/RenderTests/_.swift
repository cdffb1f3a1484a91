@testable import Render
