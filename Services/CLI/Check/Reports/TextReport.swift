import Evidence
import Secrets

/// The report for people: by environment, findings first, short when all is well.
package struct TextReport {
    /// Escape sequences for a terminal; none in a pipe.
    package struct Style: Sendable {
        let isColoured: Bool

        package init(isColoured: Bool) { self.isColoured = isColoured }

        func paint(_ text: String, _ code: String) -> String { isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

        func severity(_ severity: Severity) -> String {
            switch severity {
            case .error: paint("error", "31;1")
            case .warning: paint("warning", "33;1")
            case .note: paint("note", "36;1")
            }
        }
    }

    let result: CheckResult
    let style: Style

    package init(_ result: CheckResult, style: Style) {
        self.result = result
        self.style = style
    }

    package var lines: [String] {
        var lines: [String] = []
        for (environment, findings) in byEnvironment() {
            if !findings.isEmpty { lines += [style.paint(environment, "1")] + findings.flatMap(described) + [""] }
        }
        if !result.unread.isEmpty {
            lines.append(style.paint("not read", "1"))
            lines += result.unread.map { "  \($0.position): \($0.reason)" } + [""]
        }
        lines += table()
        lines.append(summary)
        return lines
    }

    private func byEnvironment() -> [(String, [Finding])] {
        var order: [String] = []
        var groups: [String: [Finding]] = [:]
        for finding in result.findings {
            let name = finding.environment.map(Self.heading) ?? "all environments"
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(finding)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    /// `prod` and `production` are one; `eu-production` is another.
    private static func heading(_ label: String) -> String {
        guard let named = StackEnvironment.named(by: label, evidence: ""), named.label == label.lowercased() else {
            return label
        }
        return named.environment.rawValue
    }

    private func described(_ finding: Finding) -> [String] {
        let first = finding.locations.first.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
        var lines = ["  \(first)\(style.severity(finding.severity)) \(finding.rule.rawValue) \(finding.message)"]
        for place in finding.locations.dropFirst() {
            lines.append("      see \(place.file):\(place.line):\(place.column)")
        }
        if let fix = finding.fix {
            lines.append("      mend: \(fix.title)\(fix.edits.isEmpty ? "" : " (--fix does it)")")
        }
        return lines
    }

    // MARK: the table

    /// A service a row, so that a row that differs is seen; all alike are one line.
    private func table() -> [String] {
        var lines: [String] = []
        for stack in result.stacks where !stack.participants.isEmpty {
            let uses = stack.participants.flatMap { participant in participant.uses.map { (participant.name, $0) } }
            let keys = Set(uses.map { $0.1.outcome.key?.value })
            let services = Set(uses.map(\.0)).count
            if services > 1, keys.count == 1, let key = uses[0].1.outcome.key {
                lines.append("\(style.paint(stack.label, "1")): \(services) services, one key: \(key.shown)")
                continue
            }
            lines.append(style.paint(stack.label, "1"))
            let shown = distinguished(uses.map(\.1.outcome))
            let rows = zip(uses, shown).map { [$0.0, role($0.1), $0.1.outcome.key?.name ?? "", $1] }
            let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
            for row in rows {
                let cells = (0..<3).map { row[$0].padding(to: widths[$0]) }
                lines.append("  " + (cells + [row[3]]).joined(separator: "  "))
            }
        }
        return lines.isEmpty ? [] : lines + [""]
    }

    /// Keys that would look alike and are not (one variable with two defaults) are told apart by a number.
    private func distinguished(_ outcomes: [KeyOutcome]) -> [String] {
        var known: [String: [BoundValue]] = [:]
        let numbers = outcomes.map { outcome -> Int? in
            guard let value = outcome.key?.value else { return nil }
            if let index = known[outcome.shown, default: []].firstIndex(of: value) { return index + 1 }
            known[outcome.shown, default: []].append(value)
            return known[outcome.shown]?.count
        }
        return zip(outcomes, numbers).map { outcome, number in
            guard let number, known[outcome.shown].map({ $0.count > 1 }) == true else { return outcome.shown }
            return "\(outcome.shown) (\(number))"
        }
    }

    private func role(_ use: KeyUse) -> String {
        switch (use.signs, use.verifies) {
        case (true, true): "signs, verifies"
        case (true, _): "signs"
        case (_, true): "verifies"
        default: ""
        }
    }

    private var summary: String {
        let counts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = result.findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        let services = result.stacks.reduce(0) { $0 + $1.participants.count }
        let stacks = result.stacks.count { !$0.participants.isEmpty }
        let scope = """
            \(services) service\(services == 1 ? "" : "s") with keys in \(stacks) stack\(stacks == 1 ? "" : "s"), \
            \(result.filesLookedAt) files
            """
        if counts.isEmpty {
            return services == 0
                ? "nothing that signs or verifies tokens was found (\(result.filesLookedAt) files)"
                : "clean: \(scope)"
        }
        return counts.joined(separator: ", ") + " (\(scope))"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
