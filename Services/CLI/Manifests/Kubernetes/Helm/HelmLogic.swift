/// Comparisons and questions.
enum HelmLogic {
    /// Nil for a function that is not among these.
    static func call(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        switch name {
        case "not", "empty":
            guard let isTrue = arguments.first?.isTrue else { return HelmValue.opaque(name) }
            return HelmValue.boolean(!isTrue)
        case "eq", "ne":
            guard let first = arguments.first?.printed else { return undecided(name, arguments) }
            var isEqual = false
            for other in arguments.dropFirst() {
                guard let text = other.printed else { return undecided(name, arguments) }
                if text == first { isEqual = true }
            }
            return HelmValue.boolean(isEqual == (name == "eq"))
        case "lt", "le", "gt", "ge":
            guard arguments.count == 2, let a = arguments[0].printed.flatMap(Double.init),
                let b = arguments[1].printed.flatMap(Double.init)
            else { return HelmValue.opaque(name) }
            return HelmValue.boolean(name == "lt" ? a < b : name == "le" ? a <= b : name == "gt" ? a > b : a >= b)
        case "kindIs":
            guard arguments.count == 2, let kind = arguments[0].printed, !arguments[1].isOpaque else {
                return HelmValue.opaque(name)
            }
            return HelmValue.boolean(self.kind(of: arguments[1]) == kind)
        case "kindOf":
            return arguments.first.map { $0.isOpaque ? HelmValue.opaque(name) : HelmValue.text(kind(of: $0)) }
        case "contains", "hasPrefix", "hasSuffix":
            guard arguments.count == 2, let part = arguments[0].printed, let text = arguments[1].printed else {
                return HelmValue.opaque(name)
            }
            return HelmValue.boolean(
                name == "contains"
                    ? text.contains(part) : name == "hasPrefix" ? text.hasPrefix(part) : text.hasSuffix(part))
        case "semverCompare":
            guard arguments.count == 2, let constraint = arguments[0].printed, let version = arguments[1].printed,
                let isMet = HelmVersion.meets(version, constraint)
            else { return HelmValue.opaque(name) }
            return HelmValue.boolean(isMet)
        default: return nil
        }
    }

    /// A list equals no text; what only helm can tell equals nobody knows what.
    private static func undecided(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode {
        arguments.contains(where: \.isOpaque) ? HelmValue.opaque(name) : HelmValue.boolean(name == "ne")
    }

    private static func kind(of node: ManifestNode) -> String {
        switch node.content {
        case .list: "slice"
        case .map: "map"
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: "invalid"
            case .boolean: "bool"
            case .number: scalar.text.contains(".") ? "float64" : "int"
            case .date, .string: "string"
            }
        }
    }
}

/// A constraint of one comparison, such as `>=1.19-0`; charts ask it of the cluster's version.
enum HelmVersion {
    static let cluster = "v1.31.0"

    /// Nil for a constraint of several parts.
    static func meets(_ version: String, _ constraint: String) -> Bool? {
        guard let match = constraint.wholeMatch(of: /\s*(>=|<=|>|<|=|\^|~)?\s*v?([0-9]+(?:\.[0-9]+){0,2})(?:-0)?\s*/)
        else {
            return nil
        }
        let wanted = numbers(String(match.2))
        let own = numbers(version)
        let isLess = own.lexicographicallyPrecedes(wanted)
        switch match.1 {
        case ">=": return !isLess
        case "<": return isLess
        case ">": return wanted.lexicographicallyPrecedes(own)
        case "<=": return !wanted.lexicographicallyPrecedes(own)
        case "^", "~": return nil
        default: return own == wanted
        }
    }

    private static func numbers(_ text: String) -> [Int] {
        let core = text.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }
        let parts = core.split(separator: ".").prefix(3).map { Int($0) ?? 0 }
        return parts + Array(repeating: 0, count: 3 - parts.count)
    }
}
