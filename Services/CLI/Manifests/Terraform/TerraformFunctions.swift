import Evidence

/// The functions that only hand on or put together what they are given; every other one is not followed.
enum TerraformFunctions {
    static func call(_ name: String, _ arguments: [TerraformValue], at position: SourcePosition) -> TerraformValue {
        switch name {
        case "tolist", "toset", "tomap", "tostring", "tonumber", "tobool", "sensitive", "nonsensitive", "toobject":
            return arguments.first ?? .null
        case "jsonencode": return arguments.first.map { .json($0) } ?? .null
        case "jsondecode":
            guard case .bound(let value, let place)? = arguments.first else { break }
            if let reference = value.reference { return .members(reference, place) }
            if let text = value.literal, let node = try? JSONDocument.parse(text, file: place.file, start: place) {
                return TerraformPlan.value(node)
            }
        case "merge":
            var members: [TerraformValue.Member] = []
            for argument in arguments {
                if case .null = argument { continue }
                guard case .object(let own) = argument else { return .unknown("merge at \(position)") }
                members.removeAll { member in own.contains { $0.key == member.key } }
                members += own
            }
            return .object(members)
        case "concat", "flatten":
            var values: [TerraformValue] = []
            let inner = name == "flatten" ? lists(arguments.first) : arguments
            guard let inner else { break }
            for argument in inner {
                if case .list(let own) = argument {
                    values += own
                } else if name == "flatten" {
                    values.append(argument)
                } else {
                    return .unknown("concat at \(position)")
                }
            }
            return .list(values)
        case "lookup" where arguments.count > 1:
            guard let key = arguments[1].assumed else { break }
            if case .object = arguments[0] {
                return arguments[0][key] ?? (arguments.count > 2 ? arguments[2] : .unknown("lookup at \(position)"))
            }
        case "try":
            for argument in arguments {
                if case .unknown = argument { return .unknown("try at \(position)") }
                if case .null = argument { continue }
                return argument
            }
        case "coalesce": return coalesce(arguments, position)
        case "format":
            guard let format = arguments.first?.literal else { break }
            return self.format(format, Array(arguments.dropFirst()), position)
        case "join":
            guard arguments.count == 2, let sign = arguments[0].literal, case .list(let values) = arguments[1] else {
                break
            }
            var text = BoundValue.empty
            for (index, value) in values.enumerated() {
                text = text + .literal(index > 0 ? sign : "") + (value.bound ?? .empty)
            }
            return .bound(text, position)
        case "lower", "upper", "trimspace", "chomp":
            guard let text = arguments.first?.literal else { break }
            let changed =
                name == "lower" ? text.lowercased() : name == "upper" ? text.uppercased() : text.trimmingBlanks
            return .bound(.literal(changed), position)
        case "keys":
            guard case .object(let members)? = arguments.first else { break }
            return .list(members.map { .bound(.literal($0.key), $0.position) })
        case "values":
            guard case .object(let members)? = arguments.first else { break }
            return .list(members.map(\.value))
        case "one", "element":
            guard case .list(let values)? = arguments.first, let first = values.first, values.count == 1 else { break }
            return first
        default: break
        }
        return .unknown("\(name) at \(position)")
    }

    private static func lists(_ value: TerraformValue?) -> [TerraformValue]? {
        if case .list(let values)? = value { values } else { nil }
    }

    /// The first that is neither null nor empty.
    private static func coalesce(_ arguments: [TerraformValue], _ position: SourcePosition) -> TerraformValue {
        guard let first = arguments.first else { return .null }
        switch first {
        case .null: return coalesce(Array(arguments.dropFirst()), position)
        case .bound(let value, let place):
            if let literal = value.literal {
                return literal.isEmpty ? coalesce(Array(arguments.dropFirst()), position) : first
            }
            guard let reference = value.reference, value.fallback == nil, arguments.count > 1 else { return first }
            return coalesce(Array(arguments.dropFirst()), position).bound.map {
                .bound(.reference(reference, default: $0), place)
            } ?? first
        default: return .unknown("coalesce at \(position)")
        }
    }

    private static func format(
        _ format: String, _ arguments: [TerraformValue], _ position: SourcePosition
    ) -> TerraformValue {
        var result = BoundValue.empty
        var arguments = arguments[...]
        var rest = format[...]
        while let percent = rest.firstIndex(of: "%") {
            result = result + .literal(String(rest[..<percent]))
            let after = rest.index(after: percent)
            guard after < rest.endIndex else { return .unknown("format at \(position)") }
            let verb = rest[after]
            rest = rest[rest.index(after: after)...]
            switch verb {
            case "%": result = result + .literal("%")
            case "s", "d", "v":
                guard let next = arguments.popFirst()?.bound else { return .unknown("format at \(position)") }
                result = result + next
            default: return .unknown("format at \(position)")
            }
        }
        return .bound(result + .literal(String(rest)), position)
    }
}
