import Evidence
import Testing

@testable import Manifests

@Suite("An environment file")
struct EnvironmentFileTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [EnvironmentFiles()])
    }

    @Test(
        "is known by its name",
        arguments: [
            (".env", LooseBinding.Place.environmentFile), (".env.production", .environmentFile),
            ("prod.env", .environmentFile),
            ("env/staging.env", .environmentFile), (".env.local", .environmentFile), (".envrc", .environmentFile),
            (".env.example", .exampleFile), (".env.sample", .exampleFile), ("example.env", .exampleFile),
            ("env.example", .exampleFile),
            (".env.production.example", .exampleFile), (".env.template", .exampleFile), (".env.dist", .exampleFile),
            (".env-example", .exampleFile), (".env.test.sample", .exampleFile), (".flaskenv", .environmentFile),
            ("env.d.ts", nil), (".env.vault", nil), ("env.py", nil), ("environment.yml", nil), ("src/env.js", nil),
            ("env/README.md", nil), ("a.environment", nil), (".env.json", nil), ("env", nil), ("scripts/make-env", nil),
            ("set_env", nil), (".environment", nil), (".env_sample", .exampleFile), ("env-sample", .exampleFile),
        ] as [(String, LooseBinding.Place?)])
    func names(path: String, place: LooseBinding.Place?) {
        #expect(Self.read([path: "A=1\n"]).loose.first?.place == place)
    }

    @Test("shows every name with its value, line and column")
    func bindings() {
        let reading = Self.read([
            ".env":
                "# c\nJWT_SECRET=abc\n  export B=\"x ${JWT_SECRET}\"\nC=${ELSEWHERE:-d}\nD\nE=\nF='$x'\nG=pa$$ $ x\nH=$(openssl rand)\n"
        ])
        #expect(reading.loose.map(\.name) == ["JWT_SECRET", "B", "C", "E", "F", "G", "H"])
        #expect(
            reading.loose.map(\.value) == [
                .literal("abc"), .literal("x abc"), .variable("ELSEWHERE", default: .literal("d")), .empty,
                .literal("$x"), .literal("pa$ $ x"), .opaque("$(…)"),
            ])
        #expect(reading.loose.map(\.position.line) == [2, 3, 4, 6, 7, 8, 9])
        #expect(reading.loose[1].position.column == 10)
        #expect(reading.unread.isEmpty)
    }

    @Test(
        "with a malformed line names it, without its value, and shows the others",
        arguments: [
            ("A=1\nB C=hush\nD=2", [2]), ("A=1\nB=\"hush\nD=2", [2]), ("A=1\nB='hush\nD=2\nE=x", [2]),
            ("A=1\nB=\"hush\nC=\"hush\"\nD=2", [2]), ("A=1\n-----BEGIN hush-----\nD=2", [2]),
            ("A=1\nB=\"x\" hush\nD=2", [2]),
        ])
    func malformed(text: String, lines: [Int]) {
        let reading = Self.read([".env": text])
        #expect(reading.loose.map(\.name).contains("A"))
        #expect(reading.loose.map(\.name).contains("D"))
        #expect(reading.unread.map(\.position.line) == lines)
        #expect(!reading.unread.contains { $0.reason.contains("hush") })
    }

    @Test("that is none of variables is told of in a few lines")
    func noVariables() {
        let text = (0..<1000).map { "echo line \($0)\n" }.joined()
        #expect(Self.read(["x.env": text]).unread.count == 6)
        #expect(Self.read([".envrc": text + "export A=1\n"]).unread.isEmpty)
        #expect(Self.read([".envrc": text + "export A=1\n"]).loose.count == 1)
    }
}
