import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("infrastructure.yaml as evidence")
struct DeclarationReaderTests {
    static func read(_ text: String, path: String = "infrastructure.yaml") -> ManifestReading {
        ManifestReaders.read(SourceTree([path: text]), readers: [DeclarationReader()])
    }

    @Test("ours: one stack for each environment, with who issues and verifies")
    func ours() throws {
        let reading = Self.read(DeclarationTests.text)
        #expect(reading.unread.isEmpty)
        #expect(reading.stacks.map(\.environment?.environment) == [.staging, .production])
        #expect(reading.stacks.map { $0.workloads.map(\.name) } == [["worker"], ["portal"]])
        let portal = try #require(reading.stacks.last?.workloads.first)
        #expect(portal.issues == ["lockstep-platform"])
        #expect(portal.verifies == ["lockstep-platform", "lockstep-customer"])
        let secret = try #require(portal["JWT_SECRET"])
        #expect(
            secret.value == .reference(SecretReference(.google, "acme-secrets/jwt-secret-production", version: "3")))
        #expect(secret.position.line == 19)
        #expect(reading.stacks.first?.workloads.first?.issues == nil)
    }

    @Test("faults are named, and then nothing that is absent proves anything")
    func faults() throws {
        let reading = Self.read(DeclarationTests.text.replacing("port: 8080", with: "port: x"))
        #expect(reading.unread.map(\.position.line) == [12])
        #expect(reading.stacks.count == 2)
        #expect(reading.stacks.allSatisfy { $0.workloads.allSatisfy { $0.gaps.count == 1 } })
    }

    static let foreign = """
        project: {name: shop}
        environments:
          staging:
            project_id: shop-stg
            variables: {DOMAIN: stg.example.org}
            services:
              api: {env_vars: {WORKERS: 1}}
          production:
            project_id: shop-live
            variables: {DOMAIN: example.org, JWT_SECRET: written-down-in-the-file}
        services:
          api:
            source: services/api
            env_vars:
              ENVIRONMENT: ${environment}
              PUBLIC_URL: https://api.${DOMAIN}
              PORTAL_URL: http://portal:8080
              WORKERS: 4
              FROM_SHELL: ${SHELL_ONLY:-word}
            secrets:
              - name: JWT_SECRET
                secret_name: jwt-${environment}
                version: latest
          portal:
            env_vars:
              - name: ENVIRONMENT
                value: ${ENV}
              - PLAIN=text
            secrets:
              - {name: JWT_SECRET, secret_name: "projects/${project_id}/secrets/jwt", version: 2}
              - OTHER_SECRET
            environments:
              production:
                secrets: [{name: JWT_SECRET, secret_name: portal-jwt}]
        """

    @Test("the other kind: templates are filled in by environment")
    func templates() throws {
        let reading = Self.read(Self.foreign)
        #expect(reading.stacks.map(\.environment?.environment) == [.staging, .production])
        let api = try #require(reading.stacks.first?.workloads.first)
        #expect(api["ENVIRONMENT"]?.value == .literal("staging"))
        #expect(api["PUBLIC_URL"]?.value == .literal("https://api.stg.example.org"))
        #expect(api["WORKERS"]?.value == .literal("1"))
        #expect(api.overridden.map(\.name) == ["WORKERS"])
        #expect(
            api["FROM_SHELL"]?.value
                == .reference(SecretReference(.variable, "SHELL_ONLY"), default: .literal("word"), emptyCounts: true))
        #expect(api["JWT_SECRET"]?.value == .reference(SecretReference(.google, "jwt-staging", version: "latest")))
        #expect(api["JWT_SECRET"]?.position == SourcePosition(file: "infrastructure.yaml", line: 21, column: 9))
        #expect(api.neighbours == ["portal"])
    }

    @Test("the other kind: lists, plain names and overrides of a service")
    func forms() throws {
        let reading = Self.read(Self.foreign)
        let staging = try #require(reading.stacks.first?.workloads.last)
        #expect(staging["ENVIRONMENT"]?.value == .literal("staging"))
        #expect(staging["PLAIN"]?.value == .literal("text"))
        #expect(staging["JWT_SECRET"]?.value == .reference(SecretReference(.google, "shop-stg/jwt", version: "2")))
        #expect(staging["OTHER_SECRET"]?.value == .reference(SecretReference(.google, "OTHER_SECRET")))
        let production = try #require(reading.stacks.last?.workloads.last)
        #expect(production["JWT_SECRET"]?.value == .reference(SecretReference(.google, "portal-jwt")))
    }

    @Test("a secret among the templates' variables is in the file for all to see")
    func loose() {
        #expect(Self.read(Self.foreign).loose.map(\.position.line) == [10])
    }

    @Test("a service that one environment lacks is in the other's stack alone")
    func narrowed() {
        let text =
            "environments: [dev, prod]\nservices:\n  a: {environments: [prod], env_vars: {}}\n  b: {env_vars: {}}\n"
        #expect(Self.read(text).stacks.map { $0.workloads.map(\.name) } == [["b"], ["a", "b"]])
    }

    @Test("templates that name each other end")
    func cycle() throws {
        let text = "variables: {A: '${B}', B: '${A}'}\nservices:\n  x:\n    env_vars: {V: '${A}'}\n"
        let value = try #require(Self.read(text).stacks.first?.workloads.first?["V"]?.value)
        #expect(value.isOpaque)
    }

    @Test("what can't be read is named", arguments: ["services:\n  a: [\n", "services:\n  a: *x\n"])
    func malformed(_ text: String) {
        #expect(Self.read(text).unread.count == 1)
    }

    @Test("a file of another name is known by what it holds")
    func claimed() {
        let text = "services:\n  a:\n    secrets: [{name: X, secret_name: y}]\n"
        #expect(Self.read(text, path: "deploy/services.yml").stacks.count == 1)
        #expect(Self.read("services:\n  a: {image: x}\n", path: "compose.yml").stacks.isEmpty)
    }

    static let placeholders: [(String, BoundValue)] = [
        ("a$b", .literal("a$b")), ("${", .literal("${")), ("$${A}", .literal("${A}")), ("$", .literal("$")),
        ("${A", .literal("${A")), ("${a.b}", .opaque("${a.b}")),
        ("${{ secrets.JWT }}", .reference(SecretReference(.github, "secrets.JWT"))),
        ("a-{{ jwt }}", BoundValue([.text("a-"), .opaque("{{ jwt }}")])),
        ("{\"a\":{\"b\":1}}", .literal("{\"a\":{\"b\":1}}")),
        ("<path:secret/data/app#jwt>", .reference(SecretReference(.vault, "secret/app#jwt"))),
        ("<path:a#b | base64encode>", .opaque("<path:a#b | base64encode>")), ("a < b > {{", .literal("a < b > {{")),
        ("${A-}", .reference(SecretReference(.variable, "A"), default: .empty, emptyCounts: false)),
        (
            "${A:-${B}}",
            .reference(
                SecretReference(.variable, "A"),
                default: .reference(SecretReference(.variable, "B")),
                emptyCounts: true)
        ),
    ]

    @Test("placeholders in a text", arguments: placeholders)
    func placeholder(_ example: (String, BoundValue)) {
        #expect(PlaceholderText.bound(example.0) == example.1)
    }
}
