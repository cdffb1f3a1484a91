import Foundation
import Logging
import Storage
import TestSupport
import Testing

@testable import CLI

@Suite("lockstep audit", .timeLimit(.minutes(5)))
struct AuditCommandTests {
    /// A log of five entries, on the databases at hand.
    private func withLog(
        _ body: (_ trial: Trial, _ url: String, _ database: any Storage.Database) async throws -> Void
    ) async throws {
        let file = try Trial()
        try await use("sqlite://\(file.folder)/plant.sqlite", file, body)
        guard TestedPostgreSQL.isNamed else { return }
        try await TestedPostgreSQL.withDatabase { url in try await use(url, try Trial(), body) }
    }

    private func use(
        _ url: String, _ trial: Trial, _ body: (Trial, String, any Storage.Database) async throws -> Void
    ) async throws {
        let database = try Databases.open(url: url, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let log = AuditLog()
        try await database.migrate([Migration(id: "0001", statements: log.statements)], namespace: "test")
        try await log.establish(id: "log-a", in: database)
        for number in 1...5 {
            try await database.write {
                try await log.append(
                    AuditRecord(at: Int64(number), actor: "u\(number)", action: "farm.createFarm"), $0)
            }
        }
        try await body(trial, url, database)
        try await database.close()
    }

    private func run(_ statement: String, _ database: any Storage.Database) async throws {
        try await database.write { try await $0.execute(statement, []) }
    }

    @Test("an intact log is exit 0; a changed one exit 1, with the entry's place")
    func verifies() async throws {
        try await withLog { trial, url, database in
            let intact = await trial.run("audit", "verify", "--database", url)
            #expect(intact.status == 0)
            #expect(intact.out.last?.contains("5 entries from 1 on: intact in itself") == true)
            try await run("UPDATE audit_log SET actor = 'nobody' WHERE position = 3", database)
            let broken = await trial.run("audit", "verify", "--database", url)
            #expect(broken.status == 1)
            #expect(broken.out.first == "audit_log: entry 3 was changed, or put into another's place")
            let json = await trial.run("audit", "verify", "--database", url, "--format", "json")
            #expect(json.status == 1)
            let verdict = try JSONSerialization.jsonObject(with: Data(json.out.joined().utf8)) as? [String: Any]
            #expect(verdict?["intact"] as? Bool == false)
            #expect((verdict?["faults"] as? [[String: Any]])?.first?["code"] as? String == "changed")
            #expect((verdict?["faults"] as? [[String: Any]])?.first?["position"] as? Int == 3)
        }
    }

    @Test("a cut tail shows by a head that was kept, alone or in the lines of a service's log")
    func keptHeads() async throws {
        try await withLog { trial, url, database in
            let head = await trial.run("audit", "head", "--database", url)
            #expect(head.status == 0)
            let kept = try #require(head.out.first)
            #expect(kept.hasPrefix("log-a:5:"))
            try trial.write(
                "{\"msg\":\"started\"}\n{\"msg\":\"Audit log head\",\"head\":\"\(kept)\"}\nlast line", to: "plant.log")
            try trial.write("nothing of use\n", to: "empty.log")
            let whole = await trial.run("audit", "verify", "--database", url, "--heads-file", "plant.log")
            #expect(whole.status == 0)
            #expect(whole.out.last?.contains("intact, and as the kept heads tell") == true)

            try await run("DELETE FROM audit_log WHERE position > 3", database)
            try await run(
                "UPDATE audit_log_head SET position = 3, hash = (SELECT hash FROM audit_log WHERE position = 3)",
                database)
            #expect(await trial.run("audit", "verify", "--database", url).status == 0)
            for arguments in [["--head", kept], ["--heads-file", "plant.log"], ["--head", kept, "--log", "log-a"]] {
                let cut = await trial.run(["audit", "verify", "--database", url] + arguments)
                #expect(cut.status == 1)
                #expect(cut.out.first?.contains("its tail was cut") == true)
            }
            let piped = await trial.run("audit", "verify", "--database", url, "--heads-file", "-", input: kept)
            #expect(piped.status == 1)
            #expect(await trial.run("audit", "verify", "--database", url, "--heads-file", "empty.log").status == 66)
            #expect(await trial.run("audit", "verify", "--database", url, "--heads-file", "absent.log").status == 66)
            #expect(await trial.run("audit", "verify", "--database", url, "--head", "log-a:5").status == 64)
        }
    }

    @Test("heads of other logs are a fault, unless the one that is meant is named")
    func otherLogs() async throws {
        try await withLog { trial, url, _ in
            let kept = try #require(await trial.run("audit", "head", "--database", url).out.first)
            let foreign = "portal-x:9:" + String(repeating: "a", count: 64)
            try trial.write("\(kept)\n\(foreign)\n", to: "heads")
            let mixed = await trial.run("audit", "verify", "--database", url, "--heads-file", "heads")
            #expect(mixed.status == 1)
            #expect(mixed.out.first?.contains("is of another log") == true)
            let named = await trial.run(
                "audit", "verify", "--database", url, "--heads-file", "heads", "--log", "log-a")
            #expect(named.status == 0)
            let other = await trial.run("audit", "verify", "--database", url, "--log", "portal-x")
            #expect(other.status == 1)
            #expect(other.out.first?.contains("the log is log-a, and portal-x was asked for") == true)
        }
    }

    @Test("entries come out as lines of JSON, oldest first")
    func exports() async throws {
        try await withLog { trial, url, _ in
            let all = await trial.run("audit", "export", "--database", url)
            #expect(all.status == 0)
            #expect(all.out.count == 5)
            let first = try JSONSerialization.jsonObject(with: Data(try #require(all.out.first).utf8)) as? [String: Any]
            #expect(first?["actor"] as? String == "u1")
            #expect(first?["at"] as? String == "1970-01-01T00:00:01Z")
            #expect(await trial.run("audit", "export", "--database", url, "--after", "3").out.count == 2)
        }
    }

    @Test("what can't be read is exit 2 or names the wrong argument, and no file is made")
    func unreadable() async throws {
        let trial = try Trial()
        let absent = await trial.run("audit", "verify", "--database", "sqlite://\(trial.folder)/absent.sqlite")
        #expect(absent.status == 2)
        #expect(trial.read("absent.sqlite") == nil)
        #expect(await trial.run("audit", "verify").status == 64)
        #expect(await trial.run("audit", "verify", "--database", "mysql://x").status == 78)
        try trial.write("", to: "empty.sqlite")
        let empty = await trial.run("audit", "verify", "--database", "sqlite://\(trial.folder)/empty.sqlite")
        #expect(empty.status == 2)
        let silent = await trial.run(
            "audit", "verify", "--database", "postgres://auditor:hidden-word@127.0.0.1:1/plant")
        #expect(silent.status == 2)
        #expect(!silent.text.contains("hidden-word"))
        let injected = await trial.run(
            "audit", "verify", "--database", "sqlite://\(trial.folder)/empty.sqlite", "--table", "a; DROP TABLE b")
        #expect(injected.status == 64)
    }
}
