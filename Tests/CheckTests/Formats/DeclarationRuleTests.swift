import Testing

@testable import Check

/// Each rule in Lockstep's own `infrastructure.yaml`.
///
/// Not here: LS104, since a declaration knows no defaults and the services have none in production; LS112 (a workflow's);
/// LS113 (an image's); LS114 (of what is rendered); LS204, since all services detect their environment by one function.
@Suite("The rules in our own infrastructure.yaml")
struct DeclarationRuleTests {
    private static let file = "infrastructure.yaml"

    private static func service(_ name: String, _ environment: String, _ version: Int, _ more: String = "") -> String {
        """
              \(environment):
                image: \(name)
                port: 8080
                scaling: {min: 1, max: 1, cpu: 1, memory: 512Mi}
                variables:
                  ENVIRONMENT: \(environment)\(more)
                secrets:
                  - {name: LOCKSTEP_INTERNAL_TOKEN, secret_name: internal-token-\(environment), version: 1}
                  - {name: JWT_SECRET, secret_name: jwt-secret-\(environment), version: \(version)}
        """
    }

    private static let suite: RuleFixture.Files = [
        file: """
        version: 1
        environments:
          staging: {registry: registry.example.org/shop-staging, release: 1.4.0}
          production: {registry: registry.example.org/shop, release: 1.4.0}
        services:
          portal:
            executable: portal
            tokens: {issues: lockstep-platform, verifies: [lockstep-platform]}
            environments:
        \(service("portal", "staging", 1))
        \(service("portal", "production", 4, "\n          JWT_EXPIRATION_HOURS: \"12\""))
          plant:
            executable: plant
            tokens: {issues: none, verifies: [lockstep-platform]}
            environments:
        \(service("plant", "staging", 1))
        \(service("plant", "production", 4, "\n          JWT_MAX_LIFETIME_HOURS: \"24\""))
        """
    ]

    private static let plantSecret = """
                  JWT_MAX_LIFETIME_HOURS: "24"
                secrets:
                  - {name: LOCKSTEP_INTERNAL_TOKEN, secret_name: internal-token-production, version: 1}
                  - {name: JWT_SECRET, secret_name: jwt-secret-production, version: 4}
        """

    /// What production gives to the plant, with another line for the secret.
    private static func plant(_ secret: String, variable: String = "") -> RuleFixture.Files {
        suite.changing(
            file, plantSecret,
            to: """
                          JWT_MAX_LIFETIME_HOURS: "24"\(variable)
                        secrets:
                          - {name: LOCKSTEP_INTERNAL_TOKEN, secret_name: internal-token-production, version: 1}\(secret)
                """)
    }

    private static let local = suite.adding([
        "docker-compose.local.yml": """
        services:
          portal:
            image: lockstep/portal
            environment: {ENVIRONMENT: development, JWT_SECRET: "${JWT_SECRET:?}"}
          plant:
            image: lockstep/plant
            environment:
              ENVIRONMENT: development
              JWT_SECRET: ${JWT_SECRET:?}
        """
    ])

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "the line is lost in one environment", mended: suite, broken: plant(""),
            found: "LS101 \(file):42"),
        RuleFixture(
            .missingSecret, "the name is misspelled", mended: suite,
            broken: plant("\n          - {name: JWT_SECERT, secret_name: jwt-secret-production, version: 4}"),
            found: "LS101 \(file):42"),
        RuleFixture(
            .differentSecrets, "another secret of the store", mended: suite,
            broken: plant("\n          - {name: JWT_SECRET, secret_name: jwt-production, version: 4}"),
            found: "LS102 \(file):51"),
        RuleFixture(
            .differentSecrets, "another version", mended: suite,
            broken: plant("\n          - {name: JWT_SECRET, secret_name: jwt-secret-production, version: 3}"),
            found: "LS102 \(file):51"),
        RuleFixture(
            .twoNamesTwoValues, "two names of the chain from two secrets", mended: suite,
            broken: plant(
                """

                          - {name: JWT_SECRET, secret_name: jwt-secret-production, version: 4}
                          - {name: SECRET_KEY, secret_name: session-key-production, version: 1}
                """), found: "LS103 \(file):52"),
        RuleFixture(
            .committedSecret, "the secret as a text", mended: suite,
            broken: plant("", variable: "\n          JWT_SECRET: \(Given.strong)"),
            found: "LS102 \(file):49", "LS105 \(file):49"),
        RuleFixture(
            .weakSecret, "a short text", mended: suite,
            broken: plant("", variable: "\n          JWT_SECRET: s3cr3t-2024"), found: "LS106 \(file):49"),
        RuleFixture(
            .sharedAcrossEnvironments, "one secret and version for two environments", mended: suite,
            broken: suite.changingAll(file, "jwt-secret-production, version: 4", to: "jwt-secret-staging, version: 1"),
            found: "LS107 \(file):18"),
        RuleFixture(
            .floatingVersion, "the newest version, whichever that is", mended: suite,
            broken: suite.changingAll(
                file, "jwt-secret-production, version: 4", to: "jwt-secret-production, version: latest"),
            found: "LS108 \(file):28", "LS108 \(file):51"),
        RuleFixture(
            .mixedEnvironments, "one service is told another environment", mended: suite,
            broken: suite.changing(
                file, "ENVIRONMENT: production\n          JWT_MAX", to: "ENVIRONMENT: staging\n          JWT_MAX"),
            found: "LS109 \(file):47"),
        RuleFixture(
            .policyDiffers, "another algorithm for who verifies", mended: suite,
            broken: suite.changing(file, "JWT_MAX_LIFETIME_HOURS: \"24\"", to: "JWT_ALGORITHM: HS384").changing(
                file, "JWT_EXPIRATION_HOURS: \"12\"", to: "JWT_ALGORITHM: HS256"), found: "LS110 \(file):48"),
        RuleFixture(
            .policyDiffers, "another audience for who verifies", mended: suite,
            broken: suite.changing(file, "JWT_MAX_LIFETIME_HOURS: \"24\"", to: "JWT_AUDIENCE: shop"),
            found: "LS110 \(file):48"),
        RuleFixture(
            .policyDiffers, "the plant does not trust the name under which the portal signs", mended: suite,
            broken: suite.changing(
                file, "JWT_EXPIRATION_HOURS: \"12\"", to: "JWT_ISSUER: shop-platform"),
            found: "LS110 \(file):42"),
        RuleFixture(
            .localAndCloudDiffer, "a policy that only the local stack sets", mended: local,
            broken: local.changing(
                "docker-compose.local.yml", "JWT_SECRET: ${JWT_SECRET:?}",
                to: "JWT_SECRET: ${JWT_SECRET:?}\n      JWT_TRUSTED_ISSUERS: lockstep-platform=platform"),
            found: "LS111 \(file):33", "LS111 \(file):42"),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the plant accepts", mended: suite,
            broken: suite.changing(file, "JWT_EXPIRATION_HOURS: \"12\"", to: "JWT_EXPIRATION_HOURS: \"168\""),
            found: "LS301 \(file):48"),
    ]

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}
