/// Lists, mappings and numbers.
enum HelmLists {
    /// Nil for a function that is not among these.
    static func call(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        guard known.contains(name) else { return nil }
        return value(name, arguments) ?? HelmValue.opaque(name)
    }

    private static let known: Set<String> = [
        "list", "tuple", "dict", "get", "hasKey", "index", "len", "first", "last", "rest", "has", "keys", "values",
        "join",
        "splitList", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite", "deepCopy", "int", "int64",
        "float64",
        "add", "sub", "mul", "add1", "concat", "append", "uniq", "compact", "sortAlpha", "omit", "pick",
        "fromYaml", "dig",
    ]

    private static func value(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        if let value = number(name, arguments) { return value }
        switch name {
        case "list", "tuple": return ManifestNode(.list(arguments), at: HelmValue.nowhere)
        case "concat": return list(arguments.flatMap { $0.list ?? [] })
        case "append":
            guard arguments.count == 2, let first = arguments[0].list else { return nil }
            return list(first + [arguments[1]])
        case "first": return arguments.first?.list.map { $0.first ?? HelmValue.null }
        case "last": return arguments.first?.list.map { $0.last ?? HelmValue.null }
        case "rest": return arguments.first?.list.map { list(Array($0.dropFirst())) }
        case "uniq":
            var seen: Set<String> = []
            return arguments.first?.list.map { list($0.filter { seen.insert($0.printed ?? "").inserted }) }
        case "compact": return arguments.first?.list.map { list($0.filter { $0.isTrue != false }) }
        case "sortAlpha":
            return arguments.first?.list.map { list($0.sorted { ($0.printed ?? "") < ($1.printed ?? "") }) }
        case "has":
            guard arguments.count == 2, let item = arguments[0].printed, let list = arguments[1].list else {
                return nil
            }
            return HelmValue.boolean(list.contains { $0.printed == item })
        case "join":
            guard arguments.count == 2, let separator = arguments[0].printed, let list = arguments[1].list else {
                return nil
            }
            let texts = list.compactMap(\.printed)
            return texts.count == list.count ? HelmValue.text(texts.joined(separator: separator)) : nil
        case "splitList":
            guard arguments.count == 2, let separator = arguments[0].printed, let text = arguments[1].printed,
                !separator.isEmpty
            else { return nil }
            return list(
                text.split(separator: separator, omittingEmptySubsequences: false).map { HelmValue.text(String($0)) })
        default: return mapping(name, arguments)
        }
    }

    private static func mapping(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        switch name {
        case "dict":
            var members: [(String, ManifestNode)] = []
            for index in stride(from: 0, to: arguments.count - 1, by: 2) {
                guard let key = arguments[index].printed else { return nil }
                members.append((key, arguments[index + 1]))
            }
            return HelmValue.map(members)
        case "get", "hasKey":
            guard arguments.count == 2, arguments[0].map != nil, let key = arguments[1].printed else { return nil }
            if name == "hasKey" { return HelmValue.boolean(arguments[0][key] != nil) }
            return arguments[0][key] ?? HelmValue.text("")
        case "index":
            guard var node = arguments.first else { return nil }
            for argument in arguments.dropFirst() {
                guard let key = argument.printed else { return nil }
                if let list = node.list {
                    guard let position = Int(key), list.indices.contains(position) else { return nil }
                    node = list[position]
                } else {
                    node = node[key] ?? HelmValue.null
                }
            }
            return node
        case "dig":
            guard arguments.count >= 3, var node = arguments.last else { return nil }
            for argument in arguments.dropLast(2) {
                guard let key = argument.printed, let next = node[key] else { return arguments[arguments.count - 2] }
                node = next
            }
            return node
        case "keys":
            return arguments.first?.map.map { list($0.map { HelmValue.text($0.key) }) }
        case "values":
            return arguments.first?.map.map { list($0.map(\.value)) }
        case "omit", "pick":
            let keys = Set(arguments.dropFirst().compactMap(\.printed))
            return arguments.first.flatMap { node in
                node.map.map { node.replacing(.map($0.filter { keys.contains($0.key) == (name == "pick") })) }
            }
        case "deepCopy": return arguments.first
        case "merge", "mustMerge":
            return arguments.reversed().reduce(HelmValue.map([])) { HelmValue.merged($0, $1) }
        case "mergeOverwrite", "mustMergeOverwrite":
            return arguments.reduce(HelmValue.map([])) { HelmValue.merged($0, $1) }
        case "len":
            return arguments.first.flatMap { node in
                (node.list?.count ?? node.map?.count ?? node.printed?.utf8.count).map { HelmValue.plain(String($0)) }
            }
        default: return nil
        }
    }

    private static func number(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        let numbers = arguments.compactMap {
            $0.printed.flatMap(Double.init).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        }
        guard numbers.count == arguments.count, let first = numbers.first else { return nil }
        let result: (partialValue: Int, overflow: Bool)?
        switch (name, numbers.count) {
        case ("int", 1), ("int64", 1): result = (first, false)
        case ("float64", 1): return arguments[0]
        case ("add1", 1): result = first.addingReportingOverflow(1)
        case ("add", 2): result = first.addingReportingOverflow(numbers[1])
        case ("sub", 2): result = first.subtractingReportingOverflow(numbers[1])
        case ("mul", 2): result = first.multipliedReportingOverflow(by: numbers[1])
        default: result = nil
        }
        return result.flatMap { $0.overflow ? nil : HelmValue.plain(String($0.partialValue)) }
    }

    private static func list(_ elements: [ManifestNode]) -> ManifestNode {
        ManifestNode(.list(elements), at: HelmValue.nowhere)
    }
}
