import Foundation
import HTTPTypes
import PlantKit
import PlantTesting
import Storage
import TestSupport
import Testing

@testable import Plant

@Suite("Connection info of DB updates", .timeLimit(.minutes(10)))
struct ConnectionInfoTests {
    typealias Kind = DBUpdatesStage.Kind

    private struct Info: Decodable {
        struct Limits: Decodable {
            let maxRows: Int, timeoutMs: Int, statementBytes: Int
        }
        let kind: String, file: String?, host: String?, port: Int?, database: String?, user: String?, password: String?
        let tls: String?, serverVersion: String?, role: String?
        let ready: Bool, writable: Bool, faults: [String], protectedTables: [String], limits: Limits

        init(_ answer: Answer) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Info.self, from: Data(answer.text.utf8))
        }
    }

    @Test("tells where statements run, as whom, and within which limits; never a password", arguments: Kind.allCases)
    func ready(_ kind: Kind) async throws {
        try await DBUpdatesStage.use(kind, ["DB_UPDATES_MAX_ROWS": "30", "DB_UPDATES_TIMEOUT_SECONDS": "3"]) { stage in
            let answer = try await stage.send(.get, DBUpdatesStage.info, token: stage.token())
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(!answer.text.contains(DBUpdatesStage.loginPassword))
            let info = try Info(answer)
            #expect(info.ready && info.writable && info.faults.isEmpty, "\(info.faults)")
            #expect(info.limits.maxRows == 30)
            #expect(info.limits.timeoutMs == 3000)
            #expect(info.limits.statementBytes == 65_536)
            #expect(Set(info.protectedTables).isSuperset(of: ["audit_log", "audit_log_head", "lockstep_migrations"]))
            switch kind {
            case .sqlite:
                #expect(info.kind == "sqlite")
                #expect(info.file.map { "sqlite://\($0)" } == stage.databaseURL)
                #expect(info.serverVersion?.hasPrefix("3.") == true)
                #expect(info.host == nil && info.user == nil && info.password == nil && info.role == nil)
            case .postgreSQL:
                #expect(info.kind == "postgresql")
                #expect(info.file == nil)
                #expect(info.user == stage.role)
                #expect(info.role == stage.role)
                #expect(info.password == "***")
                #expect(info.serverVersion?.isEmpty == false)
                #expect(info.host != nil && info.port != nil && info.database?.hasPrefix("test_") == true)
            }
            let entries = try await stage.audited()
            #expect(entries.map(\.action) == ["db.connection_info"])
            #expect(entries.map(\.outcome) == [.done])
        }
    }

    @Test(
        "a plant on PostgreSQL without a login says which variable to set and what makes one, and runs nothing",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL is not set"))
    func noLogin() async throws {
        try await DBUpdatesStage.use(
            .postgreSQL, ["DB_UPDATES_DATABASE_URL": "", "DB_UPDATES_DATABASE_PASSWORD": ""]
        ) { stage in
            let refused = try await stage.run("DELETE FROM skills")
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.code == "db_updates_not_ready")
            for word in ["DB_UPDATES_DATABASE_URL", "lockstep db updates-role --role"] {
                #expect(refused["detail"]?.contains(word) == true)
            }
            #expect(try await stage.audited().map(\.outcome) == [.begun, .refused("db_updates_not_ready")])
            let info = try Info(try await stage.send(.get, DBUpdatesStage.info, token: stage.token()))
            #expect(!info.ready && !info.writable)
            #expect(info.user == nil && info.password == nil && info.role == nil)
            #expect(info.faults.count == 1 && info.faults[0].contains("DB_UPDATES_DATABASE_URL"))
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test(
        "a login that may do more than it must runs nothing, and what to mend is told",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL is not set"),
        arguments: [
            ("ALTER ROLE % SUPERUSER", "NOSUPERUSER"), ("GRANT SELECT ON audit_log TO %", "audit_log"),
            ("GRANT UPDATE ON role_permissions TO %", "role_permissions"),
            ("GRANT SELECT ON revocations TO PUBLIC", "revocations"),
            ("GRANT pg_read_server_files TO %", "REVOKE pg_read_server_files"),
            ("GRANT CREATE ON SCHEMA public TO %", "REVOKE CREATE ON SCHEMA public"),
        ])
    func unsound(_ fault: (sql: String, mend: String)) async throws {
        try await DBUpdatesStage.use(.postgreSQL) { stage in
            try await stage.own(fault.sql.replacing("%", with: stage.role))
            let refused = try await stage.run("DELETE FROM skills")
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.code == "db_updates_not_ready")
            #expect(refused["detail"]?.contains(fault.mend) == true, "\(refused.text)")
            let info = try Info(try await stage.send(.get, DBUpdatesStage.info, token: stage.token()))
            #expect(!info.ready)
            #expect(info.faults.contains { $0.contains(fault.mend) }, "\(info.faults)")
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test(
        "the plant's own login is refused",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL is not set"))
    func owner() async throws {
        try await TestedPostgreSQL.withDatabase { url in
            let variables = ["ENABLE_DB_UPDATES": "true", "DATABASE_URL": url, "DB_UPDATES_DATABASE_URL": url]
            try await PlantFixture.use(variables) { (plant) async throws in
                let stage = DBUpdatesStage(kind: .postgreSQL, plant: plant, databaseURL: url, role: "")
                #expect(try await stage.run("SELECT 1 AS one").code == "db_updates_not_ready")
            }
        }
    }

    @Test(
        "a login to another database runs nothing there",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL is not set"))
    func otherDatabase() async throws {
        try await TestedPostgreSQL.withDatabase { other in
            try await TestedPostgreSQL.withDatabase { url in
                let role = "updates_" + UUID().uuidString.lowercased().filter { $0 != "-" }
                let statements =
                    ["CREATE TABLE skills (name TEXT)"] + RestrictedSQL.roleStatements(role: role, tables: ["skills"])
                for statement in statements + ["ALTER ROLE \(role) PASSWORD 'throw-away'"] {
                    try await TestedPostgreSQL.run(statement, at: other)
                }
                let at = try #require(other.firstIndex(of: "@"))
                let variables = [
                    "ENABLE_DB_UPDATES": "true", "DATABASE_URL": url,
                    "DB_UPDATES_DATABASE_URL": "postgres://\(role):throw-away" + other[at...],
                ]
                try await TestedPostgreSQL.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC", at: url)
                try await PlantFixture.use(variables) { (plant) async throws in
                    let stage = DBUpdatesStage(kind: .postgreSQL, plant: plant, databaseURL: url, role: role)
                    let answer = try await stage.run("INSERT INTO skills (name) VALUES ('x')")
                    #expect(answer.code == "db_updates_not_ready")
                    #expect(answer["detail"]?.contains("names another") == true, "\(answer.text)")
                    let info = try Info(try await stage.send(.get, DBUpdatesStage.info, token: stage.token()))
                    #expect(!info.ready && !info.writable)
                    #expect(info.faults.count == 1)
                }
                #expect(try await TestedPostgreSQL.run("SELECT COUNT(*) FROM skills", at: other).hasPrefix("0"))
            }
        }
    }

    @Test("a server that does not answer is told so, without its password")
    func unreachable() async throws {
        let login = DBUpdatesLogin(
            kind: .postgreSQL, url: "postgres://somebody:hidden-word@127.0.0.1:1/plant",
            ownURL: "postgres://x@127.0.0.1:1/p")
        let restricted = try #require(try login.open(protecting: [], logger: CapturedLog().logger))
        // What it is compared with is not asked before it answers.
        let own = OwnDatabase(try Databases.open(url: "postgres://x@127.0.0.1:1/p", logger: CapturedLog().logger))
        let standing = await ConnectionStanding.ask(restricted, .postgreSQL, own)
        #expect(!standing.isWritable)
        #expect(standing.faults.count == 1)
        #expect(!standing.faults.joined().contains("hidden-word"))
        #expect(login.redactedPassword == "***")
    }
}
