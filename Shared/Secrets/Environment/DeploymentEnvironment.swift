/// The environment a service runs in (`ENVIRONMENT`). Its raw value is what variables, logs and key probes say.
package enum DeploymentEnvironment: String, Sendable, CaseIterable, Codable {
    case development, test, staging, production

    /// Development and test alone may use the development fallback, and alone go without the strength rules.
    package var allowsDevelopmentFallback: Bool { self == .development || self == .test }
}
