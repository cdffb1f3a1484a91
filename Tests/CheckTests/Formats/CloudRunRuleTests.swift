import Testing

@testable import Check

/// Each rule in Cloud Run's manifests (Knative services, one file each).
///
/// Not here: LS105 (a text in such a manifest is LS114); LS112 (a workflow's); LS113 (an image's).
@Suite("The rules in Cloud Run manifests")
struct CloudRunRuleTests {
    private static let auth = "deploy/production/auth.yaml"
    private static let orders = "deploy/production/orders.yaml"

    private static func service(
        _ name: String, _ variables: String, secret: String = "jwt-secret-production", version: String = "\"7\"",
        environment: String = "production"
    ) -> String {
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: \(name)
          annotations:
            run.googleapis.com/ingress: internal-and-cloud-load-balancing
        spec:
          template:
            spec:
              serviceAccountName: \(name)@shop.iam.gserviceaccount.com
              containers:
                - image: europe-docker.pkg.dev/shop/apps/\(name):12
                  env:
                    - name: ENVIRONMENT
                      value: \(environment)
        \(variables)
                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: \(secret)
                          key: \(version)
        """
    }

    private static func variable(_ name: String, _ value: String) -> String {
        """
                    - name: \(name)
                      value: "\(value)"
        """
    }

    private static let shop = SampleSources.auth.adding(SampleSources.orders).adding([
        auth: service("auth", variable("JWT_EXPIRATION_HOURS", "12")),
        orders: service("orders", variable("JWT_MAX_LIFETIME_HOURS", "24")),
        "deploy/production/web.yaml": """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
                - image: europe-docker.pkg.dev/shop/apps/web:4
                  env:
                    - {name: API_URL, value: "https://orders.example.org"}
        """,
    ])

    private static let secretLines = """

                    - name: JWT_SECRET
                      valueFrom:
                        secretKeyRef:
                          name: jwt-secret-production
                          key: "7"
        """

    private static func literal(_ text: String) -> String {
        """

                    - name: JWT_SECRET
                      value: \(text)
        """
    }

    /// Images of which no code is here.
    private static let images: RuleFixture.Files = [
        auth: shop[auth] ?? "", orders: shop[orders] ?? "",
        "docker-compose.yml": """
        services:
          auth:
            image: auth
            environment: {JWT_SECRET: "${JWT_SECRET:?}"}
          orders:
            image: orders
            environment: {JWT_SECRET: "${JWT_SECRET:?}"}
        """,
    ]

    /// The secret as a file of a volume.
    private static func volume(_ secret: String) -> String {
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: orders}
        spec:
          template:
            spec:
              containers:
                - image: europe-docker.pkg.dev/shop/apps/orders:12
                  env:
                    - {name: ENVIRONMENT, value: production}
                    - {name: JWT_SECRET_FILE, value: /secrets/jwt/value}
                  volumeMounts:
                    - {name: jwt, mountPath: /secrets/jwt}
              volumes:
                - name: jwt
                  secret:
                    secretName: \(secret)
                    items: [{key: "7", path: value}]
        """
    }

    private static let staging = shop.adding([
        "deploy/staging/auth.yaml": service(
            "auth", variable("PORT", "8080"), secret: "jwt-secret-staging", version: "\"3\"", environment: "staging")
    ])

