import Testing

@testable import Check

/// Each rule in the `infrastructure.yaml` that other teams write: `services.<name>.env_vars` and `secrets`, with
/// templates filled in from `environments`.
///
/// Not here: LS112 (a workflow's); LS113 (an image's); LS114, which is of what such a file is deployed as.
@Suite("The rules in a foreign infrastructure.yaml")
struct ForeignDeclarationRuleTests {
    private static let file = "infrastructure.yaml"

    private static let shop = SampleSources.all.adding([
        file: """
        project: shop
        defaults:
          region: europe-west1
        environments:
          staging:
            jwt_version: "2"
          production:
            jwt_version: "7"
        services:
          auth:
            image: europe-docker.pkg.dev/${project}/auth:latest
            env_vars:
              ENVIRONMENT: ${environment}
              REGION: ${region}
            secrets:
              - name: JWT_SECRET
                secret_name: jwt-secret-${environment}
                version: ${jwt_version}
          orders:
            image: europe-docker.pkg.dev/${project}/orders:latest
            env_vars:
              ENVIRONMENT: ${environment}
              AUTH_URL: http://auth:8080
            secrets:
              - {name: JWT_SECRET, secret_name: "jwt-secret-${environment}", version: "${jwt_version}"}
          web:
            image: europe-docker.pkg.dev/${project}/web:latest
            env_vars:
              API_URL: https://orders.example.org
        """
    ])

    private static let ordersSecret =
        #"- {name: JWT_SECRET, secret_name: "jwt-secret-${environment}", version: "${jwt_version}"}"#

    private static func orders(_ entry: String) -> RuleFixture.Files { shop.changing(file, ordersSecret, to: entry) }

    /// Images of which no code is here, as one service of one environment is given its variables.
    private static func one(_ auth: String, _ orders: String = "") -> RuleFixture.Files {
        [
            file: """
            environment: production
            services:
              auth:
                image: registry.example.org/shop/auth:12
                env_vars:
                  ENVIRONMENT: production
            \(auth)
              orders:
                image: registry.example.org/shop/orders:31
                env_vars:
                  ENVIRONMENT: production
                  AUTH_URL: http://auth:8080
            \(orders)
            """
        ]
    }

    private static let fromShell = one("      JWT_SECRET: ${JWT_SECRET}", "      JWT_SECRET: ${JWT_SECRET}")

