import Evidence
import Testing

@testable import Check

/// Each rule broken and mended, by evidence; the formats have fixtures of their own.
@Suite("Rules over keys")
struct KeyRuleTests {
    private static let signer = Given.code("auth", .sign, Given.read("JWT_SECRET", "auth"))
    private static let verifier = Given.code("api", .verify, Given.read("JWT_SECRET", "api"))
    private static let secret = ("JWT_SECRET", Given.variable("JWT_SECRET"))

    @Test("LS101: the cloud gives it to one, local compose gave it to both")
    func twin() throws {
        let local = Given.stack([("portal", [Self.secret]), ("backend", [Self.secret])])
        func cloud(_ portal: [(String, BoundValue)]) -> Stack {
            Given.stack(
                "infra.yaml", target: .declaration, in: "production",
                [("portal-prod", portal), ("backend", [("JWT_SECRET", Given.google("jwt"))])])
        }
        let finding = try #require(Given.findings(.missingSecret, [local, cloud([("PORT", .literal("1"))])]).first)
        #expect(finding.severity == .error && finding.services == ["portal-prod", "backend"])
        #expect(finding.locations.first == Given.at("infra.yaml", 1))
        #expect(Given.findings(.missingSecret, [local, cloud([("JWT_SECRET", Given.google("jwt"))])]).isEmpty)
    }

    @Test("LS101: a front end that holds no secret is not missing one, nor is one that verifies by public keys")
    func notMissing() {
        let stack = Given.stack([
            ("auth", [Self.secret]), ("web", [("PORT", .literal("80"))]), ("db", []),
            ("edge", [("JWT_JWKS_URL", .literal("https://auth/jwks"))]),
        ])
        #expect(Given.findings(.missingSecret, [stack], [Self.signer]).isEmpty)
    }

    @Test(
        "LS101: an image that everybody knows is given no key, or under a name that it does not read",
        arguments: [
            ("PGRST_JWT_SECRET", []), ("PGRST_JWT_SECRET_FILE", []), ("PGRST_DB_URI", ["rest"]),
            ("PGRST_APP_SETTINGS_JWT_SECRET", ["rest"]),
        ])
    func knownImage(variable: String, expected: [String]) {
        let images = ["auth": "supabase/gotrue:v2", "rest": "postgrest/postgrest:v14", "api": nil]
        let stack = Given.stack(
            [
                ("auth", [("GOTRUE_JWT_SECRET", Given.variable("JWT_SECRET"))]),
                ("rest", [(variable, Given.variable("JWT_SECRET"))]), ("api", [Self.secret]),
            ]
        ) { $0.image = images[$0.name] ?? nil }
        #expect(Given.findings(.missingSecret, [stack]).compactMap(\.services.first) == expected)
        // By itself it may well serve without tokens.
        var alone = stack
        alone.workloads.removeFirst()
        #expect(Given.findings(.missingSecret, [alone]).isEmpty)
    }

    @Test("LS101: code that verifies, in a stack that gives it nothing")
    func code() throws {
        let stack = Given.stack([("auth", [Self.secret]), ("api", [])])
        let finding = try #require(Given.findings(.missingSecret, [stack], [Self.signer, Self.verifier]).first)
        #expect(finding.services == ["api", "auth"])
        #expect(finding.locations.contains(Given.at("api/main.py", 3)))
        let mended = Given.stack([("auth", [Self.secret]), ("api", [Self.secret])])
        #expect(Given.findings(.missingSecret, [mended], [Self.signer, Self.verifier]).isEmpty)
    }

    @Test("LS103: signs by one name and verifies by another")
    func twoNames() {
        let both = [
            Given.code("api", .sign, Given.read("JWT_SECRET", "api")),
            Given.code("api", .verify, Given.read("JWT_SECRET_KEY", "api", line: 4)),
        ]
        func stack(_ other: String) -> Stack {
            Given.stack([("api", [("JWT_SECRET", .literal("a")), ("JWT_SECRET_KEY", .literal(other))])])
        }
        #expect(Given.findings(.twoNamesTwoValues, [stack("b")], both).map(\.severity) == [.error])
        #expect(Given.findings(.twoNamesTwoValues, [stack("a")], both).isEmpty)
        #expect(Given.findings(.twoNamesTwoValues, [stack("b")]).map(\.severity) == [.warning])
    }

