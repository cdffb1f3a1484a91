import Evidence
import Testing

@testable import Manifests

@Suite("The command of a compose service")
struct ComposeCommandTests {
    static let commands: [(text: String, value: BoundValue?)] = [
        ("command: sh -c \"JWT_SECRET=abc exec app\"", .literal("abc")),
        ("command: [\"sh\", \"-c\", \"JWT_SECRET=abc app\"]", .literal("abc")),
        ("command: [\"/bin/bash\", \"-lc\", \"export JWT_SECRET='a b' && app\"]", .literal("a b")),
        ("command: env JWT_SECRET=abc app", .literal("abc")),
        ("command: [env, JWT_SECRET=abc, app]", .literal("abc")),
        ("entrypoint: [sh, -c]\ncommand: [\"JWT_SECRET=abc app\"]", .literal("abc")),
        ("entrypoint: [tini, --, env, JWT_SECRET=abc]\ncommand: [app]", .literal("abc")),
        ("command: sh -c \"JWT_SECRET=${OTHER} app\"", .variable("OTHER")),
        ("command: sh -c \"export JWT_SECRET=$${OTHER}; app\"\nenvironment: {OTHER: x}", .literal("x")),
        ("command: sh -c \"JWT_SECRET=$$OTHER app\"\nenvironment: {OTHER: \"${S}\"}", .variable("S")),
        ("command: sh -c \"JWT_SECRET=$${NONE:-dflt} app\"", .literal("dflt")),
        ("command: sh -c \"JWT_SECRET=$$NONE app\"", .opaque("$NONE")),
        ("command: sh -c \"export JWT_SECRET=$$(openssl rand -hex 32); app\"", .opaque("$(…)")),
        ("command: sh -c \"JWT_SECRET=abc; app\"", nil),
        ("command: sh -c \"JWT_SECRET=abc; export JWT_SECRET; app\"", .literal("abc")),
        ("command: sh -c \"JWT_SECRET=abc; app\"\nenvironment: {JWT_SECRET: x}", .literal("abc")),
        ("command: sh -c \"cat > f <<E\nJWT_SECRET=abc x\nE\"", nil),
        ("command: JWT_SECRET=abc app", nil),
        ("command: app --jwt JWT_SECRET=abc", nil),
        ("command: \"sh -c 'JWT_SECRET=abc\"", nil),
        ("command: sh -c \"sh -c 'JWT_SECRET=abc app'\"", .literal("abc")),
    ]

    @Test("sets what it sets for the process", arguments: commands)
    func command(text: String, value: BoundValue?) {
        #expect(ComposeTree(service: text).value("JWT_SECRET") == value)
    }

    @Test("wins over the environment, and reads mounted secrets")
    func mounted() throws {
        let tree = ComposeTree(
            service: """
                secrets: [jwt]
                environment: {JWT_SECRET: old}
                command:
                  - sh
                  - -c
                  - |
                    set -e
                    export JWT_SECRET="$$(cat /run/secrets/jwt)"
                    exec app
                """,
            top: "secrets: {jwt: {environment: SHARED}}")
        let workload = try #require(tree.workload())
        #expect(workload["JWT_SECRET"]?.value == .variable("SHARED"))
        #expect(workload["JWT_SECRET"]?.position.line == 11)
        #expect(workload.overridden.map(\.value) == [.literal("old")])
        #expect(workload.command.prefix(2) == ["sh", "-c"])
    }

    @Test("keeps references as they are spelled")
    func spelled() {
        let tree = ComposeTree(service: "command: app --secret ${JWT_SECRET:-x} '${A} b'")
        #expect(tree.workload()?.command == ["app", "--secret", "${JWT_SECRET:-x}", "${A} b"])
    }
}
