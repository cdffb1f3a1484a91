import Testing

@testable import CLI

@Suite("lockstep render")
struct RenderCommandTests {
    private static let declaration = """
        version: 1
        environments:
          staging:
            registry: registry.example.org
            release: 1.2.3
            targets:
              kubernetes: {namespace: lockstep, ingress_namespace: ingress}
        services:
          gateway:
            executable: gateway
            tokens: {issues: none, verifies: [us]}
            environments:
              staging:
                image: gateway
                port: 8000
                scaling: {min: 1, max: 3, cpu: 1, memory: 512Mi}
                variables: {ENVIRONMENT: staging}
                secrets:
                  - {name: JWT_SECRET, secret_name: signing, version: 3}
        """

    private func trial(_ text: String = declaration) throws -> Trial {
        try Trial(files: ["infrastructure.yaml": text])
    }

    @Test("without a folder everything goes to stdout, in the order in which it is applied, and nothing else does")
    func stdout() async throws {
        let answer = try await trial().run("render", "kubernetes", "--env", "staging")
        #expect(answer.status == 0)
        let headers = answer.out.filter { $0.hasPrefix("# file: ") }
        // The kustomization only lists files, and `kubectl apply -f -` would refuse it.
        #expect(headers == ["# file: namespace.yaml", "# file: gateway.yaml"])
        #expect(answer.err.isEmpty)
    }

    @Test("into a folder it says what it wrote, and the second time that there is nothing to write")
    func folder() async throws {
        let trial = try trial()
        let first = await trial.run("render", "kubernetes", "--env", "staging", "--out", "made/here")
        #expect(first.status == 0)
        #expect(
            first.out == [
                "wrote made/here/namespace.yaml", "wrote made/here/gateway.yaml", "wrote made/here/kustomization.yaml",
            ])
        #expect(trial.read("made/here/gateway.yaml")?.contains("signing-v3") == true)
        let second = await trial.run("render", "kubernetes", "--env", "staging", "--out", "made/here")
        #expect(second.out == ["made/here is current: nothing to write"])
    }

    @Test("--check exits 0 for what is current and 1 with the names of what is not, and writes nothing")
    func check() async throws {
        let trial = try trial()
        let arguments = ["render", "kubernetes", "--env", "staging", "--out", "here"]
        let missing = await trial.run(arguments + ["--check"])
        #expect(missing.status == 1)
        #expect(missing.out.contains("here/gateway.yaml is missing"))
        #expect(trial.read("here/gateway.yaml") == nil)
        _ = await trial.run(arguments)
        #expect(await trial.run(arguments + ["--check"]).status == 0)
        try trial.write(Self.declaration.replacing("version: 3", with: "version: 4"), to: "infrastructure.yaml")
        let stale = await trial.run(arguments + ["--check"])
        #expect(stale.status == 1)
        #expect(stale.out == ["here/gateway.yaml is stale"])
        #expect(stale.err.contains { $0.contains("lockstep render kubernetes --env staging --out here") })
    }

    @Test("what was rendered once and is no more is said, and never removed")
    func leftOver() async throws {
        let trial = try trial()
        let arguments = ["render", "kubernetes", "--env", "staging", "--out", "here"]
        _ = await trial.run(arguments)
        try trial.write(Self.declaration.replacing("gateway", with: "entrance"), to: "infrastructure.yaml")
        let answer = await trial.run(arguments)
        #expect(answer.status == 0)
        #expect(answer.err.contains { $0.contains("here/gateway.yaml was rendered once") })
        #expect(trial.read("here/gateway.yaml") != nil)
        let checked = await trial.run(arguments + ["--check"])
        #expect(checked.status == 1)
        #expect(checked.out == ["here/gateway.yaml is rendered no more; remove it"])
    }

    @Test("a wrong declaration exits 78 with file and line, and leaves the folder alone")
    func refused() async throws {
        let trial = try trial(Self.declaration.replacing("version: 3", with: "version: latest"))
        let answer = await trial.run("render", "kubernetes", "--env", "staging", "--out", "here")
        #expect(answer.status == 78)
        #expect(answer.err.contains { $0.contains("infrastructure.yaml:19: JWT_SECRET of gateway in staging") })
        #expect(answer.out.isEmpty)
        #expect(trial.read("here/namespace.yaml") == nil)
    }

    private static let endings: [([String], Int32)] = [
        (["kubernetes", "--env", "staging", "--file", "none.yaml"], 66), (["kubernetes", "--env", "live"], 78),
        (["nomad", "--env", "staging"], 64), (["kubernetes"], 64), (["kubernetes", "--env", "staging", "--check"], 64),
        (["ecs", "--env", "staging"], 78),
    ]

    @Test("other ends: no such file, no such environment, no such target, no folder to check", arguments: endings)
    func ends(arguments: [String], status: Int32) async throws {
        #expect(try await trial().run(["render"] + arguments).status == status)
    }

    @Test("another declaration is named in what is rendered from it, without its folder")
    func otherFile() async throws {
        let trial = try Trial(files: ["sub/other.yaml": Self.declaration])
        let answer = await trial.run("render", "kubernetes", "--env", "staging", "--file", "sub/other.yaml")
        #expect(answer.status == 0)
        #expect(
            answer.out.contains {
                $0.hasPrefix("# Rendered by: lockstep render kubernetes --env staging --file other.yaml")
            })
    }
}
