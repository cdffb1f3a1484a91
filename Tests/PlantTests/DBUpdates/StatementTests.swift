import Foundation
import HTTPTypes
import PlantKit
import PlantTesting
import Storage
import TestSupport
import Testing

@testable import Plant

@Suite("A statement of an administrator at the plant", .timeLimit(.minutes(10)))
struct StatementTests {
    typealias Kind = DBUpdatesStage.Kind

    @Test("reads, and changes what the plant sees at once", arguments: Kind.allCases)
    func runs(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            let read = try await stage.run(
                "SELECT name, level, name AS level FROM skills WHERE name <> 'Irrigation' ORDER BY name;\n")
            #expect(read.status == .ok, "\(read.text)")
            #expect(read.headers[.cacheControl] == "no-store")
            #expect(
                read.text.hasPrefix(
                    #"{"columns":["name","level","level"],"rows":[["Grafting",null,"Grafting"],["Pruning",null,"Pruning"]],"#
                        + #""row_count":2,"rows_changed":0,"truncated":false,"duration_ms":"#))
            let changed = try await stage.run("UPDATE skills SET level = 4 WHERE name LIKE 'G%' RETURNING name, level")
            #expect(
                changed.text.contains(#""rows":[["Grafting",4]],"row_count":1,"rows_changed":1,"#), "\(changed.text)")
            let levels = try await stage.plant.plant.database.read { transaction in
                try await transaction.query("SELECT name FROM skills WHERE level = 4", [])
            }
            #expect(try levels.map { try $0.text("name") } == ["Grafting"])
            let deleted = try await stage.run("DELETE FROM skills WHERE name = 'Irrigation'")
            #expect(deleted.integer("rows_changed") == 1)
            #expect(try await stage.skills() == ["Grafting", "Pruning"])
        }
    }

    @Test("what the database does not understand is told in its words, with the place", arguments: Kind.allCases)
    func invalid(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            for (sql, place) in [
                ("SELEC 1", 1), ("SELECT name FORM skills", 18), ("SELECT 'ä→' AS x FRM", nil),
                ("SELECT nothing FROM skills", nil),
            ] as [(String, Int?)] {
                let answer = try await stage.run(sql)
                #expect(answer.status == .unprocessableContent, "\(sql)")
                #expect(answer.code == "statement_invalid", "\(sql)")
                #expect(answer.fields == ["sql"])
                if let place { #expect(answer.text.contains("(at character \(place))"), "\(answer.text)") }
            }
            let constraint = try await stage.run("UPDATE skills SET level = 99")
            #expect(constraint.code == "statement_invalid")
            #expect(constraint["detail"]?.contains("level") == true, "\(constraint.text)")
            // The database's words may repeat what stands in it: the answer has them, the log does not.
            #expect(!stage.plant.log.text.contains("name FORM"))
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test("two entries: before it what is about to run, after it what came of it", arguments: Kind.allCases)
    func entries(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            let sql = "UPDATE skills SET level = 2 WHERE name = 'Pruning'"
            let answer = try await stage.send(
                .post, DBUpdatesStage.execute, token: stage.token(subject: "u-42"),
                json: #"{"sql":"\#(sql)","confirm":true,"max_rows":5}"#, headers: [("X-Request-Id", "req-4711")])
            #expect(answer.status == .ok, "\(answer.text)")
            let entries = try await stage.audited()
            try #require(entries.count == 2)
            for entry in entries {
                #expect(entry.actor == "u-42")
                #expect(entry.issuer == "lockstep-platform")
                #expect(entry.roles == ["admin"])
                #expect(entry.action == "db.execute")
                #expect(entry.requestID == "req-4711")
                #expect(entry.resource == .init(kind: "statement", id: AuditedStatement(sql).hash))
                #expect(entry.at == stage.plant.clock.now)
            }
            #expect(entries[0].outcome == .begun)
            #expect(
                entries[0].details
                    == #"{"statement":"\#(sql)","bytes":\#(sql.utf8.count),"cut":false,"max_rows":5,"timeout_ms":5000}"#
            )
            #expect(entries[1].outcome == .done)
            #expect(
                entries[1].details?.hasPrefix(#"{"begun":4,"rows":0,"rows_changed":1,"truncated":false,"duration_ms":"#)
                    == true)
            let read = try await stage.plant.send(
                .get, "/api/v1/audit?outcome=begun&resource_kind=statement", token: stage.plant.token("admin"))
            #expect(read.items("outcome") == ["begun"])
        }
    }

    @Test("what can't be told before it does not run", arguments: Kind.allCases)
    func untold(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            try await stage.own("DELETE FROM audit_log_head")
            let answer = try await stage.run("DELETE FROM skills")
            #expect(answer.status == .internalServerError)
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
            let info = try await stage.send(.get, DBUpdatesStage.info, token: stage.token())
            #expect(info.status == .internalServerError)
            #expect(!info.text.contains("sqlite"))
        }
    }

    @Test("a statement that ended and can't be told of is told in the log")
    func untoldEnd() async throws {
        try await PlantFixture.use { plant in
            let audit = DBUpdatesAudit(
                database: plant.plant.database, now: { plant.clock.now }, logger: plant.log.logger)
            let caller = DBUpdatesCaller(
                identity: try plant.identity("admin"), requestID: "req-4711", address: "192.0.2.1")
            try await plant.plant.database.write { try await $0.execute("DELETE FROM audit_log_head", []) }
            await audit.end(7, AuditedStatement("SELECT 1"), .failure(.noLogin), by: caller)
            let line = try #require(
                plant.log.lines.first { $0.message == "How a statement ended could not be told in the audit log" })
            #expect(line.metadata["begun"] == "7")
            #expect(line.metadata["request_id"] == "req-4711")
            #expect(line.metadata["outcome"] == "refused:db_updates_not_ready")
        }
    }

