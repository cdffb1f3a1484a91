package import Evidence

/// One thing that is wrong or may be, with both ends of it.
package struct Finding: Sendable, Hashable {
    package let rule: RuleID
    package let severity: Severity
    /// Names both ends, and the failure that it causes; never a value.
    package let message: String
    /// As the files spell it; nil where they name none, or the finding concerns several.
    package let environment: String?
    /// The stack it was found in; nil for what stands in sources.
    package let stack: String?
    package let services: [String]
    /// The place to mend first.
    package let locations: [SourcePosition]
    package let fix: Fix?

    package init(
        _ rule: RuleID, _ severity: Severity, _ message: String, environment: String? = nil, stack: String? = nil,
        services: [String] = [], at locations: [SourcePosition], fix: Fix? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.message = message
        self.environment = environment
        self.stack = stack
        self.services = services
        var seen: Set<SourcePosition> = []
        self.locations = locations.filter { seen.insert($0).inserted }
        self.fix = fix
    }

    /// The same finding in a later state of the repository: lines move, so they do not count.
    package var fingerprint: String {
        let files = Set(locations.map(\.file)).sorted().joined(separator: " ")
        return [rule.rawValue, environment ?? "", services.sorted().joined(separator: " "), files].joined(
            separator: "|")
    }
}

/// How to mend a finding, as changes of lines where that is possible.
package struct Fix: Sendable, Hashable {
    package struct Edit: Sendable, Hashable {
        package let file: String
        /// From 1.
        package let line: Int
        /// What the line holds now: an edit is made only where it still does. Never shown, since a value may stand in it.
        package let old: String
        /// Whether the new lines go before the line, which stays, or instead of it.
        package let isInsertion: Bool
        package let new: [String]

        package init(file: String, line: Int, old: String, isInsertion: Bool = false, new: [String]) {
            self.file = file
            self.line = line
            self.old = old
            self.isInsertion = isInsertion
            self.new = new
        }
    }

    /// One sentence, in the imperative.
    package let title: String
    package let edits: [Edit]

    package init(_ title: String, edits: [Edit] = []) {
        self.title = title
        self.edits = edits
    }
}
