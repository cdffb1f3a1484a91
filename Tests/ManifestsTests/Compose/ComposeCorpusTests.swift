import Evidence
import Foundation
import TestSupport
import Testing

@testable import Manifests

/// Held to docker-compose itself, where it is installed (scripts/install-packages, `containers`).
@Suite("docker-compose config")
struct ComposeCorpusTests {
    static let size = 64
    static let program = "/usr/bin/docker-compose"
    static let interpreter = "/usr/bin/python3"

    /// Loads docker-compose once, and runs its command in a process of its own for each project.
    static let driver = """
        import json, os, sys
        from compose.cli.main import main
        for folder, files in json.load(open(sys.argv[1])):
            child = os.fork()
            if child == 0:
                os.chdir(folder)
                os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT, 0o600), 1)
                os.dup2(os.open("err", os.O_WRONLY | os.O_CREAT, 0o600), 2)
                sys.argv = ["docker-compose"] + [word for file in files for word in ("-f", file)] + ["config"]
                try:
                    main()
                finally:
                    sys.stdout.flush()
            os.waitpid(child, 0)
        """

    @Test("gives every service of 64 projects the environment that we read")
    func corpus() throws {
        for path in [Self.program, Self.interpreter] where !FileManager.default.isExecutableFile(atPath: path) {
            print("skipped: \(path) is not installed")
            return
        }
        let folder = NSTemporaryDirectory() + "/lockstep-corpus-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let projects = (0..<Self.size).map(ComposeCorpus.project)
        for (number, project) in projects.enumerated() {
            for (path, text) in project.files {
                let file = URL(fileURLWithPath: "\(folder)/\(number)/\(path)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }
        try Self.run(projects, in: folder)
        var compared = 0
        for (number, project) in projects.enumerated() {
            let output = try String(contentsOfFile: "\(folder)/\(number)/out", encoding: .utf8)
            let complaint = try String(contentsOfFile: "\(folder)/\(number)/err", encoding: .utf8)
            let reference = try YAMLDocument.parse(output, file: "project \(number): \(complaint)")
            compared += try Self.compare(project, with: reference, number: number)
        }
        // A corpus of services without variables would prove nothing.
        #expect(compared > 1000)
    }

    private static func run(_ projects: [ComposeCorpus.Project], in folder: String) throws {
        let calls = projects.enumerated().map { ["\(folder)/\($0)", $1.stack] as [Any] }
        let list = "\(folder)/calls.json"
        try JSONSerialization.data(withJSONObject: calls).write(to: URL(fileURLWithPath: list))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = ["-c", driver, list]
        process.environment = ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
        process.standardInput = FileHandle.nullDevice
        try process.start()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// - Returns: how many variables were compared.
    private static func compare(
        _ project: ComposeCorpus.Project, with reference: ManifestNode, number: Int
    ) throws -> Int {
        let reading = ManifestReaders.read(SourceTree(project.files), readers: [ComposeManifests()])
        let name = project.stack.joined(separator: " + ")
        let stack = try #require(
            reading.stacks.first { $0.name == name }, "project \(number): \(reading.stacks.map(\.name))")
        #expect(reading.unread.isEmpty, "project \(number)")
        let services = try #require(reference["services"]?.map)
        #expect(Set(stack.workloads.map(\.name)) == Set(services.map(\.key)), "project \(number)")
        var compared = 0
        for workload in stack.workloads {
            let members = services.first { $0.key == workload.name }?.value["environment"]?.map ?? []
            #expect(
                Set(workload.assignments.map(\.name)) == Set(members.map(\.key)), "project \(number) \(workload.name)")
            for member in members {
                compared += 1
                let ours = try #require(workload[member.key]?.value)
                let scalar = try #require(member.value.scalar)
                if scalar.kind == .null {
                    #expect(ours == .variable(member.key), "project \(number) \(workload.name) \(member.key)")
                } else {
                    // What it prints is escaped for being read again.
                    let theirs = ComposeScalar.printed(scalar).replacing("$$", with: "$")
                    #expect(
                        ours.resolved { _ in .unset }.literal == theirs,
                        "project \(number) \(workload.name) \(member.key)")
                }
            }
        }
        return compared
    }
}
