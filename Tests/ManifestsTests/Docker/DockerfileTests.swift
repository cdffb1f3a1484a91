import Evidence
import Testing

@testable import Manifests

@Suite("A Dockerfile")
struct DockerfileTests {
    static func loose(_ text: String, file: String = "Dockerfile") -> ManifestReading {
        ManifestReaders.read(SourceTree([file: text]), readers: [DockerManifests()])
    }

    static let environments: [(text: String, value: BoundValue?)] = [
        ("ENV A=x", .literal("x")), ("env A=x", .literal("x")), ("ENV A x y", .literal("x y")),
        ("ENV A=\"x y\" B=z", .literal("x y")), ("ENV B=z A='x y'", .literal("x y")), ("ENV A=x\\ y", .literal("x y")),
        ("ENV A=x \\\n  B=z", .literal("x")), ("ENV B=z \\\n  # comment\n\n  A=x", .literal("x")),
        ("ENV A=a\"b c\"d", .literal("ab cd")), ("ENV A=\"a\\\"b\"", .literal("a\"b")),
        ("ENV A='a\\b'", .literal("a\\b")),
        ("ENV A=", .empty), ("ENV A=\"\"", .empty), ("ENV A", nil), ("ENV A=x\r\n", .literal("x")),
        ("ENV B=b\nENV A=$B-c", .literal("b-c")), ("ENV B=b\nENV A=${B}", .literal("b")),
        ("ENV B=b A='$B'", .literal("$B")),
        ("ENV B=b\nENV A=\\$B", .literal("$B")), ("ENV A=5$", .literal("5$")), ("ENV A=${B:-d}", .opaque("$B")),
        ("ENV B=\nENV A=${B:-d}", .literal("d")), ("ENV B=b\nENV A=${B:+r}", .literal("r")),
        ("ENV A=${B#pat}", .opaque("an expansion of Docker's own")),
        ("ARG B=b\nENV A=$B", .literal("b")), ("ARG B\nENV A=$B", .variable("B")),
        ("ARG B=b\nENV B=e\nENV A=$B", .literal("e")),
        ("ENV A=x\nENV A=y", .literal("y")), ("ENV A=https://x/?a=b", .literal("https://x/?a=b")),
        ("# escape=`\nENV A=x `\n  B=y", .literal("x")),
        ("RUN <<EOF\nENV A=no\nEOF", nil), ("COPY <<-\"E\" /f\n\tENV A=no\n\tE\nENV A=yes", .literal("yes")),
        ("RUN cat <<NONE\nENV A=x", .literal("x")), ("RUN export A=x", nil), ("LABEL A=x", nil),
        ("COPY A=x /", nil), ("RUN --mount=type=secret,id=A cat /run/secrets/A", nil), ("# ENV A=x", nil),
    ]

    @Test("gives the variables of its image", arguments: environments)
    func environment(text: String, value: BoundValue?) {
        let reading = Self.loose("# c\nFROM x\n\(text)\n".replacing("# c\nFROM x\n# escape", with: "# escape"))
        #expect(reading.loose.last { $0.name == "A" && $0.place == .imageLayer }?.value == value)
    }

    static let arguments: [(text: String, value: BoundValue?)] = [
        ("FROM x\nARG A=x", .literal("x")), ("FROM x\nARG A", .variable("A")), ("ARG A=x\nFROM y", .literal("x")),
        ("FROM x\nARG B=1 A=2", .literal("2")), ("FROM x\nARG B A", .variable("A")),
        ("ARG A=x\nFROM y\nARG A", .literal("x")),
        ("FROM x\nARG A=\"x y\"", .literal("x y")), ("ARG B=b\nARG A=$B\nFROM y:$A", .literal("b")),
    ]

    @Test("gives the arguments of its build", arguments: arguments)
    func argument(text: String, value: BoundValue?) {
        #expect(Self.loose(text).loose.last { $0.name == "A" && $0.place == .buildArgument }?.value == value)
    }

