import Testing

@testable import Check

/// Each rule in compose files, with `.env`, `env_file`, mounted secrets and arguments of builds.
///
/// Not here: LS108, since compose names no versions of a store; LS114, since no platform shows what compose sets (a text
/// in a compose file is LS105); LS111 and LS112, which take a cloud's manifest or a workflow beside it.
@Suite("The rules in compose files")
struct ComposeRuleTests {
    static let fixtures: [RuleFixture] = [
        // MARK: LS101
        RuleFixture(
            .missingSecret, "the line is lost for one service", mended: shop, broken: orders(""),
            found: "LS101 \(file):9"),
        RuleFixture(
            .missingSecret, "a list entry is lost", mended: shop, broken: shop.changing(file, stockLine, to: ""),
            found: "LS101 \(file):16"),
        RuleFixture(
            .missingSecret, "the name is misspelled", mended: shop,
            broken: orders("      JWT_SECERT: ${JWT_SECRET:?set JWT_SECRET}"), found: "LS101 \(file):9"),
        RuleFixture(
            .missingSecret, "the name that the manifest sets is not the one that the code reads", mended: shop,
            broken: orders("      JWT_SECRET_KEY: ${JWT_SECRET:?set JWT_SECRET}"), found: "LS101 \(file):9"),
        RuleFixture(
            .missingSecret, "one of two env files lacks it",
            mended: files(auth: "JWT_SECRET=${JWT_SECRET}\n", orders: "JWT_SECRET=${JWT_SECRET}\n"),
            broken: files(auth: "JWT_SECRET=${JWT_SECRET}\n", orders: "# JWT_SECRET=\nPORT=8002\n"),
            found: "LS101 \(file):5"),
        RuleFixture(
            .missingSecret, "the override file is for production, and adds a service without it",
            mended: shop.adding([
                "docker-compose.yml": """
                services:
                  auth: {build: ./auth, environment: {JWT_SECRET: "${JWT_SECRET}"}}
                  orders: {build: ./orders, environment: {JWT_SECRET: "${JWT_SECRET}"}}
                """,
                file: """
                services:
                  orders:
                    restart: always
                  stock:
                    build: ./stock
                    environment: {JWT_SECRET: "${JWT_SECRET}"}
                """,
            ]),
            broken: shop.adding([
                "docker-compose.yml": """
                services:
                  auth: {build: ./auth, environment: {JWT_SECRET: "${JWT_SECRET}"}}
                  orders: {build: ./orders, environment: {JWT_SECRET: "${JWT_SECRET}"}}
                """,
                file: """
                services:
                  orders:
                    restart: always
                  stock:
                    build: ./stock
                    environment: {PORT: "8003"}
                """,
            ]), found: "LS101 \(file):4"),

        RuleFixture(
            .missingSecret, "it is there, and empty", mended: shop, broken: orders("      JWT_SECRET: \"\""),
            found: "LS101 \(file):14"),

        // MARK: LS102
        RuleFixture(
            .differentSecrets, "two variables of the host", mended: shop,
            broken: orders("      JWT_SECRET: ${ORDERS_JWT_SECRET:?}"), found: "LS102 \(file):14"),
        RuleFixture(
            .differentSecrets, "two texts in two env files",
            mended: files(auth: "JWT_SECRET=${JWT_SECRET}\n", orders: "JWT_SECRET=${JWT_SECRET}\n"),
            broken: files(
                auth: "JWT_SECRET=\(Given.strong)\n", orders: "PORT=8002\nJWT_SECRET=\(Given.strongToo)\n"),
            found: "LS102 deploy/orders.env:2", "LS105 deploy/auth.env:1", "LS105 deploy/orders.env:2"),
        RuleFixture(
            .differentSecrets, "one variable with two defaults", mended: shop,
            broken: shop.changing(file, authLine, to: "      PORT: \"8001\"\n      JWT_SECRET: ${JWT_SECRET:-one}")
                .changing(file, ordersLine, to: "      PORT: \"8002\"\n      JWT_SECRET: ${JWT_SECRET:-other}")
                .changing(file, stockLine, to: "      - JWT_SECRET=${JWT_SECRET:-one}"),
            found: "LS102 \(file):14", "LS104 \(file):7", "LS104 \(file):14", "LS104 \(file):22"),
        RuleFixture(
            .differentSecrets, "two secrets mounted under one file name", mended: images,
            broken: images.changing(
                file, "AUTH_URL: http://auth:8001\n    secrets: [jwt]",
                to: "AUTH_URL: http://auth:8001\n    secrets: [{source: jwt_old, target: jwt}]"),
            found: "LS102 \(file):15"),
        RuleFixture(
            .differentSecrets, "a file that the code opens", mended: opened("jwt"), broken: opened("old_jwt"),
            found: "LS102 \(file):10"),
        RuleFixture(
            .differentSecrets, "a secret that the command exports from another file", mended: mounted,
            broken: mounted.changing(
                file, "/run/secrets/jwt_secret); exec node", to: "/run/secrets/app_key); exec node"
            )
            .changing(
                file, "node src/index.js'\n    environment: {ENVIRONMENT: production}\n    secrets: [jwt_secret]",
                to: "node src/index.js'\n    environment: {ENVIRONMENT: production}\n    secrets: [app_key]"
            )
            .changing(
                file, "  jwt_secret: {external: true}",
                to: "  jwt_secret: {external: true}\n  app_key: {external: true}"),
            found: "LS102 \(file):9"),

        // MARK: LS103
        RuleFixture(
            .twoNamesTwoValues, "an image is given two names with two values",
            mended: [file: imageWith("JWT_SECRET: ${JWT_SECRET:?}", "JWT_SECRET_KEY: ${JWT_SECRET:?}")],
            broken: [file: imageWith("JWT_SECRET: \(Given.strong)", "JWT_SECRET_KEY: \(Given.strongToo)")],
            found: "LS103 \(file):6", "LS105 \(file):6", "LS105 \(file):7"),
        RuleFixture(
            .twoNamesTwoValues, "the chain of Lockstep's own services refuses it", mended: lockstep,
            broken: lockstep.changing(
                file, "JWT_MAX_LIFETIME_HOURS: \"24\"", to: "JWT_MAX_LIFETIME_HOURS: \"24\"\n      SECRET_KEY: ${OTHER}"
            ),
            found: "LS103 \(file):15"),

        // MARK: LS104
        RuleFixture(
            .defaultReachesProduction, "a default in the manifest", mended: shop,
            broken: everywhere("${JWT_SECRET:-\(Given.strong)}"),
            found: "LS104 \(file):7", "LS104 \(file):14", "LS104 \(file):22"),
        RuleFixture(
            .defaultReachesProduction, "a default in the code, and the manifest sets nothing", mended: shop,
            broken: orders("").changing(
                "orders/src/authenticate.js", "process.env.JWT_SECRET;", to: "process.env.JWT_SECRET || 'dev-secret';"),
            found: "LS102 orders/src/authenticate.js:3", "LS104 \(file):9", "LS202 orders/src/authenticate.js:3"),

        // MARK: LS105
        RuleFixture(
            .committedSecret, "a secret in the manifest", mended: shop, broken: everywhere(Given.strong),
            found: "LS105 \(file):7", "LS105 \(file):14", "LS105 \(file):22"),
        RuleFixture(
            .committedSecret, "a name that says nothing, with which the code signs",
            mended: secretKey("${SECRET_KEY:?}"), broken: secretKey(Given.strong),
            found: "LS105 \(file):6", "LS105 \(file):11"),
        RuleFixture(
            .committedSecret, "a .env that is committed", mended: shop,
            broken: shop.adding([".env": "POSTGRES_PASSWORD=x\nJWT_SECRET=\(Given.strong)\n"]),
            found: "LS105 .env:2"),
        RuleFixture(
            .committedSecret, "a good secret in the example", mended: shop.adding([".env.example": "JWT_SECRET=\n"]),
            broken: shop.adding([".env.example": "JWT_SECRET=\(Given.strong)\n"]), found: "LS105 .env.example:1"),
        RuleFixture(
            .committedSecret, "a file that is a secret", mended: images,
            broken: images.changing(
                file, "  jwt:\n    external: true", to: "  jwt:\n    file: ./secrets/jwt_secret.txt"
            )
            .adding(["secrets/jwt_secret.txt": Given.strong + "\n"]), found: "LS105 secrets/jwt_secret.txt:1"),

        // MARK: LS106
        RuleFixture(
            .weakSecret, "a placeholder in .env", mended: shop, broken: shop.adding([".env": "JWT_SECRET=changeme\n"]),
            found: "LS106 .env:1"),
        RuleFixture(
            .weakSecret, "a short text in the manifest", mended: shop, broken: everywhere("s3cr3t-2024"),
            found: "LS106 \(file):7", "LS106 \(file):14", "LS106 \(file):22"),

        // MARK: LS107
        RuleFixture(
            .sharedAcrossEnvironments, "one text in the env files of two environments", mended: environments,
            broken: environments.changing("env/staging.env", "${STAGING_JWT_SECRET}", to: Given.strong)
                .changing("env/prod.env", "${PROD_JWT_SECRET}", to: Given.strong),
            found: "LS105 env/prod.env:2", "LS105 env/staging.env:2", "LS107 env/prod.env:2"),

        // MARK: LS109
        RuleFixture(
            .mixedEnvironments, "one service is told another environment", mended: shop,
            broken: shop.changing(
                file, "ENVIRONMENT: production\n      PORT: \"8002\"", to: "ENVIRONMENT: staging\n      PORT: \"8002\""),
            found: "LS109 \(file):12"),

        // MARK: LS110
        RuleFixture(
            .policyDiffers, "code that accepts another algorithm", mended: shop,
            broken: shop.changing("orders/src/authenticate.js", "['HS256']", to: "['HS512']"),
            found: "LS110 orders/src/authenticate.js:11"),
        RuleFixture(
            .policyDiffers, "the manifest sets another algorithm for who verifies",
            mended: policy("HS256", "shop"), broken: policy("HS512", "shop"), found: "LS110 \(file):11"),
        RuleFixture(
            .policyDiffers, "the manifest sets another audience for who verifies",
            mended: policy("HS256", "shop"), broken: policy("HS256", "orders"), found: "LS110 \(file):12"),

        RuleFixture(
            .policyDiffers, "a gateway that trusts another issuer than the portal is", mended: lockstep,
            broken: lockstep.changing(
                file, "JWT_MAX_LIFETIME_HOURS: \"24\"", to: "JWT_TRUSTED_ISSUERS: lockstep-customer=customer"),
            found: "LS110 \(file):14"),

        // MARK: LS113
        RuleFixture(
            .secretInImage, "an argument of a build", mended: shop,
            broken: shop.changing(
                file, "context: ./stock", to: "context: ./stock\n      args:\n        JWT_SECRET: ${JWT_SECRET}"),
            found: "LS113 \(file):20"),

        // MARK: LS204
        RuleFixture(
            .environmentDetectedTwice, "two programs of one stack read two variables",
            mended: shop.adding(detection("ENVIRONMENT")), broken: shop.adding(detection("APP_ENV")),
            found: "LS204 stock/environment.go:6"),

        // MARK: LS301
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than verifiers accept", mended: lockstep,
            broken: lockstep.changing(file, "JWT_EXPIRATION_HOURS: \"12\"", to: "JWT_EXPIRATION_HOURS: \"168\""),
            found: "LS301 \(file):14"),
        RuleFixture(
            .lifetimesDoNotFit, "an old key is kept for less than a token lives", mended: overlap("86400"),
            broken: overlap("600"), found: "LS301 \(file):13"),
    ]

    @Test(
        "two ways to write one value are one",
        arguments: [
            ("${JWT_SECRET:-}", "${JWT_SECRET}"), ("${JWT_SECRET:?a}", "${JWT_SECRET?b}"),
            ("$JWT_SECRET", "${JWT_SECRET}"),
            ("${JWT_SECRET:-${SECRET:?}}", "${JWT_SECRET:-$SECRET}"),
        ])
    func spellings(one: String, other: String) {
        let files = Self.shop.changing(Self.file, Self.authLine, to: "      PORT: \"8001\"\n      JWT_SECRET: \(one)")
            .changing(Self.file, Self.ordersLine, to: "      PORT: \"8002\"\n      JWT_SECRET: \(other)").changing(
                Self.file, Self.stockLine, to: "      - JWT_SECRET=\(one)")
        #expect(RuleFixture.found(files) == [])
    }

    @Test(
        "what a program does beside answering requests needs no key",
        arguments: ["alembic upgrade head", "celery -A app.worker worker", "python -m pytest"])
    func sideProcesses(command: String) {
        let side = """
              jobs:
                build: ./auth
                command: \(command)
                environment: {ENVIRONMENT: production}
            """
        #expect(RuleFixture.found(Self.shop.changing(Self.file, "  web:", to: side + "\n  web:")) == [])
        let server = side.replacing(command, with: "sh -c '\(command) && uvicorn app.main:app'")
        #expect(
            RuleFixture.found(Self.shop.changing(Self.file, "  web:", to: server + "\n  web:")) == [
                "LS101 \(Self.file):23"
            ])
    }

    @Test("what is broken is found at its place, and gone when it is mended", arguments: fixtures)
    func fixture(_ fixture: RuleFixture) { fixture.verify() }
}
