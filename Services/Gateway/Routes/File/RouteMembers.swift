/// The members of one mapping of a routes file, read by name and kind. What is wrong with one is noted at its place,
/// and reading goes on.
struct RouteMembers {
    private static let maximumEntries = 256

    /// For messages: `route "reports"`, `cors`.
    var owner: String
    let position: TextPosition
    /// Nothing stands in it, not even a member that means nothing.
    let isEmpty: Bool
    let faults: RouteFaultList
    private let members: [String: YAMLNode.Member]
    private let defaults: [String: YAMLNode.Member]

    /// - Parameters:
    ///   - names: those that mean something.
    ///   - aliases: other spellings, with the name that each stands for.
    ///   - defaults: what counts where a member is absent.
    init?(
        _ node: YAMLNode, owner: String, names: [String], aliases: [String: String] = [:],
        defaults: RouteMembers? = nil, faults: RouteFaultList
    ) {
        self.owner = owner
        self.faults = faults
        position = node.position
        self.defaults = defaults?.members ?? [:]
        guard case .map(let list) = node.content else {
            faults.add(node.position, "\(owner) is \(node.kindName)", "write a mapping, \"name: value\"")
            return nil
        }
        isEmpty = list.isEmpty
        var members: [String: YAMLNode.Member] = [:]
        for member in list {
            let name = aliases[member.key] ?? member.key
            guard names.contains(name) else {
                let closest = ClosestName.of(member.key, among: names)
                faults.add(
                    member.position, "\(owner) has a member \"\(member.key)\", which means nothing",
                    closest.map { "write \"\($0)\"" } ?? "take it away; known are \(names.joined(separator: ", "))")
                continue
            }
            if members.updateValue(member, forKey: name) != nil {
                faults.add(member.position, "\(owner) has \"\(name)\" in two spellings", "keep one of them")
            }
        }
        self.members = members
    }

    func node(_ name: String) -> YAMLNode? { (members[name] ?? defaults[name])?.value }

    /// Whether it stands here, and not in `defaults`.
    func isOwn(_ name: String) -> Bool { members[name] != nil }

    /// Where a fault of this member is told: at its value, or where the mapping begins.
    func place(_ name: String) -> TextPosition { node(name)?.position ?? position }

    func fault(_ name: String, _ problem: String, _ mend: String) {
        faults.add(place(name), "\(owner) \(problem)", mend)
    }

    private static func quoted(_ name: String) -> String {
        let article = name.first.map("aeiou".contains) == true ? "an" : "a"
        return "\(article) \"\(name)\""
    }

    func text(_ name: String) -> String? {
        guard let node = node(name) else { return nil }
        guard case .scalar(let text, let isPlain) = node.content, !node.isNull, !(isPlain && text.isEmpty) else {
            fault(name, "has \(Self.quoted(name)) that is \(node.kindName)", "write a text")
            return nil
        }
        return text
    }

    func flag(_ name: String) -> Bool? {
        guard let node = node(name) else { return nil }
        switch node.content {
        case .scalar("true", isPlain: true): return true
        case .scalar("false", isPlain: true): return false
        default:
            fault(
                name, "has \(Self.quoted(name)) that is neither true nor false", "write true or false, without quotes")
            return nil
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(name) else { return nil }
        if case .scalar(let text, isPlain: true) = node.content, !text.isEmpty,
            text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), text == "0" || !text.hasPrefix("0"),
            let number = Int(text), range.contains(number)
        {
            return number
        }
        fault(
            name, "has \(Self.quoted(name)) that is no whole number in bounds",
            "write one from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// Milliseconds.
    func duration(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard node(name) != nil, let text = text(name) else { return nil }
        guard let value = DurationText.milliseconds(text), range.contains(value) else {
            let bounds = [range.lowerBound, range.upperBound].map(DurationText.text)
            fault(
                name, "has \(Self.quoted(name)) that is no duration in bounds",
                "write one from \(bounds[0]) to \(bounds[1]), such as 500ms, 2s, 15m or 1h")
            return nil
        }
        return value
    }

    /// Whole seconds.
    func seconds(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        let milliseconds = duration(name, in: (range.lowerBound * 1000)...(range.upperBound * 1000))
        guard let milliseconds else { return nil }
        guard milliseconds % 1000 == 0 else {
            fault(name, "has \(Self.quoted(name)) that is no whole number of seconds", "write seconds, such as 30s")
            return nil
        }
        return milliseconds / 1000
    }

    /// Bytes.
    func size(_ name: String) -> Int64? {
        guard node(name) != nil, let text = text(name) else { return nil }
        guard let value = ByteSizeText.bytes(text) else {
            fault(name, "has \(Self.quoted(name)) that is no size", "write bytes, or such as 64KiB, 32MiB, 1GiB")
            return nil
        }
        return value
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, as type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        fault(
            name, "has \(Self.quoted(name)) that is none of \(known.joined(separator: ", "))",
            ClosestName.of(text, among: known).map { "write \"\($0)\"" } ?? "write one of them")
        return nil
    }

    /// A list of texts, none of which may stand in it twice.
    func texts(_ name: String, what: String, isSound: (String) -> Bool) -> [String]? {
        guard let node = node(name) else { return nil }
        guard case .list(let entries) = node.content, !entries.isEmpty else {
            fault(name, "has \"\(name)\" that are no list of \(what)", "write at least one in a list")
            return nil
        }
        guard entries.count <= Self.maximumEntries else {
            fault(name, "has \"\(name)\" with more than \(Self.maximumEntries) \(what)", "keep fewer")
            return nil
        }
        var texts: [String] = []
        for entry in entries {
            guard case .scalar(let text, _) = entry.content, !entry.isNull, isSound(text) else {
                faults.add(entry.position, "\(owner) has \"\(name)\" that are no list of \(what)", "correct this one")
                continue
            }
            if texts.contains(text) {
                faults.add(entry.position, "\(owner) names \(text) twice in \"\(name)\"", "keep one of them")
            }
            texts.append(text)
        }
        return texts
    }

    /// A list without entries, which takes a default away.
    func isEmptyList(_ name: String) -> Bool {
        if case .list(let list)? = node(name)?.content { list.isEmpty } else { false }
    }

    func members(_ name: String, names: [String]) -> RouteMembers? {
        node(name).flatMap { RouteMembers($0, owner: "\(owner): \(name)", names: names, faults: faults) }
    }
}

/// What somebody may have meant.
enum ClosestName {
    /// - Returns: nil when nothing is near.
    static func of(_ text: String, among names: [String]) -> String? {
        let typed = folded(text)
        guard typed.count <= 64 else { return nil }
        let near = names.map { (name: $0, distance: distance(typed, folded($0))) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= 2, near.distance < near.name.utf8.count / 2 else { return nil }
        return near.name
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.map { $0 | 0x20 }
    }

    /// Levenshtein's, of two short texts.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (byte == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
