import Evidence
import Foundation
import Manifests
import Testing

@testable import Render

@Suite("what is not rendered, and the line that says why")
struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let target: RenderTarget
        /// The first of these in the text is replaced.
        let old: String
        let new: String
        /// The line with this text, after the change, is the one that is named.
        let line: String
        let says: String
    }

    private static let base = """
        version: 1
        environments:
          staging:
            registry: registry.example.org
            release: 1.2.3
            targets:
              cloud-run: {project: p, project_number: "1", region: r, network: n, subnetwork: s}
              kubernetes: {namespace: lockstep, ingress_namespace: ingress}
              ecs: {account: "1", region: eu-central-1, file_system: fs-1}
              compose: {secrets: /etc/lockstep}
        services:
          portal:
            executable: portal
            tokens: {issues: us, verifies: [us]}
            environments:
              staging:
                image: portal
                port: 8080
                scaling: {min: 1, max: 1, cpu: 1, memory: 512Mi} # portal
                volumes: [{name: data, path: /data}]
                variables:
                  ENVIRONMENT: staging # portal
                  DATABASE_URL: sqlite:///data/portal.sqlite
                secrets:
                  - {name: JWT_SECRET, secret_name: signing-staging, version: 3} # portal
                targets:
                  cloud-run:
                    volumes: []
                    variables: {DATABASE_URL: "postgres://db/portal"}
          gateway:
            executable: gateway
            tokens: {issues: none, verifies: [us]}
            environments:
              staging: # gateway
                image: gateway
                port: 8000
                scaling: {min: 1, max: 3, cpu: 1, memory: 512Mi} # gateway
                variables:
                  ENVIRONMENT: staging # gateway
                  PORTAL_URLS: http://portal.internal:8080
                secrets:
                  - {name: JWT_SECRET, secret_name: signing-staging, version: 3} # gateway
        """

    @Test("what is right is rendered, on each target", arguments: [RenderTarget.cloudRun, .kubernetes, .ecs, .compose])
    func right(target: RenderTarget) throws { _ = try Rendered(target, "staging", from: Self.base) }

    private static func gateway(_ testDescription: String, _ new: String, _ says: String) -> Case {
        Case(
            testDescription: testDescription, target: .kubernetes,
            old: "- {name: JWT_SECRET, secret_name: signing-staging, version: 3} # gateway", new: new,
            line: new, says: says)
    }

    static let cases: [Case] = [
        gateway(
            "another secret", "- {name: JWT_SECRET, secret_name: signing-other, version: 3} # gateway",
            "signing-staging version 3 (infrastructure.yaml:25)"),
        gateway(
            "another version", "- {name: JWT_SECRET, secret_name: signing-staging, version: 4} # gateway",
            "signing-staging version 4"),
        gateway(
            "a version that floats", "- {name: JWT_SECRET, secret_name: signing-staging, version: latest} # gateway",
            "write the number"),
        gateway(
            "an alias", "- {name: JWT_SECRET_KEY, secret_name: signing-staging, version: 3} # gateway",
            "call JWT_SECRET_KEY JWT_SECRET"),
        Case(
            testDescription: "no signing secret", target: .kubernetes,
            old: "{name: JWT_SECRET, secret_name: signing-staging, version: 3} # gateway",
            new: "{name: OTHER, secret_name: signing-staging, version: 3}", line: "staging: # gateway",
            says: "gateway in staging verifies tokens and has no JWT_SECRET"),
        Case(
            testDescription: "an internal token that one service lacks", target: .compose,
            old: "version: 3} # gateway",
            new: "version: 3} # gateway\n          - {name: LOCKSTEP_INTERNAL_TOKEN, secret_name: t, version: 1}",
            line: "      staging:\n        image: portal", says: "portal in staging has no LOCKSTEP_INTERNAL_TOKEN"),
        Case(
            testDescription: "a secret as text", target: .ecs, old: "ENVIRONMENT: staging # gateway",
            new: "ENVIRONMENT: staging\n          JWT_SECRET_STAGING: x", line: "JWT_SECRET_STAGING",
            says: "put it into the secret store"),
        Case(
            testDescription: "another secret on one target alone", target: .cloudRun,
            old: "            volumes: []\n",
            new: "            volumes: []\n            secrets: [{name: JWT_SECRET, secret_name: mine, version: 1}]\n",
            line: "secret_name: mine", says: "one for all targets"),
        Case(
            testDescription: "another environment", target: .kubernetes, old: "ENVIRONMENT: staging # gateway",
            new: "ENVIRONMENT: production # gateway", line: "ENVIRONMENT: production", says: "another environment"),
        Case(
            testDescription: "no environment", target: .kubernetes, old: "ENVIRONMENT: staging # gateway",
            new: "OTHER: x # gateway", line: "staging: # gateway", says: "has no ENVIRONMENT"),
        Case(
            testDescription: "an address of nobody", target: .kubernetes, old: "portal.internal",
            new: "login.internal", line: "login.internal", says: "no service of staging is called so"),
        Case(
            testDescription: "an address with another port", target: .kubernetes, old: "portal.internal:8080",
            new: "portal.internal:80", line: "portal.internal:80", says: "write http://portal.internal:8080"),
        Case(
            testDescription: "SQLite with two instances", target: .kubernetes,
            old: "max: 1, cpu: 1, memory: 512Mi} # portal", new: "max: 2, cpu: 1, memory: 512Mi} # portal",
            line: "# portal", says: "SQLite is a file of one"),
        Case(
            testDescription: "SQLite beside its volume", target: .ecs, old: "sqlite:///data/portal.sqlite",
            new: "sqlite:///tmp/portal.sqlite", line: "sqlite:///tmp", says: "lies in no volume"),
        Case(
            testDescription: "SQLite on Cloud Run", target: .cloudRun,
            old: "            variables: {DATABASE_URL: \"postgres://db/portal\"}",
            new: "            variables: {X: y}",
            line: "sqlite:", says: "Cloud Run has no disk"),
        Case(
            testDescription: "a volume on Cloud Run", target: .cloudRun, old: "            volumes: []\n", new: "",
            line: "volumes: [{name: data", says: "no disk that lasts"),
        Case(
            testDescription: "a volume without a file system", target: .ecs, old: ", file_system: fs-1", new: "",
            line: "volumes: [{name: data", says: "file_system under targets: ecs:"),
        Case(
            testDescription: "a secret that AWS would misread", target: .ecs, old: "secret_name: signing-staging",
            new: "secret_name: signing-secret", line: "secret_name: signing-secret", says: "six characters"),
        Case(
            testDescription: "a fact that is missing", target: .ecs, old: "account: \"1\", ", new: "",
            line: "ecs: {", says: "does not say its account"),
        Case(
            testDescription: "a target of which nothing is said", target: .compose,
            old: "      compose: {secrets: /etc/lockstep}\n", new: "", line: "  staging:\n    registry",
            says: "does not say its secrets"),
        Case(
            testDescription: "no release", target: .kubernetes, old: "    release: 1.2.3\n", new: "",
            line: "  staging:\n    registry", says: "has no release"),
        Case(
            testDescription: "a release that floats", target: .kubernetes, old: "release: 1.2.3",
            new: "release: latest", line: "release: latest", says: "latest is another release tomorrow"),
        Case(
            testDescription: "a key that nobody reads", target: .kubernetes, old: "ingress_namespace: ingress",
            new: "ingres_namespace: ingress", line: "ingres_namespace", says: "is not understood"),
        Case(
            testDescription: "a fact that would break out of its place", target: .kubernetes,
            old: "namespace: lockstep", new: "namespace: \"a b\"", line: "namespace: \"a b\"", says: "not understood"),
        Case(
            testDescription: "no instance where that can't be", target: .kubernetes,
            old: "min: 1, max: 3", new: "min: 0, max: 3", line: "min: 0", says: "only Cloud Run"),
    ]

    @Test("a wrong declaration is refused with file, line and the way to mend it", arguments: cases)
    func refused(_ wrong: Case) throws {
        let range = try #require(Self.base.range(of: wrong.old), "the case changes something")
        let text = Self.base.replacingCharacters(in: range, with: wrong.new)
        let place = try #require(text.range(of: wrong.line), "the named line is there")
        let line = 1 + text[..<place.lowerBound].count(where: \.isNewline)
        let error = try #require(
            #expect(throws: ManifestFaults.self) { try Rendered(wrong.target, "staging", from: text) })
        let fault = try #require(error.faults.first { $0.description.contains(wrong.says) }, "\(error)")
        #expect(fault.position.file == "infrastructure.yaml")
        #expect(fault.position.line == line, "\(fault)")
    }

    @Test("an environment that is not declared is refused with those that are")
    func unknownEnvironment() {
        let error = #expect(throws: ManifestFaults.self) { try Rendered(.kubernetes, "prod", from: Self.base) }
        #expect(error?.faults.first?.mend == "name one of: staging")
    }

    @Test("all faults are said at once")
    func together() {
        let text = Self.base.replacing("version: 3} # gateway", with: "version: 4} # gateway")
            .replacing("ENVIRONMENT: staging # portal", with: "ENVIRONMENT: production")
        let error = #expect(throws: ManifestFaults.self) { try Rendered(.kubernetes, "staging", from: text) }
        #expect(error?.faults.count == 2)
    }
}