    private static let local = shop.adding([
        "docker-compose.yml": """
        services:
          auth:
            build: ./auth
            environment:
              JWT_SECRET: ${JWT_SECRET:?}
              JWT_ISSUER: shop
          orders:
            build: ./orders
            environment:
              JWT_SECRET: ${JWT_SECRET:?}
              JWT_ISSUER: shop
        """
    ]).changing(file, "REGION: ${region}", to: "JWT_ISSUER: shop").changing(
        file, "AUTH_URL: http://auth:8080", to: "JWT_ISSUER: shop")

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "one service has no secrets, in both environments", mended: shop,
            broken: shop.changing(file, "    secrets:\n      \(ordersSecret)\n", to: ""),
            found: "LS101 \(file):19", "LS101 \(file):19"),
        RuleFixture(
            .missingSecret, "the manifest sets a name that the code does not read", mended: shop,
            broken: orders(ordersSecret.replacing("JWT_SECRET,", with: "JWT_SECRET_KEY,")),
            found: "LS101 \(file):19", "LS101 \(file):19"),
        RuleFixture(
            .missingSecret, "the code is not here, and the local stack gives it",
            mended: one("      JWT_SECRET: ${JWT_SECRET}", "      JWT_SECRET: ${JWT_SECRET}").adding([
                "docker-compose.yml": localImages
            ]), broken: one("      JWT_SECRET: ${JWT_SECRET}").adding(["docker-compose.yml": localImages]),
            found: "LS101 \(file):8"),
        RuleFixture(
            .differentSecrets, "another secret of the store", mended: shop,
            broken: orders(ordersSecret.replacing("jwt-secret-", with: "orders-jwt-")),
            found: "LS102 \(file):25", "LS102 \(file):25"),
        RuleFixture(
            .differentSecrets, "another version", mended: shop,
            broken: orders(ordersSecret.replacing("${jwt_version}", with: "2")), found: "LS102 \(file):25"),
        RuleFixture(
            .twoNamesTwoValues, "two names with two values", mended: fromShell,
            broken: one("      JWT_SECRET: \(Given.strong)\n      JWT_SECRET_KEY: \(Given.strongToo)"),
            found: "LS103 \(file):7", "LS105 \(file):7", "LS105 \(file):8"),
        RuleFixture(
            .defaultReachesProduction, "a default in the declaration", mended: fromShell,
            broken: one(
                "      JWT_SECRET: ${JWT_SECRET:-dev-only}", "      JWT_SECRET: ${JWT_SECRET:-dev-only}"),
            found: "LS104 \(file):7", "LS104 \(file):13"),
        RuleFixture(
            .defaultReachesProduction, "a default in the code, and the declaration gives nothing", mended: shop,
            broken: shop.changing(file, "    secrets:\n      \(ordersSecret)\n", to: "").changing(
                "orders/src/authenticate.js", "process.env.JWT_SECRET;", to: "process.env.JWT_SECRET || 'dev-secret';"),
            found: "LS102 orders/src/authenticate.js:3", "LS102 orders/src/authenticate.js:3", "LS104 \(file):19",
            "LS104 \(file):19", "LS202 orders/src/authenticate.js:3"),
        RuleFixture(
            .committedSecret, "the secret as a text", mended: fromShell,
            broken: one("      JWT_SECRET: \(Given.strong)", "      JWT_SECRET: \(Given.strong)"),
            found: "LS105 \(file):7", "LS105 \(file):13"),
        RuleFixture(
            .committedSecret, "the secret among what all services share", mended: shop,
            broken: shop.changing(
                file, "  region: europe-west1", to: "  region: europe-west1\n  jwt_secret: \(Given.strong)"),
            found: "LS105 \(file):4"),
        RuleFixture(
            .weakSecret, "a placeholder", mended: fromShell,
            broken: one("      JWT_SECRET: REPLACE_ME_IN_PROD", "      JWT_SECRET: REPLACE_ME_IN_PROD"),
            found: "LS106 \(file):7", "LS106 \(file):13"),
        RuleFixture(
            .sharedAcrossEnvironments, "one secret for all environments", mended: shop,
            broken: shop.changingAll(file, "jwt-secret-${environment}", to: "jwt-secret").changing(
                file, "jwt_version: \"7\"", to: "jwt_version: \"2\""), found: "LS107 \(file):16"),
        RuleFixture(
            .floatingVersion, "the newest version, whichever that is", mended: shop,
            broken: shop.changing(file, "jwt_version: \"7\"", to: "jwt_version: latest"),
            found: "LS108 \(file):16", "LS108 \(file):25"),
        RuleFixture(
            .mixedEnvironments, "one service is told another environment", mended: shop,
            broken: shop.changing(
                file, "ENVIRONMENT: ${environment}\n      AUTH", to: "ENVIRONMENT: staging\n      AUTH"),
            found: "LS109 \(file):22"),
        RuleFixture(
            .policyDiffers, "another audience for who verifies", mended: local,
            broken: local.changing(file, "JWT_ISSUER: shop", to: "JWT_ISSUER: shop\n      JWT_AUDIENCE: shop").changing(
                file, "JWT_ISSUER: shop\n    secrets:\n      - {",
                to: "JWT_AUDIENCE: orders\n      JWT_ISSUER: shop\n    secrets:\n      - {"),
            found: "LS110 \(file):24", "LS110 \(file):24"),
        RuleFixture(
            .localAndCloudDiffer, "another name for the secret than locally",
            mended: fromShell.adding(["docker-compose.yml": localImages]),
            broken: fromShell.changingAll(file, "JWT_SECRET: ${JWT_SECRET}", to: "JWT_SIGNING_KEY: ${JWT_SECRET}")
                .adding(["docker-compose.yml": localImages]), found: "LS111 \(file):7", "LS111 \(file):13"),
        RuleFixture(
            .localAndCloudDiffer, "an issuer that only the local stack names", mended: local,
            broken: local.changingAll(file, "JWT_ISSUER: shop", to: "LOG_LEVEL: info"),
            found: "LS111 \(file):10", "LS111 \(file):10", "LS111 \(file):19", "LS111 \(file):19"),
        RuleFixture(
            .environmentDetectedTwice, "where nothing is set, one assumes development and one production",
            mended: shop.adding(detection("production")), broken: shop.adding(detection("development")),
            found: "LS204 auth/app/settings.py:3"),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than verifiers accept",
            mended: lifetimes("12"), broken: lifetimes("48"), found: "LS301 \(file):23", "LS301 \(file):23"),
    ]

    private static let localImages = """
        services:
          auth:
            image: registry.example.org/shop/auth:12
            environment: {JWT_SECRET: "${JWT_SECRET:?}"}
          orders:
            image: registry.example.org/shop/orders:31
            environment: {JWT_SECRET: "${JWT_SECRET:?}", AUTH_URL: "http://auth:8080"}
        """

    private static func detection(_ word: String) -> RuleFixture.Files {
        [
            "auth/app/settings.py": "import os\n\nENVIRONMENT = os.getenv(\"ENVIRONMENT\", \"\(word)\")\n",
            "auth/app/cli.py": "import os\n\nENVIRONMENT = os.environ.get(\"ENVIRONMENT\", \"production\")\n",
        ]
    }

    private static func lifetimes(_ hours: String) -> RuleFixture.Files {
        shop.changing(file, "REGION: ${region}", to: "JWT_EXPIRATION_HOURS: \"\(hours)\"").changing(
            file, "AUTH_URL: http://auth:8080", to: "JWT_MAX_LIFETIME_HOURS: \"24\"")
    }

    @Test("a secret with its project and one without may be the same, and are not told as two")
    func projects() {
        let files = Self.orders(
            Self.ordersSecret.replacing("jwt-secret-", with: "projects/shop/secrets/jwt-secret-"))
        #expect(RuleFixture.found(files) == [])
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}
