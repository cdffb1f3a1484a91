import HTTPTypes
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import Portal

/// A gateway with a plant behind it that takes statements, or refuses them as it is told.
final class FakeDatabase: Sendable {
    struct Facts: Sendable {
        var answer: UpstreamServer.Answer = .json(result)
        var connection: UpstreamServer.Answer = .json(FakeDatabase.connection)
        var audit: UpstreamServer.Answer = .json(FakeDatabase.audit)
    }

    static let executePath = "/api/v1/admin/db/execute"
    static let connectionPath = "/api/v1/admin/db/connection-info"

    /// In every place that a database, or somebody else's statement, fills.
    static let markup = "<img src=x onerror=alert(1)>\\\"'"
    static let escaped = "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;"

    static let result = """
        {"columns":["id","\(markup)","note"],
        "rows":[[1,"\(markup)",null],[{"integer":"9007199254740993"},"",{"blob":"AAEC/w=="}],
        [-2.5,"=1+1",{"real":"NaN"}]],
        "row_count":3,"rows_changed":0,"truncated":false,"duration_ms":12}
        """

    static let connection = """
        {"kind":"sqlite","file":"/data/\(markup).sqlite","host":null,"port":null,"database":null,"user":null,
        "password":null,"tls":null,"server_version":"3.46","role":null,"ready":true,"writable":true,"faults":[],
        "protected_tables":["audit_log","permissions"],
        "limits":{"max_rows":1000,"timeout_ms":5000,"statement_bytes":65536,"value_bytes":262144,"answer_bytes":1048576}}
        """

    static let audit = """
        {"data":[
        {"position":14,"at":"2026-11-22T10:00:04Z","actor":"u","roles":[],"action":"db.execute","outcome":"begun","hash":"h",
        "details":"{\\"statement\\":\\"DELETE FROM farms\\",\\"cut\\":false}"},
        {"position":13,"at":"2026-11-22T10:00:03Z","actor":"u","roles":[],"action":"db.execute","hash":"h",
        "outcome":"refused:statement_invalid",
        "details":"{\\"begun\\":12,\\"reason\\":\\"no\\"}"},
        {"position":12,"at":"2026-11-22T10:00:02Z","actor":"u","roles":[],"action":"db.execute","outcome":"begun","hash":"h",
        "details":"{\\"statement\\":\\"SELEC <img src=x>\\",\\"cut\\":false}"},
        {"position":11,"at":"2026-11-22T10:00:01Z","actor":"u","roles":[],"action":"db.execute","outcome":"done","hash":"h",
        "details":"{\\"begun\\":10,\\"rows\\":0,\\"rows_changed\\":1}"},
        {"position":10,"at":"2026-11-22T10:00:00Z","actor":"u","roles":[],"action":"db.execute","outcome":"begun","hash":"h",
        "details":"{\\"statement\\":\\"UPDATE skills\\\\nSET level = 3\\",\\"cut\\":true}"},
        {"position":9,"at":"2026-11-22T09:00:00Z","actor":"u","roles":[],"action":"db.execute","hash":"h",
        "outcome":"refused:insufficient_scope","details":null}],
        "next":null}
        """

    static func problem(_ status: Int, _ code: String, _ detail: String) -> UpstreamServer.Answer {
        .json(FarmAnswers.problem(status, code, detail), status: status)
    }

    private let facts: Mutex<Facts>

    init(_ facts: Facts = .init()) { self.facts = Mutex(facts) }

    func set(_ change: @Sendable (inout Facts) -> Void) { facts.withLock { change(&$0) } }

    func answer(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        let facts = facts.withLock { $0 }
        switch request.path {
        case Self.executePath: return facts.answer
        case Self.connectionPath: return facts.connection
        case "/api/v1/audit": return facts.audit
        default: return Self.problem(404, "not_found", "There is no such thing.")
        }
    }

    static let on = ["ENABLE_DB_UPDATES": "true", "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"]

    struct Stage: Sendable {
        let plant: FakeDatabase
        let gateway: UpstreamServer
        let portal: TestPortal

        /// Statements that arrived.
        var statements: [String] {
            gateway.requests.filter { $0.path == FakeDatabase.executePath }.map {
                String(decoding: $0.body, as: UTF8.self)
            }
        }
    }

    /// A portal before it, and an administrator who is signed in there.
    static func visit(
        _ facts: Facts = .init(), extra: [String: String] = [:],
        _ body: @Sendable @escaping (inout Browser, Stage) async throws -> Void
    ) async throws {
        let plant = FakeDatabase(facts)
        try await UpstreamServer.with({ plant.answer($0) }) { gateway in
            let portal = try await TestPortal(
                extra: on.merging(["PLANT_GATEWAY_URL": gateway.url]) { $1 }.merging(extra) { $1 })
            try await portal.test { client in
                var browser = Browser(client)
                _ = try await browser.signIn()
                try await body(&browser, Stage(plant: plant, gateway: gateway, portal: portal))
            }
        }
    }
}

extension Browser {
    /// Gives the password once more.
    mutating func openDBUpdates(_ password: String = TestPortal.adminPassword, returnTo: String = "/db-updates")
        async throws -> TestResponse
    {
        let token = try Self.formToken(in: await get("/db-updates"))
        return try await post(
            "/db-updates/open", ["password": password, "return_to": returnTo, "form_token": token])
    }

    /// Sends a statement and follows to what is said of it.
    mutating func run(_ sql: String, _ fields: [String: String] = [:]) async throws -> (
        address: String, page: TestResponse
    ) {
        let token = try Self.formToken(in: await get("/db-updates"))
        let sent = try await post(
            "/db-updates/runs", ["sql": sql, "form_token": token].merging(fields) { $1 })
        let address = try #require(sent.headers[.location], "\(sent.status) \(sent.text)")
        #expect(sent.status == .seeOther)
        return (address, try await get(address))
    }
}
