import Evidence
import Testing

@testable import Manifests

@Suite("a compose file")
struct ComposeReadingTests {
    static func read(_ text: String, variables: [String: String] = [:], files: [String: String] = [:]) throws
        -> ComposeFile
    {
        try ComposeReader.read(text, file: "c.yml", directory: "/x", variables: variables) { files[$0] }
    }

    static func service(_ lines: String..., variables: [String: String] = [:], files: [String: String] = [:]) throws
        -> ComposeService
    {
        let text = "services:\n  a:\n    x-lockstep: {executable: portal}\n" + lines.map { "    \($0)\n" }.joined()
        return try #require(try read(text, variables: variables, files: files).service("a"))
    }

    @Test("gives variables in both forms; a name alone comes from the environment or stays unset")
    func environmentForms() throws {
        let variables = ["FROM_SHELL": "shell"]
        let map = try Self.service(
            "environment:", "  A: text", "  B: 8000", "  C: \"true\"", "  FROM_SHELL:", "  GONE:", "  D: ''",
            variables: variables)
        #expect(map.environmentValues == ["A": "text", "B": "8000", "C": "true", "FROM_SHELL": "shell", "D": ""])
        let list = try Self.service(
            "environment: [A=text, B=8000, C=true, FROM_SHELL, GONE, D=, E=a=b]", variables: variables)
        #expect(
            list.environmentValues == [
                "A": "text", "B": "8000", "C": "true", "FROM_SHELL": "shell", "D": "", "E": "a=b",
            ])
    }

    @Test("lets environment win over env_file, and a later env_file over an earlier")
    func envFiles() throws {
        let service = try Self.service(
            "env_file: [one.env, {path: sub/two.env}, {path: gone.env, required: false}]", "environment: {C: inline}",
            files: ["/x/one.env": "A=1\nB=1\nC=1\n", "/x/sub/two.env": "B=2\nC=2\n"])
        #expect(service.environmentValues == ["A": "1", "B": "2", "C": "inline"])
        #expect(service.environment.first { $0.name == "B" }?.position.description == "sub/two.env:1")
    }

    @Test("resolves anchors and merge keys: own keys first, then the first of several")
    func merging() throws {
        let text = """
            x-one: &one {restart: always, environment: {A: one}}
            x-two: &two {restart: "no", stop_grace_period: 3s}
            services:
              a:
                <<: [*one, *two]
                environment: {A: own}
                x-lockstep: {executable: portal}
            """
        let service = try #require(try Self.read(text).service("a"))
        #expect(service.restart == .always)
        #expect(service.stopGracePeriod == .seconds(3))
        #expect(service.environmentValues == ["A": "own"])
    }

    @Test(
        "reads every form of a port",
        arguments: [
            ("\"8000:80\"", 8000, 80), ("\"127.0.0.1:8000:80\"", 8000, 80), ("\"8000\"", 8000, 8000),
            ("8000", 8000, 8000), ("\"8000:80/tcp\"", 8000, 80), ("\"[::1]:8000:80\"", 8000, 80),
            ("{target: 80, published: 8000}", 8000, 80), ("{target: 80, published: \"8000\", protocol: tcp}", 8000, 80),
            ("{target: 80}", 80, 80), ("\"${P:-9000}:80\"", 9000, 80),
        ])
    func ports(text: String, published: Int, target: Int) throws {
        let port = try #require(try Self.service("ports:", "  - \(text)").ports.first)
        #expect(port.published == published && port.target == target)
    }

    @Test("reads commands as a list and as a line")
    func commands() throws {
        #expect(try Self.service("command: [serve, \"a b\"]").command == ["serve", "a b"])
        #expect(try Self.service("command: serve 'a b' \"c\\\"d\" e\\ f").command == ["serve", "a b", "c\"d", "e f"])
        #expect(try Self.service("command:").command == nil)
        #expect(try Self.service("command: []").command == [])
    }

    @Test("reads dependencies, health, restarts, volumes and secrets")
    func rest() throws {
        let text = """
            secrets: {ring: {file: ./ring.json}}
            volumes: {data: {}}
            services:
              b: {image: x}
              a:
                x-lockstep: {executable: portal, path: bin/portal}
                depends_on: {b: {condition: service_completed_successfully}}
                healthcheck: {test: [CMD, x], interval: 1m30s, timeout: 500ms, retries: 7, start_period: 2s}
                restart: on-failure:3
                stop_signal: SIGINT
                stop_grace_period: 1.5s
                container_name: box
                networks: {default: {aliases: [api]}}
                volumes:
                  - data:/data
                  - ./conf/x.toml:/etc/x.toml:ro
                  - /cache
                  - {type: bind, source: ../up, target: /up/}
                  - {type: tmpfs, target: /run}
                secrets: [ring]
                tmpfs: /tmp
                image: x
            """
        let service = try #require(try Self.read(text).service("a"))
        #expect(service.executable?.path == "/x/bin/portal")
        #expect(service.dependencies.map(\.condition) == [.completed])
        var check = ComposeHealthcheck()
        check.interval = .seconds(90)
        check.timeout = .milliseconds(500)
        check.retries = 7
        check.startPeriod = .seconds(2)
        #expect(service.healthcheck == check)
        #expect(service.restart == .onFailure(limit: 3))
        #expect(service.stopSignal == 2)
        #expect(service.stopGracePeriod == .milliseconds(1500))
        #expect(service.aliases.sorted() == ["api", "box"])
        let mounts = Dictionary(uniqueKeysWithValues: service.mounts.map { ($0.target, $0.source) })
        #expect(
            mounts == [
                "/data": .volume("data"), "/etc/x.toml": .host("/x/conf/x.toml"), "/cache": .anonymous,
                "/up": .host("/up"), "/run/secrets/ring": .host("/x/ring.json"),
            ])
        #expect(Set(service.ignoredKeys) == ["image", "networks", "tmpfs"])
    }

    @Test("has no health to wait for when its check is switched off", arguments: ["{disable: true}", "{test: [NONE]}"])
    func disabledHealth(text: String) throws {
        #expect(try Self.service("healthcheck: \(text)").healthcheck == nil)
    }

    @Test("warns where a variable without value leaves a blank")
    func blanks() throws {
        let compose = try Self.read("services:\n  a:\n    image: x\n    environment:\n      A: \"${GONE}\"\n")
        #expect(compose.warnings.map(\.description).first?.hasPrefix("c.yml:5: GONE is not set") == true)
    }

    @Test(
        "tells numbers from what only looks like one",
        arguments: [
            ("8000", true), ("1.5", true), ("-3", true), ("0", true), ("010", false), ("1.50", false), ("0x10", false),
            ("1e3", false), (".5", false), ("1_0", false),
        ])
    func numbers(text: String, isUnambiguous: Bool) {
        let scalar = ManifestScalar(text, isPlain: true)
        #expect(scalar.kind == .number)
        #expect(scalar.isUnambiguousNumber == isUnambiguous)
        #expect(ManifestScalar(text, isPlain: false).kind == .string)
    }
}