    @Test("LS104: a default of the code, and one of the manifest, reach production; in development they may")
    func defaults() {
        let api = Given.code("api", .verify, Given.read("JWT_SECRET", "api"), Given.text("dev", "api"))
        func stack(_ environment: String, _ variables: [(String, BoundValue)]) -> Stack {
            Given.stack("\(environment).yml", in: environment, [("api", variables)])
        }
        #expect(Given.findings(.defaultReachesProduction, [stack("prod", [])], [api]).map(\.severity) == [.error])
        #expect(Given.findings(.defaultReachesProduction, [stack("dev", [])], [api]).isEmpty)
        #expect(Given.findings(.defaultReachesProduction, [stack("prod", [Self.secret])], [api]).isEmpty)
        let interpolated = [("JWT_SECRET", Given.variable("JWT_SECRET", default: "x"))]
        #expect(
            Given.findings(.defaultReachesProduction, [stack("prod", interpolated)], [api]).map(\.severity) == [
                .warning
            ])
    }

    @Test("LS106: placeholder, short and guessable in production; anything in development")
    func weak() {
        func severities(_ text: String, _ environment: String?) -> [Severity] {
            Given.findings(
                .weakSecret, [Given.stack("c.yml", in: environment, [("api", [("JWT_SECRET", .literal(text))])])]
            ).map(\.severity)
        }
        for text in ["short", "change-me-please-change-me-please-change", "abababababababababababababababababab"] {
            #expect(severities(text, "prod") == [.error])
            #expect(severities(text, nil) == [.warning])
            #expect(severities(text, "dev").isEmpty)
        }
        #expect(severities(Given.strong, "prod").isEmpty)
    }

    @Test("LS107: one secret in staging and production; two secrets, and a host's variable, are right")
    func shared() {
        func findings(_ staging: BoundValue, _ production: BoundValue) -> [Finding] {
            Given.findings(
                .sharedAcrossEnvironments,
                [
                    Given.stack("staging.yml", in: "staging", [("api", [("JWT_SECRET", staging)])]),
                    Given.stack("prod.yml", in: "prod", [("api", [("JWT_SECRET", production)])]),
                ])
        }
        #expect(findings(Given.google("jwt"), Given.google("jwt")).map(\.severity) == [.warning])
        #expect(findings(.literal(Given.strong), .literal(Given.strong)).map(\.severity) == [.warning])
        #expect(findings(Given.google("jwt-staging"), Given.google("jwt-prod")).isEmpty)
        #expect(findings(Self.secret.1, Self.secret.1).isEmpty)
    }

    @Test("LS108: latest in a variable; a number is right")
    func floating() {
        func findings(_ version: String) -> [Finding] {
            Given.findings(
                .floatingVersion, [Given.stack([("api", [("JWT_SECRET", Given.google("jwt", version))])])])
        }
        #expect(findings("latest").map(\.severity) == [.warning])
        #expect(findings("4").isEmpty)
    }

    @Test("LS109: two environments in one stack; two spellings of one are right")
    func environments() {
        func findings(_ other: String) -> [Finding] {
            Given.findings(
                .mixedEnvironments,
                [
                    Given.stack([
                        ("auth", [Self.secret, ("ENVIRONMENT", .literal("production"))]),
                        ("api", [Self.secret, ("ENVIRONMENT", .literal(other))]),
                    ])
                ])
        }
        #expect(findings("staging").map(\.severity) == [.warning])
        #expect(findings("prod").isEmpty)
    }

    @Test("LS110: algorithm, issuer and audience that the verifier does not take")
    func policy() {
        let stack = Given.stack([("auth", [Self.secret]), ("api", [Self.secret])])
        func findings(_ algorithms: [String], _ issuer: String, _ audience: String) -> [Finding] {
            Given.findings(
                .policyDiffers, [stack],
                [
                    Given.code(
                        "auth", .sign, Given.read("JWT_SECRET", "auth"), algorithms: ["HS256"], issuer: "me",
                        audience: "all"),
                    Given.code(
                        "api", .verify, Given.read("JWT_SECRET", "api"), algorithms: algorithms, issuer: issuer,
                        audience: audience),
                ])
        }
        #expect(findings(["HS256", "HS512"], "me", "all").isEmpty)
        #expect(findings(["HS512"], "me", "all").map(\.severity) == [.error])
        #expect(findings(["HS256"], "you", "all").map(\.severity) == [.error])
        #expect(findings(["HS256"], "me", "some").map(\.severity) == [.error])
    }

    @Test("LS111: another name, and a setting that is written out locally alone")
    func local() {
        func findings(_ cloud: [(String, BoundValue)]) -> [Finding] {
            Given.findings(
                .localAndCloudDiffer,
                [
                    Given.stack([
                        ("gateway", [Self.secret, ("GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT", .literal("true"))])
                    ]),
                    Given.stack("prod.yaml", target: .cloudRun, in: "prod", [("gateway", cloud)]),
                ])
        }
        let flag = ("GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT", BoundValue.literal("true"))
        #expect(findings([("JWT_SECRET", Given.google("jwt")), flag]).isEmpty)
        #expect(findings([("JWT_SECRET", Given.google("jwt"))]).map(\.severity) == [.warning])
        #expect(findings([("JWT_SIGNING_KEY", Given.google("jwt")), flag]).map(\.severity) == [.warning])
    }

    @Test("LS301: tokens that live longer than is accepted, or than an old key is kept")
    func lifetimes() {
        func findings(_ hours: String, _ most: String) -> [Finding] {
            Given.findings(
                .lifetimesDoNotFit,
                [
                    Given.stack([
                        ("auth", [Self.secret, ("JWT_EXPIRATION_HOURS", .literal(hours))]),
                        ("api", [Self.secret, ("JWT_MAX_LIFETIME_HOURS", .literal(most))]),
                    ])
                ])
        }
        #expect(findings("168", "24").map(\.severity) == [.error])
        #expect(findings("24", "24").isEmpty)
    }
}
