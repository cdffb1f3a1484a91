import Evidence
import Testing

@testable import Check

@Suite("Rules over code")
struct CodeRuleTests {
    @Test("LS201: the shared loader in one place, a variable in another")
    func loader() {
        let shared = KeyExpression.Alternative.loader("get_jwt_secret()", Given.at("api/main.py", 2))
        let broken = [
            Given.code("api", .sign, shared), Given.code("api", .verify, Given.read("JWT_SECRET", "api")),
        ]
        #expect(Given.findings(.secondLoadingPath, [], broken).map(\.severity) == [.warning])
        #expect(
            Given.findings(
                .secondLoadingPath, [], [Given.code("api", .sign, shared), Given.code("api", .verify, shared)]
            )
            .isEmpty)
    }

    @Test("LS202: two programs with two defaults are an error, one with a default a warning, none with none")
    func defaults() {
        func facts(_ one: String?, _ other: String?) -> [SourceFacts] {
            [("auth", TokenUse.Action.sign, one), ("api", .verify, other)].map { directory, action, text in
                text.map {
                    Given.code(directory, action, Given.read("SECRET_KEY", directory), Given.text($0, directory))
                }
                    ?? Given.code(directory, action, Given.read("SECRET_KEY", directory))
            }
        }
        func severities(_ one: String?, _ other: String?) -> [Severity] {
            Given.findings(.defaultInCode, [], facts(one, other)).map(\.severity).sorted()
        }
        #expect(severities("a", "b") == [.warning, .warning, .error])
        #expect(severities("a", "a") == [.warning, .warning])
        #expect(severities("a", nil) == [.warning])
        #expect(severities(nil, nil).isEmpty)
    }

    @Test("LS202: what tests make up is let pass")
    func tests() {
        var facts = Given.code("api", .sign, Given.text("secret", "api"))
        facts = SourceFacts(file: "api/tests/test_auth.py", language: .python).with(facts.uses)
        #expect(Given.findings(.defaultInCode, [], [facts]).isEmpty)
    }

    @Test("LS203: a module that declares the core's security settings")
    func module() {
        var facts = SourceFacts(file: "modules/farm/manifest.py", language: .python)
        facts.declaredSettings = [
            DeclaredSetting("SECRET_KEY", module: "farm", at: Given.at("modules/farm/manifest.py", 7))
        ]
        let found = Given.findings(.moduleDeclaresSecurity, [], [facts])
        #expect(found.map(\.severity) == [.error])
        #expect(found.first?.locations == [Given.at("modules/farm/manifest.py", 7)])
    }

    @Test("LS204: two variables for the environment, or two meanings of none")
    func detection() {
        func facts(_ directory: String, _ variable: String, _ fallback: String?) -> SourceFacts {
            var facts = Given.code(directory, .verify, Given.read("JWT_SECRET", directory))
            facts.environmentReads = [EnvironmentRead(variable, fallback: fallback, at: Given.at(facts.file, 9))]
            return facts
        }
        func count(_ one: SourceFacts, _ other: SourceFacts) -> Int {
            Given.findings(.environmentDetectedTwice, [], [one, other]).count
        }
        #expect(count(facts("a", "ENVIRONMENT", nil), facts("b", "APP_ENV", nil)) == 1)
        #expect(count(facts("a", "ENVIRONMENT", "dev"), facts("b", "ENVIRONMENT", "production")) == 1)
        #expect(count(facts("a", "ENVIRONMENT", "dev"), facts("b", "ENVIRONMENT", "development")) == 0)
    }

    @Test("LS204: names tried in one order are one way, a framework's own name is a question at most")
    func detectionInOrder() {
        func facts(_ directory: String, _ reads: [(String, Int)]) -> SourceFacts {
            var facts = Given.code(directory, .verify, Given.read("JWT_SECRET", directory))
            facts.environmentReads = reads.map { EnvironmentRead($0.0, fallback: nil, at: Given.at(facts.file, $0.1)) }
            return facts
        }
        func severities(_ facts: [SourceFacts]) -> [Severity] {
            Given.findings(.environmentDetectedTwice, [], facts).map(\.severity)
        }
        let ordered = [("ENVIRONMENT", 4), ("APP_ENV", 5)]
        #expect(severities([facts("a", ordered), facts("b", ordered)]).isEmpty)
        #expect(severities([facts("a", [("ENVIRONMENT", 4), ("APP_ENV", 40)])]) == [.warning])
        #expect(severities([facts("a", [("ENVIRONMENT", 4)]), facts("b", [("RAILS_ENV", 4)])]) == [.note])
        #expect(
            severities([facts("a", [("ENV", 4)]), facts("b", [("STAGE", 4)]), facts("c", [("APP_ENV", 4)])])
                == [.warning, .warning])
    }

    @Test("LS109: a build for production in staging is no second environment")
    func buildMode() {
        func stack(_ name: String, _ text: String) -> Stack {
            Given.stack(
                "k8s/staging.yaml", target: .kubernetes, in: "staging",
                [
                    ("web", [("JWT_SECRET", Given.google("jwt")), (name, .literal(text))]),
                    ("api", [("JWT_SECRET", Given.google("jwt")), ("ENVIRONMENT", .literal("staging"))]),
                ])
        }
        #expect(Given.findings(.mixedEnvironments, [stack("NODE_ENV", "production")]).isEmpty)
        #expect(Given.findings(.mixedEnvironments, [stack("ENVIRONMENT", "production")]).count == 1)
    }
}

extension SourceFacts {
    fileprivate func with(_ uses: [TokenUse]) -> SourceFacts {
        var copy = self
        copy.uses = uses
        return copy
    }
}
