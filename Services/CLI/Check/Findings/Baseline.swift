/// Findings that a team knows of and has put off: `--baseline FILE`. One fingerprint a line, so that a merge shows what was
/// added; empty lines and what follows `#` do not count.
package struct Baseline: Sendable {
    package let fingerprints: Set<String>

    package init(_ text: String) {
        fingerprints = Set(
            text.split(whereSeparator: \.isNewline).map { line in
                var line = line.prefix { $0 != "#" }
                while line.last?.isWhitespace == true { line.removeLast() }
                return String(line.drop(while: \.isWhitespace))
            }.filter { !$0.isEmpty })
    }

    package static func text(of findings: [Finding]) -> String {
        let lines = Set(findings.map(\.fingerprint)).sorted()
        return """
            # Findings of `lockstep check` that are known and put off. Written by --write-baseline; a line that no finding \
            has any more can go.
            \(lines.joined(separator: "\n"))

            """
    }

    package func knows(_ finding: Finding) -> Bool { fingerprints.contains(finding.fingerprint) }
}
