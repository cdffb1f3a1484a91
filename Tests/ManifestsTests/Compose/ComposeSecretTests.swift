import Evidence
import Testing

@testable import Manifests

@Suite("A secret or config of a compose file")
struct ComposeSecretTests {
    static let kinds: [(top: String, value: BoundValue)] = [
        ("secrets: {jwt: {file: ./s/jwt.txt}}", .literal("from-file")),
        ("secrets: {jwt: {file: ./s/none.txt}}", .reference(.init(.file, "s/none.txt"))),
        ("secrets: {jwt: {file: /etc/jwt}}", .reference(.init(.file, "/etc/jwt"))),
        ("secrets: {jwt: {file: \"${DIR:-s}/jwt.txt\"}}", .literal("from-file")),
        ("secrets: {jwt: {file: \"${DIR}/jwt.txt\"}}", .reference(.init(.file, "${DIR}/jwt.txt"))),
        ("secrets: {jwt: {environment: JWT_SECRET}}", .variable("JWT_SECRET")),
        ("secrets: {jwt: {environment: KNOWN}}", .literal("known")),
        ("secrets: {jwt: {external: true}}", .reference(.init(.compose, "jwt"))),
        ("secrets: {jwt: {external: true, name: prod_jwt}}", .reference(.init(.compose, "prod_jwt"))),
        ("secrets: {jwt: {external: {name: prod_jwt}}}", .reference(.init(.compose, "prod_jwt"))),
        ("secrets: {jwt: {content: \"${JWT_SECRET}\"}}", .variable("JWT_SECRET")),
        ("", .reference(.init(.compose, "jwt"))),
    ]

    @Test("has its value", arguments: kinds)
    func kind(top: String, value: BoundValue) {
        let tree = ComposeTree(
            service: "secrets: [jwt]\nenvironment: {JWT_SECRET_FILE: /run/secrets/jwt}",
            files: ["s/jwt.txt": "from-file\n", ".env": "KNOWN=known"], top: top)
        #expect(tree.workload()?.mounts.map(\.value) == [value])
        #expect(tree.workload()?.mounts.first?.path == "/run/secrets/jwt")
    }

    static let targets: [(lines: String, path: String)] = [
        ("secrets: [jwt]", "/run/secrets/jwt"),
        ("secrets: [{source: jwt}]", "/run/secrets/jwt"),
        ("secrets: [{source: jwt, target: key}]", "/run/secrets/key"),
        ("secrets: [{source: jwt, target: /etc/key}]", "/etc/key"),
        ("configs: [jwt]", "/jwt"),
        ("configs: [{source: jwt, target: /etc/key}]", "/etc/key"),
    ]

    @Test("stands where compose puts it", arguments: targets)
    func target(lines: String, path: String) {
        let tree = ComposeTree(
            service: lines, top: "secrets: {jwt: {environment: S}}\nconfigs: {jwt: {content: \"${S}\"}}")
        #expect(tree.workload()?.mounts.map(\.path) == [path])
        #expect(tree.workload()?.mounts.map(\.value) == [.variable("S")])
    }

    @Test("in the tree is shown to everybody")
    func loose() {
        let tree = ComposeTree(
            service: "secrets: [jwt]", files: ["s/jwt.txt": "from-file\n"], top: "secrets: {jwt: {file: s/jwt.txt}}")
        #expect(
            tree.reading.loose == [
                LooseBinding(
                    "jwt", .literal("from-file"), in: .environmentFile, at: SourcePosition(file: "s/jwt.txt", line: 1))
            ])
    }

    @Test("may be a mounted file that a variable names")
    func bindMounts() {
        let tree = ComposeTree(
            service: """
                volumes:
                  - ./keys:/keys:ro
                  - {type: bind, source: ./one.pem, target: /one.pem}
                  - shared:/shared
                environment:
                  A_FILE: /keys/jwt
                  B_FILE: /one.pem
                  C_FILE: /shared/jwt
                  D_FILE: /keys/none
                """, files: ["keys/jwt": "k", "one.pem": "p\n"])
        let mounts = tree.workload()?.mounts ?? []
        #expect(mounts.map(\.path) == ["/keys/jwt", "/one.pem", "/shared/jwt", "/keys/none"])
        #expect(
            mounts.map(\.value) == [
                .literal("k"), .literal("p"), .reference(.init(.file, "volume shared/jwt")),
                .reference(.init(.file, "keys/none")),
            ])
    }

    @Test("in a build argument is told of, and reaches the image through its Dockerfile")
    func buildArguments() throws {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              a:
                build:
                  context: .
                  dockerfile: api/Dockerfile
                  target: run
                  args:
                    JWT_SECRET: ${JWT_SECRET}
            """,
            "api/Dockerfile": """
            FROM x AS base
            ARG JWT_SECRET
            ENV SECRET_KEY=$JWT_SECRET
            FROM base AS run
            FROM x AS last
            ENV OTHER=1
            """,
        ])
        #expect(tree.value("SECRET_KEY") == .variable("JWT_SECRET"))
        #expect(tree.value("OTHER") == nil)
        #expect(
            tree.reading.loose == [
                LooseBinding(
                    "JWT_SECRET", .variable("JWT_SECRET"), in: .buildArgument,
                    at: SourcePosition(file: "compose.yml", line: 8, column: 9))
            ])
        #expect(tree.workload()?.sourceDirectory == "api")
    }
}
