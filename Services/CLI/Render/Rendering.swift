package import Manifests

/// From `infrastructure.yaml` to the manifests of one target.
package enum Rendering {
    /// In the order in which they are to be applied.
    /// - Parameter environment: as the declaration names it.
    /// - Throws: every fault of the declaration that the target, or the shared secret, does not allow, with its line.
    package static func files(
        for target: RenderTarget, environment: String, from declaration: Declaration
    ) throws(ManifestFaults) -> [RenderedFile] {
        let plan = try plan(for: target, environment: environment, from: declaration)
        return switch target {
        case .cloudRun: CloudRunRenderer(plan: plan).files
        case .kubernetes: KubernetesRenderer(plan: plan).files
        case .ecs: ECSRenderer(plan: plan).files
        case .compose: ComposeRenderer(plan: plan).files
        case .github:
            GitHubRenderer(plan: plan, deployed: try deployed(by: plan, from: declaration)).files
        }
    }

    private static func plan(
        for target: RenderTarget, environment: String, from declaration: Declaration
    ) throws(ManifestFaults) -> RenderPlan {
        var making = PlanMaking(declaration, target: target)
        return try making.plan(environment: environment)
    }

    private static func deployed(
        by plan: RenderPlan, from declaration: Declaration
    ) throws(ManifestFaults) -> RenderPlan {
        guard let target = GitHubRenderer.deployable.first(where: { $0.rawValue == plan.fact("deploys_to") }) else {
            let facts = plan.environment.facts(for: plan.target.rawValue)
            throw ManifestFaults([
                ManifestFault(
                    facts?["deploys_to"]?.position ?? plan.environment.position, "no workflow deploys to this target",
                    mend: "name one of: \(GitHubRenderer.deployable.map(\.rawValue).joined(separator: ", "))")
            ])
        }
        return try Self.plan(for: target, environment: plan.environment.name, from: declaration)
    }
}