    @Test("tells line and column of each name")
    func positions() {
        let reading = Self.loose("FROM x\n\nENV A=1 B=2 \\\n    # c\n    ÄC=3 D=4\nARG E\n")
        #expect(
            reading.loose.map(\.position) == [
                SourcePosition(file: "Dockerfile", line: 3, column: 5),
                SourcePosition(file: "Dockerfile", line: 3, column: 9),
                SourcePosition(file: "Dockerfile", line: 5, column: 5),
                SourcePosition(file: "Dockerfile", line: 5, column: 10),
                SourcePosition(file: "Dockerfile", line: 6, column: 5),
            ])
    }

    static let stages: [(target: String?, values: [String: String])] = [
        (nil, ["A": "base", "B": "run", "C": "run"]), ("base", ["A": "base", "B": "base"]),
        ("0", ["A": "base", "B": "base"]),
        ("RUN", ["A": "base", "B": "run", "C": "run"]), ("other", ["D": "base"]),
    ]

    @Test("inherits what a named stage has, and no more", arguments: stages)
    func inheritance(target: String?, values: [String: String]) {
        let text = """
            ARG G=base
            FROM --platform=$X image:$G AS Base
            ENV A=base B=base
            FROM image AS other
            ARG G
            ENV D=$G
            FROM base AS run
            ENV B=run
            ENV C=$B
            """
        let evaluation = DockerfileEvaluation(DockerfileReader.read(text, file: "f"), arguments: [:]) { .opaque($0) }
        var found: [String: String] = [:]
        for assignment in evaluation.environment(of: target) { found[assignment.name] = assignment.value.literal }
        #expect(found == values)
    }

    @Test("takes what the build is given before a default")
    func given() {
        let dockerfile = DockerfileReader.read("FROM x\nARG A=d\nARG B=d\nENV C=$A$B\n", file: "f")
        let evaluation = DockerfileEvaluation(dockerfile, arguments: ["A": .variable("S")]) { .opaque($0) }
        #expect(evaluation.environment(of: nil).map(\.value) == [.variable("S") + .literal("d")])
    }

    @Test(
        "is known by its name",
        arguments: [
            ("Dockerfile", true), ("a/Dockerfile.prod", true), ("api.Dockerfile", true), ("x.dockerfile", true),
            ("Containerfile", true), ("Dockerfile.dockerignore", false), ("Dockerfile.md", false),
            ("dockerfiles.txt", false),
            ("Procfile", true), ("Procfile.dev", true), ("Profile", false),
        ])
    func names(path: String, isClaimed: Bool) {
        #expect(DockerManifests().claims(path) { nil } == isClaimed)
    }

    @Test(
        "that is odd is read as far as it goes",
        arguments: [
            "", "ENV", "ENV =", "ENV =x", "ENV \\", "FROM", "FROM x AS", "ARG", "ENV A=\"x", "ENV A='", "ENV A=${",
            "ENV A=x\\",
            "RUN <<", "RUN <<EOF", "\\\n\\\n\\", "FROM a AS a\nFROM a AS a", "ONBUILD ENV A=x", "FROM 0\nENV A=x",
            "# escape=",
        ])
    func odd(text: String) {
        #expect(!Self.loose(text).unread.contains { !$0.reason.contains(";") })
    }
}

@Suite("A Procfile")
struct ProcfileTests {
    @Test("gives what its lines set")
    func lines() throws {
        let text =
            "# c\nweb: JWT_SECRET=abc PORT=$PORT gunicorn app\nworker: env JWT_SECRET=${S:-d} rq\nclock: python x\n"
        let reading = ManifestReaders.read(SourceTree(["api/Procfile": text]), readers: [DockerManifests()])
        let stack = try #require(reading.stacks.first)
        #expect(stack.target == .platform)
        #expect(stack.workloads.map(\.name) == ["web", "worker", "clock"])
        #expect(stack.workloads[0]["JWT_SECRET"]?.value == .literal("abc"))
        #expect(stack.workloads[0]["PORT"]?.value == .variable("PORT"))
        #expect(stack.workloads[1]["JWT_SECRET"]?.value == .variable("S", default: .literal("d")))
        #expect(stack.workloads[1]["JWT_SECRET"]?.position == SourcePosition(file: "api/Procfile", line: 3))
        #expect(stack.workloads.allSatisfy { $0.gaps.count == 1 && $0.sourceDirectory == "api" })
    }

    @Test("that sets nothing is no stack")
    func nothing() {
        let tree = SourceTree(["Procfile": "web: gunicorn app --key A=b\n"])
        #expect(ManifestReaders.read(tree, readers: [DockerManifests()]).stacks.isEmpty)
    }
}
