import Foundation
import TestSupport
import Testing

/// `lockstep db` as it is called: real executables, which find each other beside the test bundle.
@Suite("lockstep db", .timeLimit(.minutes(10)))
struct DatabaseCommandTests {
    private struct Trial {
        let folder: String

        init() throws { folder = try TemporaryFolder.make() }

        func url(_ name: String) -> String { "sqlite://\(folder)/\(name).sqlite" }

        func lockstep(_ arguments: String..., variables: [String: String] = [:]) throws -> BuiltLockstep.Answer {
            let own = ProcessInfo.processInfo.environment
            var environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
            environment["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH"]
            return try BuiltLockstep.run(
                arguments, environment: environment.merging(variables) { $1 }, folder: folder)
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static func with(_ body: (Trial) async throws -> Void) async throws {
        let trial = try Trial()
        defer { trial.remove() }
        try await body(trial)
    }

    @Test(
        "migrate makes the tables, says what it did, and does nothing the second time", arguments: ["portal", "plant"])
    func migrate(_ service: String) async throws {
        try await Self.with { trial in
            let first = try trial.lockstep("db", "migrate", "--service", service, "--database", trial.url("a"))
            #expect(first.status == 0, "\(first.err)")
            #expect(first.out.contains("applied \(service)/0001-"))
            let second = try trial.lockstep("db", "migrate", "--service", service, "--database", trial.url("a"))
            #expect(second.status == 0)
            #expect(second.out.hasPrefix("nothing to do: all "))
            let status = try trial.lockstep("db", "status", "--service", service, "--database", trial.url("a"))
            #expect(status.status == 0, "\(status.err)")
            #expect(status.out.contains("sqlite 3.") && status.out.contains(" applied\n"))
        }
    }

    @Test(
        "several at once take turns: all succeed, each migration is applied once", arguments: ["sqlite", "postgresql"])
    func together(_ kind: String) async throws {
        if kind == "postgresql", !TestedPostgreSQL.isNamed { return }
        try await Self.with { trial in
            let named: (String) async throws -> Void = { url in
                try await withThrowingTaskGroup(of: BuiltLockstep.Answer.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            try await Self.offPool {
                                try trial.lockstep("db", "migrate", "--service", "plant", "--database", url)
                            }
                        }
                    }
                    for try await answer in group { #expect(answer.status == 0, "\(answer.err)") }
                }
                let status = try trial.lockstep(
                    "db", "status", "--service", "plant", "--database", url, "--format", "json")
                #expect(status.status == 0, "\(status.err)")
            }
            if kind == "sqlite" {
                try await named(trial.url("a"))
            } else {
                try await TestedPostgreSQL.withDatabase(named)
            }
        }
    }

