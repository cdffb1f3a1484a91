/// What `lockstep check --explain RULE` says.
package struct RulePage: Sendable {
    package let rule: RuleID
    /// One word for programs, in camel case.
    package let name: String
    package let title: String
    /// The most that it is reported with.
    package let severity: Severity
    /// What breaks.
    package let failure: String
    /// What it is found by, and what is let pass.
    package let evidence: String
    package let mend: String
    package let broken: String
    package let mended: String

    package static func of(_ rule: RuleID) -> RulePage { rule.page }

    package var lines: [String] {
        [
            "\(rule.rawValue)  \(title)  (\(severity.rawValue))", "", failure, "", "How it is found: \(evidence)", "",
            "How to mend it: \(mend)", "", "Broken:",
        ] + Self.indented(broken) + ["", "Mended:"] + Self.indented(mended)
    }

    private static func indented(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }
}

extension RuleID {
    fileprivate var page: RulePage {
        switch self {
        case .missingSecret, .differentSecrets, .twoNamesTwoValues, .defaultReachesProduction: keyPage
        case .committedSecret, .weakSecret, .secretInImage, .plainTextInTemplate: exposurePage
        case .sharedAcrossEnvironments, .floatingVersion, .mixedEnvironments, .policyDiffers, .localAndCloudDiffer,
            .workflowDropsSecret:
            deploymentPage
        case .secondLoadingPath, .defaultInCode, .moduleDeclaresSecurity, .environmentDetectedTwice, .lifetimesDoNotFit:
            codePage
        }
    }
}
