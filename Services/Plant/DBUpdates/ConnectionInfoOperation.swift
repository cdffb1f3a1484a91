import HTTPKit
import HTTPTypes
import PlantKit
import Storage

/// `GET /api/v1/admin/db/connection-info`: where statements run, as whom, within which limits, and what is to mend if they
/// do not.
struct ConnectionInfoOperation: Sendable {
    static let path = "/api/v1/admin/db/connection-info"

    /// Nil: a plant on PostgreSQL that has no login for it.
    let restricted: RestrictedSQL?
    let own: OwnDatabase
    let login: DBUpdatesLogin
    let settings: DBUpdatesSettings
    let protected: [String]
    let audit: DBUpdatesAudit

    func add(to routes: ModuleRoutes) {
        routes.own(
            Operation(
                "getConnectionInfo", .get, Self.path, summary: "Tells where statements run, and whether they can.",
                details: "Who may ask is as for executeStatement. A password is never told, only that there is one.",
                tag: routes.tag, access: .anyToken, answers: [.ok(Self.schema)], refusals: DBUpdatesGate.refusals)
        ) { request in
            try await audit.lookedAtConnection(by: DBUpdatesCaller(request))
            var answer = APIAnswer.json(try await describe())
            answer.headers[.cacheControl] = "no-store"
            return answer
        }
    }

    private func describe() async throws -> OrderedJSON {
        let place = try login.place()
        let standing = await ConnectionStanding.ask(restricted, login.kind, own)
        let limits = RestrictedLimits()
        let hasLogin = login.url != nil
        return [
            "kind": .text(place.kind.rawValue),
            "file": .optional(place.file),
            "host": .optional(place.host),
            "port": place.port.map { .integer(Int64($0)) } ?? .null,
            "database": .optional(place.database),
            "user": .optional(hasLogin ? place.user : nil),
            "password": .optional(login.redactedPassword),
            "tls": .optional(place.tls),
            "server_version": .optional(standing.version),
            "role": .optional(standing.role),
            "ready": .bool(standing.faults.isEmpty),
            "writable": .bool(standing.isWritable),
            "faults": .array(standing.faults.map { .text($0) }),
            "protected_tables": .array(protected.map { .text($0) }),
            "limits": [
                "max_rows": .integer(Int64(settings.maximumRows)),
                "timeout_ms": .integer(settings.maximumTime.inMilliseconds),
                "statement_bytes": .integer(Int64(limits.statementBytes)),
                "value_bytes": .integer(Int64(limits.valueBytes)),
                "answer_bytes": .integer(Int64(limits.bytes)),
            ],
        ]
    }

    private static let schema = APISchema.object([
        .required("kind", .choice(["sqlite", "postgresql"])),
        .required("file", .text().nullable.described("Of SQLite; what follows is a server's.")),
        .required("host", .text().nullable), .required("port", .integer(1...65535).nullable),
        .required("database", .text().nullable),
        .required("user", .text().nullable.described("Null where no login is set up.")),
        .required("password", .text().nullable.described("*** where there is one.")),
        .required("tls", .text().nullable),
        .required("server_version", .text().nullable),
        .required("role", .text().nullable.described("The server's word on who is logged in.")),
        .required("ready", .boolean.described("Statements can run.")),
        .required("writable", .boolean.described("They can change something.")),
        .required("faults", .array(of: .text()).described("Why they can't, and how to mend it; a line each.")),
        .required("protected_tables", .array(of: .text()).described("Can be neither read nor written.")),
        .required(
            "limits",
            .object([
                .required("max_rows", .integer(1...)), .required("timeout_ms", .integer(1...)),
                .required("statement_bytes", .integer(1...)), .required("value_bytes", .integer(1...)),
                .required("answer_bytes", .integer(1...)),
            ])),
    ]).named("ConnectionInfo")
}

extension OrderedJSON {
    /// Null for nil.
    static func optional(_ text: String?) -> OrderedJSON { text.map { .text($0) } ?? .null }
}
