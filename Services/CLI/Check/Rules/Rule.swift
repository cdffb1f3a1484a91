import Evidence

/// One of the checks: what it looks at is the proof, what it says are findings.
protocol Rule: Sendable {
    static var id: RuleID { get }
    static func findings(in proof: Proof) -> [Finding]
}

/// All of them, in the order of their ids.
enum Rules {
    static let all: [any Rule.Type] = [
        MissingSecretRule.self, DifferentSecretsRule.self, TwoNamesRule.self, DefaultInProductionRule.self,
        CommittedSecretRule.self, WeakSecretRule.self, SharedAcrossEnvironmentsRule.self, FloatingVersionRule.self,
        MixedEnvironmentsRule.self, PolicyRule.self, LocalAndCloudRule.self, WorkflowRule.self, ImageSecretRule.self,
        PlainTextRule.self, SecondLoadingPathRule.self, DefaultInCodeRule.self, ModuleSecurityRule.self,
        EnvironmentDetectionRule.self, LifetimeRule.self,
    ]
}