    private static func offPool<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
        }
    }

    @Test("status of a database that lacks migrations is exit 1, and names them; it makes and changes nothing")
    func missing() async throws {
        try await Self.with { trial in
            let none = try trial.lockstep("db", "status", "--service", "plant", "--database", trial.url("none"))
            #expect(none.status == 69, "\(none.err)")
            #expect(none.err.contains("there is no database file"))
            #expect(!FileManager.default.fileExists(atPath: "\(trial.folder)/none.sqlite"))
            _ = try trial.lockstep("db", "migrate", "--service", "portal", "--database", trial.url("a"))
            let other = try trial.lockstep(
                "db", "status", "--service", "plant", "--database", trial.url("a"), "--format", "json")
            #expect(other.status == 1)
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(other.out.utf8)) as? [String: Any])
            #expect(json["up_to_date"] as? Bool == false)
            let migrations = try #require(json["migrations"] as? [[String: String]])
            #expect(migrations.contains { $0["namespace"] == "plant" && $0["state"] == "missing" })
            #expect(migrations.contains { $0["namespace"] == "portal" && $0["state"] == "unknown" })
            let alone = try trial.lockstep("db", "status", "--database", trial.url("a"), "--format", "json")
            #expect(alone.status == 0)
            #expect(alone.out.contains(#""up_to_date" : null"#))
        }
    }

    @Test(
        "SQLite to PostgreSQL and back: what comes back is what went, counted and summed",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"))
    func thereAndBack() async throws {
        try await Self.with { trial in
            try await TestedPostgreSQL.withDatabase { server in
                _ = try trial.lockstep("db", "migrate", "--service", "plant", "--database", trial.url("a"))
                try await Self.fillPlant(trial, server)
                let (url, password) = try Self.split(server)
                try Data("\(password)\n".utf8).write(to: URL(filePath: "\(trial.folder)/password"))
                let there = try trial.lockstep(
                    "db", "copy", "--service", "plant", "--from", server, "--to", trial.url("a"))
                #expect(there.status == 0, "\(there.err)")
                let again = try trial.lockstep(
                    "db", "copy", "--service", "plant", "--from", trial.url("a"), "--to", server)
                #expect(again.status == 1, "a full target was taken: \(again.out)")
                #expect(again.err.contains("skills"))
                try await TestedPostgreSQL.withDatabase { empty in
                    let (bare, _) = try Self.split(empty)
                    let back = try trial.lockstep(
                        "db", "copy", "--service", "plant", "--from", trial.url("a"), "--to", bare,
                        "--to-password-file", "password")
                    #expect(back.status == 0, "\(back.err)")
                    let sums = { (text: String) in text.split(separator: "\n").dropLast().map(String.init) }
                    #expect(sums(back.out) == sums(there.out))
                    #expect(sums(back.out).contains { $0.hasPrefix("skills ") && $0.hasSuffix("  40") })
                    for answer in [there, again, back] {
                        #expect(!(answer.out + answer.err).contains(password), "a password is shown")
                    }
                }
                let byVariable = try trial.lockstep(
                    "db", "status", "--database", url, variables: ["DATABASE_PASSWORD": password])
                #expect(byVariable.status == 0, "\(byVariable.err)")
                #expect(byVariable.out.contains("postgresql 1"))
                let wrong = try trial.lockstep(
                    "db", "status", "--database", url, variables: ["DATABASE_PASSWORD": "wrong-\(password)"])
                #expect(wrong.status == 69)
                #expect(!wrong.err.contains(password))
            }
        }
    }

    /// By the server's own client: this is not about our own writing.
    private static func fillPlant(_ trial: Trial, _ server: String) async throws {
        let made = try trial.lockstep("db", "migrate", "--service", "plant", "--database", server)
        #expect(made.status == 0, "\(made.err)")
        _ = try await TestedPostgreSQL.run(
            """
            INSERT INTO skills (id, name, name_key, description, category, level, search_text, version, created_at, \
            updated_at) SELECT 's' || n, 'Ä ' || n, 'ä ' || n, NULL, 'c', 1 + n % 5, 'x', 1, n, n \
            FROM generate_series(1, 40) AS n
            """, at: server)
    }

    private static func split(_ url: String) throws -> (url: String, password: String) {
        let at = try #require(url.lastIndex(of: "@"))
        let scheme = try #require(url.firstRange(of: "://"))
        let colon = try #require(url[scheme.upperBound...].firstIndex(of: ":"))
        return (String(url[..<colon] + url[at...]), String(url[url.index(after: colon)..<at]))
    }

    @Test(
        "backup and restore, to a file and to a server; a damaged backup is refused",
        arguments: ["sqlite", "postgresql"])
    func backup(_ kind: String) async throws {
        if kind == "postgresql", !TestedPostgreSQL.isNamed { return }
        try await Self.with { trial in
            let body: (String) async throws -> Void = { url in
                _ = try trial.lockstep("db", "migrate", "--service", "portal", "--database", url)
                let backup = "\(trial.folder)/b.sqlite"
                let made = try trial.lockstep("db", "backup", "--service", "portal", "--from", url, "--to", "b.sqlite")
                #expect(made.status == 0, "\(made.err)")
                #expect(made.out.contains("counts and checksums agree"))
                #expect(try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int == 0o600)
                let again = try trial.lockstep("db", "backup", "--service", "portal", "--from", url, "--to", "b.sqlite")
                #expect(again.status == 69, "\(again.err)")
                let restored = try trial.lockstep(
                    "db", "restore", "--service", "portal", "--from", "b.sqlite", "--to", trial.url("restored"))
                #expect(restored.status == 0, "\(restored.err)")
                let status = try trial.lockstep(
                    "db", "status", "--service", "portal", "--database", trial.url("restored"))
                #expect(status.status == 0, "\(status.err)")
                let cut = try Data(contentsOf: URL(filePath: backup)).dropLast(4096 * 3)
                try cut.write(to: URL(filePath: "\(trial.folder)/cut.sqlite"))
                let refused = try trial.lockstep(
                    "db", "restore", "--service", "portal", "--from", "cut.sqlite", "--to", trial.url("never"))
                #expect(refused.status != 0)
                #expect(refused.err.contains("damaged"), "\(refused.err)")
                let left = try FileManager.default.contentsOfDirectory(atPath: trial.folder)
                #expect(!left.contains { $0.contains("never") || $0.contains("partial") }, "\(left)")
            }
            if kind == "sqlite" {
                try await body(trial.url("a"))
            } else {
                try await TestedPostgreSQL.withDatabase(body)
            }
        }
    }

    static let refusals: [([String], Int32, String)] = [
        (["status", "--database", "mysql://u:hunter22@h/d"], 78, "mysql: is not supported"),
        (["status", "--database", "postgres://u:hunter22@h/d?sslmode=maybe"], 78, "sslmode"),
        (["status", "--database", "sqlite::memory:"], 78, "name a file or a server"),
        (["status", "--database", "sqlite:///tmp/x", "--password-file", "p"], 64, "--database"),
        (["status", "--database", "postgres://u@127.0.0.1/d", "--password-file", "none"], 66, "can't be read"),
        (["migrate", "--service", "gateway", "--database", "sqlite:///tmp/x"], 64, "gateway"),
        (
            ["copy", "--service", "plant", "--from", "sqlite:///tmp/x", "--to", "sqlite:///tmp/x"], 64,
            "the same database"
        ),
        (
            ["copy", "--service", "plant", "--from", "sqlite:///nowhere/x", "--to", "sqlite:///tmp/y"], 69,
            "no database file"
        ),
        (["restore", "--service", "plant", "--from", "none.sqlite", "--to", "sqlite:///tmp/y"], 66, "is not there"),
        (["backup", "--from", "postgres://u:hunter22@127.0.0.1/d", "--to", "x"], 64, "--service"),
        (["backup", "--from", "sqlite:///nowhere/x", "--to", "x"], 69, "no database file"),
    ]

    @Test("what can't be done is told in words with its exit code, and shows no password", arguments: refusals)
    func faults(_ arguments: [String], _ status: Int32, _ words: String) async throws {
        try await Self.with { trial in
            let answer = try BuiltLockstep.run(["db"] + arguments, folder: trial.folder)
            #expect(answer.status == status, "\(answer.err)")
            #expect(answer.err.contains(words), "\(answer.err)")
            #expect(!(answer.out + answer.err).contains("hunter22"))
        }
    }
}
