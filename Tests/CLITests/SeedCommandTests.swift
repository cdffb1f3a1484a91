import Foundation
import TestSupport
import Testing

/// `lockstep seed` as it is called: real executables, which find each other beside the test bundle.
@Suite("lockstep seed", .timeLimit(.minutes(10)))
struct SeedCommandTests {
    private static let small = ["seed", "farm", "--farms", "1", "--blocks", "8", "--seasons", "1"]

    private static func lockstep(
        _ arguments: [String], in folder: String, environment name: String? = "test"
    ) throws -> BuiltLockstep.Answer {
        var environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
        environment["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        environment["ENVIRONMENT"] = name
        return try BuiltLockstep.run(arguments, environment: environment, folder: folder)
    }

    private static func with(_ body: (String) async throws -> Void) async throws {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test(
        "makes the tables and a farm, and the second time says that it is there", arguments: ["sqlite", "postgresql"])
    func farm(_ kind: String) async throws {
        if kind == "postgresql", !TestedPostgreSQL.isNamed { return }
        try await Self.with { folder in
            let seeded: (String) throws -> Void = { url in
                let first = try Self.lockstep(Self.small + ["--database", url], in: folder)
                #expect(first.status == 0, "\(first.err)")
                #expect(first.out.hasPrefix("seeded: farms 1, blocks 8, "), "\(first.out)")
                let second = try Self.lockstep(Self.small + ["--database", url], in: folder)
                #expect(second.status == 0, "\(second.err)")
                #expect(second.out.hasPrefix("there already, and left as they are: 1 of 1\n"), "\(second.out)")
                let audit = try Self.lockstep(["audit", "export", "--database", url], in: folder)
                #expect(audit.status == 0, "\(audit.err)")
                #expect(audit.out.split(separator: "\n").filter { $0.contains("farm_manager.seed") }.count == 1)
                let chain = try Self.lockstep(["audit", "verify", "--database", url], in: folder)
                #expect(chain.status == 0, "\(chain.err)")
            }
            if kind == "sqlite" {
                try seeded("sqlite://\(folder)/plant.sqlite")
            } else {
                try await TestedPostgreSQL.withDatabase(seeded)
            }
        }
    }

    @Test(
        "where people's data is, nothing is invented without --force",
        arguments: ["production", "staging", "demo", "developmant", nil])
    func refused(_ environment: String?) async throws {
        try await Self.with { folder in
            let arguments = Self.small + ["--database", "sqlite://\(folder)/plant.sqlite"]
            let refused = try Self.lockstep(arguments, in: folder, environment: environment)
            #expect(refused.status == 78, "\(refused.out)")
            #expect(refused.err.contains("--force"), "\(refused.err)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/plant.sqlite"))
            let forced = try Self.lockstep(arguments + ["--force"], in: folder, environment: environment)
            #expect(forced.status == 0, "\(forced.err)")
        }
    }

    @Test(
        "what is wrong makes nothing, and says what it is",
        arguments: [
            (["seed", "zoo"], 64, "there is no seed zoo; there is farm"),
            (["seed", "farm", "--blocks", "0"], 64, "--blocks 0 is no whole number from 1 to 1000"),
            (["seed", "farm", "--until", "2999-01-01"], 64, "to today"),
            (["seed", "farm", "--farms", "1000", "--blocks", "1000", "--seasons", "9"], 64, "more than"),
            (["seed", "farm", "--cows", "7"], 64, "there is no option --cows"),
        ] as [([String], Int32, String)])
    func wrong(_ words: [String], _ status: Int32, _ reason: String) async throws {
        try await Self.with { folder in
            let answer = try Self.lockstep(words + ["--database", "sqlite://\(folder)/plant.sqlite"], in: folder)
            #expect(answer.status == status, "\(answer.out)")
            #expect(answer.err.contains(reason), "\(answer.err)")
            #expect(answer.out.isEmpty)
        }
    }

    @Test("without a name it says what there is")
    func list() async throws {
        try await Self.with { folder in
            let answer = try Self.lockstep(["seed"], in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            #expect(answer.out.hasPrefix("farm "), "\(answer.out)")
        }
    }

    @Test("without --database it is the plant of the compose file, on the volume that lockstep up uses")
    func localStack() async throws {
        try await Self.with { folder in
            let compose = """
                services:
                  backend:
                    image: lockstep/plant:local
                    x-lockstep: {executable: plant}
                    environment:
                      ENVIRONMENT: development
                      DATABASE_URL: sqlite:///data/plant.sqlite
                    volumes: ["plant-data:/data"]
                    ports: ["127.0.0.1:8001:8001"]
                volumes:
                  plant-data:
                """
            try Data(compose.utf8).write(to: URL(filePath: "\(folder)/docker-compose.local.yml"))
            // The shell's own ENVIRONMENT is not the stack's.
            let answer = try Self.lockstep(Self.small, in: folder, environment: "production")
            #expect(answer.status == 0, "\(answer.err)")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/.lockstep/volumes/plant-data/plant.sqlite"))
            let none = try Self.lockstep(Self.small + ["-f", "absent.yml"], in: folder)
            #expect(none.status == 66, "\(none.err)")
        }
    }
}
