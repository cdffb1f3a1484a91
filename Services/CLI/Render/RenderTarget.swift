/// What manifests are rendered for.
package enum RenderTarget: String, Sendable, CaseIterable {
    case cloudRun = "cloud-run"
    case kubernetes, ecs, compose
    /// The workflow that deploys an environment.
    case github
}
