import Evidence

/// Adds to findings the changes of lines that mend them, where a change is certain: the line of the one that is right,
/// taken over to the one that is not; a default that becomes a demand. Nothing is guessed, and no value is made up.
struct FixMaker {
    let tree: SourceTree
    let stacks: [ProvenStack]

    func mended(_ finding: Finding) -> Finding {
        guard finding.fix?.edits.isEmpty != false, let fix = fix(finding) else { return finding }
        return Finding(
            finding.rule, finding.severity, finding.message, environment: finding.environment, stack: finding.stack,
            services: finding.services, at: finding.locations, fix: fix)
    }

    private func fix(_ finding: Finding) -> Fix? {
        switch finding.rule {
        case .differentSecrets: demands(finding) ?? takenOver(finding)
        case .defaultReachesProduction: demands(finding)
        case .missingSecret: added(finding)
        default: nil
        }
    }

    // MARK: a default becomes a demand

    /// `${X:-word}` as `${X:?set X}` on every line that the finding names.
    private func demands(_ finding: Finding) -> Fix? {
        var edits: [Fix.Edit] = []
        for position in finding.locations {
            guard let line = line(at: position), let (changed, _) = Self.demanding(line) else { continue }
            edits.append(Fix.Edit(file: position.file, line: position.line, old: line, new: [changed]))
        }
        guard !edits.isEmpty else { return nil }
        return Fix("demand the variable instead of a default, so that a missing one stops the start", edits: edits)
    }

    static func demanding(_ line: String) -> (line: String, name: String)? {
        guard let start = line.firstRange(of: "${") else { return nil }
        let name = line[start.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = line[name.endIndex...]
        guard !name.isEmpty, SigningSecretName.isOfInterest(String(name)), rest.hasPrefix(":-") || rest.hasPrefix("-")
        else {
            return nil
        }
        var depth = 0
        for index in rest.indices {
            if rest[index] == "{" { depth += 1 }
            guard rest[index] == "}" else { continue }
            if depth == 0 { return (line[..<name.endIndex] + ":?set \(name)" + rest[index...], String(name)) }
            depth -= 1
        }
        return nil
    }

    // MARK: a line is taken over

    /// The line of the other, with this one's indentation, where both bind the same name on one line by a reference.
    private func takenOver(_ finding: Finding) -> Fix? {
        guard finding.locations.count > 1, let wrong = line(at: finding.locations[0]),
            let right = line(at: finding.locations[1]), finding.severity == .error
        else { return nil }
        let (indentation, text) = Self.split(wrong)
        let taken = Self.split(right).text
        guard text != taken, let name = Self.name(in: text), name == Self.name(in: taken), Self.isReference(taken)
        else {
            return nil
        }
        return Fix(
            "take \(name) from where \(finding.services.first { $0 != finding.services.last } ?? "the other") takes it",
            edits: [
                Fix.Edit(
                    file: finding.locations[0].file, line: finding.locations[0].line, old: wrong,
                    new: [indentation + taken])
            ])
    }

    // MARK: a line is added

    /// The sibling's line, beside a line of the same kind that the service has.
    private func added(_ finding: Finding) -> Fix? {
        guard let stack = stacks.first(where: { $0.stack.name == finding.stack }), let service = finding.services.first,
            let workload = stack.participants.first(where: { $0.name == service })?.workload,
            finding.locations.count > 1,
            let sibling = line(at: finding.locations[1])
        else { return nil }
        let text = Self.split(sibling).text
        guard let name = Self.name(in: text), Self.isReference(text) else { return nil }
        for assignment in workload.assignments where assignment.origin == .manifest {
            guard assignment.position.file == finding.locations[0].file, let beside = line(at: assignment.position)
            else {
                continue
            }
            let (indentation, kind) = Self.split(beside)
            guard Self.name(in: kind) == assignment.name, Self.shape(of: kind) == Self.shape(of: text) else { continue }
            return Fix(
                "give \(service) \(name) as \(finding.services.last ?? "the other") has it",
                edits: [
                    Fix.Edit(
                        file: assignment.position.file, line: assignment.position.line, old: beside,
                        isInsertion: true, new: [indentation + text])
                ])
        }
        return nil
    }

    // MARK: lines

    private func line(at position: SourcePosition) -> String? {
        guard let text = try? tree.text(position.file) else { return nil }
        return TextLines(text)[position.line]
    }

    private static func split(_ line: String) -> (indentation: String, text: String) {
        let indentation = line.prefix { $0 == " " || $0 == "\t" }
        return (String(indentation), String(line.dropFirst(indentation.count)))
    }

    /// `A: …`, `- A=…`, `- {name: A, …}`: the ways in which one line binds a name.
    enum Shape { case member, item, flow }

    static func shape(of text: String) -> Shape? {
        if text.hasPrefix("- {") { return .flow }
        if text.hasPrefix("- ") { return text.contains("=") ? .item : nil }
        return text.contains(": ") ? .member : nil
    }

    static func name(in text: String) -> String? {
        let word: Substring
        switch shape(of: text) {
        case .member: word = text.prefix { $0 != ":" }
        case .item: word = text.dropFirst(2).drop { $0 == "\"" || $0 == "'" }.prefix { $0 != "=" }
        case .flow:
            guard let mark = text.firstRange(of: "name: ") else { return nil }
            word = text[mark.upperBound...].prefix { $0 != "," && $0 != "}" && $0 != " " }
        case nil: return nil
        }
        let isName = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        return isName ? String(word) : nil
    }

    /// Whether the line names a place rather than a text: a secret is not copied about.
    private static func isReference(_ text: String) -> Bool {
        shape(of: text) == .flow ? text.contains("secret_name:") : text.contains("${") && !text.contains(":-")
    }
}
