import Evidence
import Testing

@testable import Manifests

@Suite("expressions of GitHub Actions")
struct WorkflowExpressionTests {
    static let scope: WorkflowScope = {
        var scope = WorkflowScope()
        let here = SourcePosition(file: "w", line: 1)
        scope.inputs = ["env": .literal("prod"), "key": .reference(SecretReference(.github, "inputs.key"))]
        scope.env = ["NAME": .init(value: .literal("api"), position: here, isExported: true)]
        scope.matrix = [
            .init(
                key: "service", position: here, value: ManifestNode(.scalar(.init("portal", isPlain: true)), at: here))
        ]
        scope.steps = ["get": ["jwt": .reference(SecretReference(.google, "p/jwt"))]]
        return scope
    }()

    @Test(
        "come to what GitHub would fill in",
        arguments: [
            ("secrets.JWT_SECRET", "<github:secrets.JWT_SECRET>"),
            ("secrets.jwt_secret", "<github:secrets.JWT_SECRET>"),
            ("secrets['JWT_SECRET']", "<github:secrets.JWT_SECRET>"), ("vars.X", "<github:vars.X>"),
            ("inputs.env", "prod"), ("github.event.inputs.env", "prod"), ("env.NAME", "api"), ("env.NONE", "<?>"),
            ("matrix.service", "portal"), ("steps.get.outputs.jwt", "<gcp:p/jwt>"), ("steps.get.outputs.no", "<?>"),
            ("secrets.A || 'x'", "<github:secrets.A|x>"),
            ("secrets.A || secrets.B || 'x'", "<github:secrets.A|<github:secrets.B|x>>"),
            ("secrets.A || ''", "<github:secrets.A|>"), ("'' || 'x'", "x"), ("'a' || 'x'", "a"),
            ("inputs.env == 'PROD' && secrets.P || secrets.S", "<github:secrets.P|<github:secrets.S>>"),
            ("inputs.env != 'prod' && secrets.P || secrets.S", "<github:secrets.S>"),
            ("github.ref == 'refs/heads/main' && secrets.P || secrets.S", "<?>"),
            ("github.ref == 'refs/heads/main' && secrets.P || secrets.P", "<github:secrets.P>"),
            ("format('{0}-{1}', inputs.env, matrix.service)", "prod-portal"), ("format('{{x}}')", "{x}"),
            ("secrets[format('JWT_{0}', inputs.env)]", "<github:secrets.JWT_PROD>"), ("secrets[github.ref]", "<?>"),
            ("startsWith(inputs.env, 'pr') && 'y' || 'n'", "y"), ("!inputs.env", "false"),
            ("(secrets.A)", "<github:secrets.A>"),
            ("fromJSON(secrets.A).x", "<?>"), ("'it''s'", "it's"), ("true", "true"), ("12", "12"),
            ("secrets.A ||", "<?>"), ("((((", "<?>"), ("", "<?>"), ("a b", "<?>"),
        ])
    func evaluation(expression: String, expected: String) {
        #expect(spelled(Self.scope.evaluate(expression)) == expected)
    }

    @Test("nested without end they are given up")
    func depth() {
        let text = String(repeating: "(", count: 3000) + "secrets.A" + String(repeating: ")", count: 900)
        #expect(spelled(Self.scope.evaluate(text)) == "<?>")
    }

    @Test("one that is not followed shows none of its texts")
    func masked() {
        #expect(
            Self.scope.evaluate("github.ref == 'a' && 'hunter2hunter2' || 'other'").shown.contains("hunter2") == false)
    }

    @Test("a text around them stays")
    func mixed() {
        let value = Self.scope.fill(#"{"key":"${{ secrets.A }}","env":"${{inputs.env}}"}"#)
        #expect(spelled(value) == #"{"key":"<github:secrets.A>","env":"prod"}"#)
    }
}