    static let fixtures: [RuleFixture] = [
        RuleFixture(
            .missingSecret, "one manifest lacks it", mended: shop, broken: shop.changing(orders, secretLines, to: ""),
            found: "LS101 \(orders):12"),
        RuleFixture(
            .missingSecret, "the code is not here, and the local stack gives it", mended: images,
            broken: images.changing(orders, secretLines, to: ""), found: "LS101 \(orders):12"),
        RuleFixture(
            .differentSecrets, "another secret of the store", mended: shop,
            broken: shop.changing(orders, "jwt-secret-production", to: "jwt-secret"), found: "LS102 \(orders):18"),
        RuleFixture(
            .differentSecrets, "another version", mended: shop,
            broken: shop.changing(orders, "key: \"7\"", to: "key: \"6\""), found: "LS102 \(orders):18"),
        RuleFixture(
            .differentSecrets, "another secret in a volume",
            mended: [auth: shop[auth] ?? "", orders: volume("jwt-secret-production")],
            broken: [auth: shop[auth] ?? "", orders: volume("jwt-secret-old")], found: "LS102 \(orders):11"),
        RuleFixture(
            .twoNamesTwoValues, "two names with two texts", mended: images,
            broken: images.changing(
                orders, secretLines,
                to: literal(Given.strong) + literal(Given.strongToo).replacing("JWT_SECRET", with: "JWT_SECRET_KEY")
            )
            .changing(auth, secretLines, to: literal(Given.strong)),
            found: "LS103 \(orders):18", "LS114 \(auth):18", "LS114 \(orders):18", "LS114 \(orders):20"),
        RuleFixture(
            .defaultReachesProduction, "a default in the code, and the manifest gives nothing", mended: shop,
            broken: shop.changing(orders, secretLines, to: "").changing(
                "orders/src/authenticate.js", "process.env.JWT_SECRET;", to: "process.env.JWT_SECRET || 'dev-secret';"),
            found: "LS102 orders/src/authenticate.js:3", "LS104 \(orders):12", "LS202 orders/src/authenticate.js:3"),
        RuleFixture(
            .weakSecret, "a short text", mended: shop,
            broken: shop.changing(auth, secretLines, to: literal("s3cr3t-2024")).changing(
                orders, secretLines, to: literal("s3cr3t-2024")),
            found: "LS106 \(auth):18", "LS106 \(orders):18", "LS114 \(auth):18", "LS114 \(orders):18"),
        RuleFixture(
            .sharedAcrossEnvironments, "staging takes the secret of production", mended: staging,
            broken: staging.changing("deploy/staging/auth.yaml", "jwt-secret-staging", to: "jwt-secret-production")
                .changing("deploy/staging/auth.yaml", "key: \"3\"", to: "key: \"7\""),
            found: "LS107 \(auth):18"),
        RuleFixture(
            .floatingVersion, "the newest version, whichever that is", mended: shop,
            broken: shop.changing(auth, "key: \"7\"", to: "key: latest").changing(
                orders, "key: \"7\"", to: "key: latest"), found: "LS108 \(auth):18", "LS108 \(orders):18"),
        RuleFixture(
            .floatingVersion, "one is pinned, and the other is not", mended: shop,
            broken: shop.changing(orders, "key: \"7\"", to: "key: latest"),
            found: "LS102 \(orders):18", "LS108 \(orders):18"),
        RuleFixture(
            .mixedEnvironments, "one service is told another environment", mended: shop,
            broken: shop.changing(orders, "value: production", to: "value: staging"), found: "LS109 \(orders):14"),
        RuleFixture(
            .policyDiffers, "code that accepts another algorithm", mended: shop,
            broken: shop.changing("orders/src/authenticate.js", "['HS256']", to: "['HS384', 'HS512']"),
            found: "LS110 orders/src/authenticate.js:11"),
        RuleFixture(
            .localAndCloudDiffer, "another name for the secret than locally", mended: images,
            broken: images.changing(auth, "name: JWT_SECRET\n", to: "name: TOKEN_SECRET\n").changing(
                orders, "name: JWT_SECRET\n", to: "name: TOKEN_SECRET\n"),
            found: "LS111 \(auth):18", "LS111 \(orders):18"),
        RuleFixture(
            .plainTextInTemplate, "the secret as a text", mended: shop,
            broken: shop.changing(auth, secretLines, to: literal(Given.strong)).changing(
                orders, secretLines, to: literal(Given.strong)), found: "LS114 \(auth):18", "LS114 \(orders):18"),
        RuleFixture(
            .environmentDetectedTwice, "two variables in one program",
            mended: shop.adding(["auth/app/settings.py": settings("ENVIRONMENT")]),
            broken: shop.adding(["auth/app/settings.py": settings("APP_ENV")]), found: "LS204 auth/app/settings.py:7"),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than verifiers accept", mended: shop,
            broken: shop.changing(auth, "\"12\"", to: "\"168\""), found: "LS301 \(orders):16"),
    ]

    private static func settings(_ second: String) -> String {
        """
        import os

        ENVIRONMENT = os.environ["ENVIRONMENT"]


        def is_production() -> bool:
            return os.environ["\(second)"] == "production"
        """
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}
