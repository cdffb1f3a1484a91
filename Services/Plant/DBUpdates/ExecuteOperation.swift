import HTTPKit
import HTTPTypes
import Logging
import PlantKit
import Storage

/// `POST /api/v1/admin/db/execute`: one statement of an administrator, told in the audit log before and after it.
struct ExecuteOperation: Sendable {
    static let path = "/api/v1/admin/db/execute"

    /// Nil: a plant on PostgreSQL that has no login for it.
    let restricted: RestrictedSQL?
    let own: OwnDatabase
    let settings: DBUpdatesSettings
    let audit: DBUpdatesAudit

    func add(to routes: ModuleRoutes) {
        routes.own(operation(routes.tag)) { request in
            let (statement, limits) = try read(request)
            return try await run(statement, limits, request)
        }
    }

    private func run(
        _ statement: AuditedStatement, _ limits: RestrictedLimits, _ request: APIRequest
    ) async throws -> APIAnswer {
        let caller = DBUpdatesCaller(request)
        // What can't be told is not done.
        let position = try await audit.begin(statement, limits, by: caller)
        let outcome: Result<RestrictedResult, StatementFault>
        do throws(StatementFault) {
            outcome = .success(try await execute(statement.text, limits))
        } catch {
            outcome = .failure(error)
        }
        await audit.end(position, statement, outcome, by: caller)
        switch outcome {
        case .success(let result):
            request.logger.notice(
                "A statement of an administrator was run",
                metadata: [
                    "user": "\(caller.identity.subject)", "sha256": "\(statement.hash)", "changes": "\(result.changes)",
                    "audit": "\(position)",
                ])
            var answer = APIAnswer.json(StatementAnswer.json(result))
            answer.headers[.cacheControl] = "no-store"
            return answer
        case .failure(let fault):
            throw fault.refusal
        }
    }

    private func execute(
        _ sql: String, _ limits: RestrictedLimits
    ) async throws(StatementFault) -> RestrictedResult {
        guard let restricted else { throw .noLogin }
        try await own.prove(restricted)
        do throws(RestrictedSQLError) {
            return try await restricted.execute(sql, limits)
        } catch {
            throw .database(error)
        }
    }

    private func read(_ request: APIRequest) throws(Refusal) -> (AuditedStatement, RestrictedLimits) {
        let (rows, time) = (Int64(settings.maximumRows), settings.maximumTime.inMilliseconds)
        return try request.only(["sql", "confirm", "max_rows", "timeout_ms"]) { reader in
            let sql = reader.verbatim("sql", length: 1...Self.longest)
            reader.confirmation("confirm")
            var limits = RestrictedLimits(statementBytes: Self.longest)
            limits.rows = Int(reader.optionalInteger("max_rows", in: 1...rows) ?? rows)
            limits.changes = limits.rows
            limits.time = .milliseconds(reader.optionalInteger("timeout_ms", in: Self.shortest...time) ?? time)
            return (AuditedStatement(sql), limits)
        }
    }

    /// Bytes of a statement.
    private static let longest = 64 << 10
    /// Milliseconds.
    private static let shortest: Int64 = 100

    private func operation(_ tag: String) -> Operation {
        let (rows, time) = (Int64(settings.maximumRows), settings.maximumTime.inMilliseconds)
        return Operation(
            "executeStatement", .post, Self.path, summary: "Runs one statement of SQL.",
            details: """
                In development and test alone, and only through the gateway, with a token of the scope db_updates that \
                POST /api/v1/auth/db-updates-token of the platform portal gives for the password once more.

                One SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE (PostgreSQL), also behind WITH, in a transaction of \
                its own, which is committed only if it stays within its limits. Tables on which the audit and the \
                permissions rest can be neither read nor written (getConnectionInfo names them).

                The statement's text goes into the audit log before it runs, and what came of it after it: write no \
                secrets into it.
                """, tag: tag, access: .anyToken,
            body: .json(
                .object(
                    [
                        .required("sql", .text(length: 1...Self.longest).example("SELECT id, name FROM skills")),
                        .required("confirm", .boolean.described("Must be true.").example(true)),
                        .optional(
                            "max_rows",
                            .integer(1...rows).nullable.described(
                                "Rows that are answered at most, and changed at most: what would change more changes "
                                    + "nothing. \(rows) unless it says less.")),
                        .optional(
                            "timeout_ms",
                            .integer(Self.shortest...time).nullable.described(
                                "How long it may take. \(time) unless it says less.")),
                    ], isOpen: false),
                // Each byte of a text may be written as six.
                limit: 6 * Self.longest + 1024),
            answers: [.ok(StatementAnswer.schema, "It ran, and what it changed is committed.")],
            refusals: DBUpdatesGate.refusals.union([
                .statementRefused, .statementInvalid, .statementLimit, .dbUpdatesNotReady, .outcomeUnknown,
            ]), takesIdempotencyKey: false)
    }
}