    @Test("a task that is cancelled still tells how its statement ended")
    func cancelled() async throws {
        try await PlantFixture.use { plant in
            let audit = DBUpdatesAudit(
                database: plant.plant.database, now: { plant.clock.now }, logger: plant.log.logger)
            let caller = DBUpdatesCaller(
                identity: try plant.identity("admin"), requestID: "req-4711", address: "192.0.2.1")
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                await audit.end(1, AuditedStatement("SELECT 1"), .failure(.database(.cancelled)), by: caller)
            }
            task.cancel()
            await task.value
            let entries = try await plant.plant.database.read { transaction in
                try await AuditTrail.log.page(AuditQuery(action: .area("db")), limit: 5, transaction).entries
            }
            #expect(entries.map(\.record.outcome) == [.refused("unavailable")])
        }
    }

    @Test("a long statement's text is cut to an entry's room, and its hash is of all of it")
    func cut() async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let sql = "SELECT '\(String(repeating: "\"\n€", count: 3000))' AS x"
            let statement = AuditedStatement(sql)
            #expect(try await stage.run(sql).status == .ok)
            let entry = try #require(try await stage.audited().first)
            let details = try #require(entry.details)
            #expect(details.utf8.count <= 8192)
            #expect(details.hasPrefix(#"{"statement":"SELECT '\"\n€"#))
            #expect(details.contains(#""bytes":\#(sql.utf8.count),"cut":true"#))
            #expect(entry.resource?.id == statement.hash)
            #expect(
                AuditedStatement("SELECT 1").hash
                    == "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5")
        }
    }

    @Test(
        "what JSON has no value for is an object of one member",
        arguments: [
            (SQLValue.null, OrderedJSON.null), (.integer(0), 0),
            (.integer(9_007_199_254_740_991), 9_007_199_254_740_991),
            (.integer(9_007_199_254_740_992), ["integer": "9007199254740992"]),
            (.integer(.min), ["integer": "-9223372036854775808"]), (.real(1.5), 1.5), (.real(.nan), ["real": "NaN"]),
            (.real(.infinity), ["real": "Infinity"]), (.real(-.infinity), ["real": "-Infinity"]), (.text("{}"), "{}"),
            (.blob([]), ["blob": ""]), (.blob([0, 255]), ["blob": "AP8="]),
        ] as [(SQLValue, OrderedJSON)])
    func values(_ value: SQLValue, _ json: OrderedJSON) {
        #expect(StatementAnswer.value(value) == json)
    }

    @Test("over HTTP too, from the database itself", arguments: Kind.allCases)
    func valuesFromDatabase(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind) { stage in
            let answer = try await stage.run(
                kind == .sqlite
                    ? "SELECT 9223372036854775807, 0.5, x'00ff', NULL, 1e999, 'a''\"\u{1}'"
                    : "SELECT 9223372036854775807, 0.5::float8, '\\x00ff'::bytea, NULL, 'Infinity'::float8, 'a''\"' || chr(1)"
            )
            #expect(
                answer.text.contains(
                    #""rows":[[{"integer":"9223372036854775807"},0.5,{"blob":"AP8="},null,{"real":"Infinity"},"a'\"\u0001"]]"#
                ),
                "\(answer.text)")
        }
    }
}
