import Evidence

/// Workflow commands, which GitHub shows beside the changed lines
/// (docs.github.com, "Workflow commands for GitHub Actions").
package enum GitHubReport {
    package static func lines(_ result: CheckResult) -> [String] {
        result.findings.map { finding in
            let command =
                switch finding.severity {
                case .error: "error"
                case .warning: "warning"
                case .note: "notice"
                }
            let place = finding.locations.first.map {
                "file=\(property($0.file)),line=\($0.line),col=\($0.column),"
            }
            return "::\(command) \(place ?? "")title=\(finding.rule.rawValue)::\(data(finding.message))"
        }
            + result.unread.map {
                "::warning file=\(property($0.position.file)),line=\($0.position.line),title=not read::\(data($0.reason))"
            }
    }

    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
