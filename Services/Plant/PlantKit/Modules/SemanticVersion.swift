/// `MAJOR.MINOR.PATCH` (Semantic Versioning 2.0.0 §2), without pre-release or build parts.
package struct SemanticVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    package let parts: [Int]

    /// Missing parts are zero: `1.8` is `1.8.0`.
    package init?(_ text: some StringProtocol) {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        guard 1...3 ~= numbers.count else { return nil }
        var parts: [Int] = []
        for number in numbers {
            guard 1...6 ~= number.utf8.count, number.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let value = Int(number)
            else { return nil }
            parts.append(value)
        }
        self.parts = parts + Array(repeating: 0, count: 3 - parts.count)
    }

    package var description: String { parts.map(String.init).joined(separator: ".") }

    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}

/// What a module stands on: `core >= 0.1.0`, `farm_manager >= 1.8, < 2`.
package struct ModuleRequirement: Sendable, Equatable {
    package enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case equal = "=="
        case above = ">"
        case below = "<"
    }

    package struct Bound: Sendable, Equatable {
        let comparison: Comparison
        let version: SemanticVersion
    }

    /// The plant itself.
    package static let core = "core"

    /// `core` or a module's name.
    package let name: String
    /// All of them hold; none: any version will do.
    package let bounds: [Bound]

    package init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        guard let name = words.first, ManifestRules.isName(name) else { return nil }
        self.name = String(name)
        var bounds: [Bound] = []
        for part in words.dropFirst().joined().split(separator: ",", omittingEmptySubsequences: false) {
            let bound = part.filter { $0 != " " }
            guard let comparison = Comparison.allCases.first(where: { bound.hasPrefix($0.rawValue) }),
                let version = SemanticVersion(bound.dropFirst(comparison.rawValue.count))
            else { return nil }
            bounds.append(Bound(comparison: comparison, version: version))
        }
        self.bounds = bounds
    }

    package func accepts(_ version: SemanticVersion) -> Bool {
        bounds.allSatisfy { bound in
            switch bound.comparison {
            case .atLeast: version >= bound.version
            case .atMost: version <= bound.version
            case .equal: version == bound.version
            case .above: version > bound.version
            case .below: version < bound.version
            }
        }
    }
}
