/// Which environment this is, and how that was found out. A pure function over names and texts.
package struct EnvironmentDetection: Sendable, Hashable {
    package let environment: DeploymentEnvironment
    /// For diagnostics: `ENVIRONMENT=dev`, `ENVIRONMENT is not set`.
    package let detectedFrom: String
    /// What the log must say, where the environment was assumed and not told.
    package let notice: String?

    /// Variables that a platform sets, and a laptop does not.
    package static let platformVariables = [
        "K_SERVICE", "KUBERNETES_SERVICE_HOST", "ECS_CONTAINER_METADATA_URI_V4",
    ]

    private static let aliases: [String: DeploymentEnvironment] = [
        "development": .development, "dev": .development, "local": .development,
        "test": .test, "testing": .test, "ci": .test,
        "staging": .staging, "stage": .staging, "demo": .staging, "uat": .staging,
        "production": .production, "prod": .production, "live": .production,
    ]

    /// Reads `ENVIRONMENT`; unset, empty and unknown values are production, the one that forgives nothing.
    /// - Throws: `environment_refused` for development or test on a platform without `LOCKSTEP_ALLOW_DEVELOPMENT=1`.
    package static func detect(_ variables: [String: String]) throws(SecretError) -> EnvironmentDetection {
        let detection = named(by: variables["ENVIRONMENT"])
        guard detection.environment.allowsDevelopmentFallback,
            variables["LOCKSTEP_ALLOW_DEVELOPMENT"] != "1",
            let platform = platformVariables.first(where: { variables[$0]?.isEmpty == false })
        else { return detection }
        throw SecretError(
            code: "environment_refused",
            message: """
                \(detection.detectedFrom) means \(detection.environment.rawValue), but \(platform) is set: this process \
                runs on a platform. Set ENVIRONMENT=staging or ENVIRONMENT=production there, or, where a development \
                environment on a platform is wanted, LOCKSTEP_ALLOW_DEVELOPMENT=1.
                """)
    }

    private static func named(by text: String?) -> EnvironmentDetection {
        let word = trimmed(text ?? "").lowercased()
        guard !word.isEmpty else {
            return EnvironmentDetection(
                environment: .production, detectedFrom: "ENVIRONMENT is not set",
                notice: "ENVIRONMENT is not set: assuming production")
        }
        let shown = isWord(word) ? word : "(not shown: no environment's name)"
        guard let environment = aliases[word] else {
            return EnvironmentDetection(
                environment: .production, detectedFrom: "ENVIRONMENT=\(shown), which is unknown",
                notice: "ENVIRONMENT=\(shown) is unknown: assuming production")
        }
        return EnvironmentDetection(environment: environment, detectedFrom: "ENVIRONMENT=\(shown)", notice: nil)
    }

    private static func trimmed(_ text: String) -> Substring {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        var rest = text.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }

    /// A value that was pasted into the wrong variable is not repeated in a log.
    private static func isWord(_ text: String) -> Bool {
        text.utf8.count <= 16
            && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
