import Logging
import PlantKit
import Storage

/// What the audit log is told of DB updates. A statement has two entries: one before it runs, without which it does not
/// run, and one after it with what came of it. Where the second is missing, the plant ended in between, or could write
/// nothing any more; whether the statement was committed is then to be looked up.
struct DBUpdatesAudit: Sendable {
    static let execute = "db.execute"
    static let connectionInfo = "db.connection_info"

    let database: any Database
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64
    let logger: Logger

    /// - Returns: the entry's position.
    func begin(_ statement: AuditedStatement, _ limits: RestrictedLimits, by caller: DBUpdatesCaller) async throws
        -> Int64
    {
        let details =
            statement.members + [
                .init("max_rows", .integer(Int64(limits.rows))),
                .init("timeout_ms", .integer(limits.time.inMilliseconds)),
            ]
        return try await write(Self.execute, .begun, statement, details, caller)
    }

    /// - Parameters:
    ///   - position: of the entry before it.
    ///   - refused: with what the caller is answered, and what the database said.
    func end(
        _ position: Int64, _ statement: AuditedStatement, _ outcome: Result<RestrictedResult, StatementFault>,
        by caller: DBUpdatesCaller
    ) async {
        var details = [OrderedJSON.Member("begun", .integer(position))]
        let told: AuditRecord.Outcome
        switch outcome {
        case .success(let result):
            told = .done
            details += [
                .init("rows", .integer(Int64(result.rows.count))),
                .init("rows_changed", .integer(Int64(result.changes))),
                .init("truncated", .bool(result.isTruncated)),
                .init("duration_ms", .integer(result.duration.inMilliseconds)),
            ]
        case .failure(let fault):
            let refusal = fault.refusal
            told = .refused(refusal.code.rawValue)
            details.append(.init("reason", .text(AuditedStatement.cut(refusal.detail, room: 2 << 10))))
        }
        // The caller may be gone by now, and its task cancelled with it: what was done is told all the same.
        await Task { [details] in
            do {
                _ = try await write(Self.execute, told, statement, details, caller)
            } catch {
                logger.error(
                    "How a statement ended could not be told in the audit log",
                    metadata: [
                        "begun": "\(position)", "outcome": "\(told.text)", "sha256": "\(statement.hash)",
                        "request_id": "\(caller.requestID)", "reason": "\(error)",
                    ])
            }
        }.value
    }

    func lookedAtConnection(by caller: DBUpdatesCaller) async throws {
        _ = try await write(Self.connectionInfo, .done, nil, [], caller)
    }

    func refused(_ action: String, _ code: String, by caller: DBUpdatesCaller) async throws {
        _ = try await write(action, .refused(code), nil, [], caller)
    }

    private func write(
        _ action: String, _ outcome: AuditRecord.Outcome, _ statement: AuditedStatement?,
        _ details: [OrderedJSON.Member],
        _ caller: DBUpdatesCaller
    ) async throws -> Int64 {
        let record = AuditRecord(
            at: now(), actor: caller.identity.subject, issuer: caller.identity.issuer, roles: caller.identity.roles,
            action: action, resource: statement.map { .init(kind: "statement", id: $0.hash) }, outcome: outcome,
            requestID: caller.requestID, address: caller.address,
            details: details.isEmpty ? nil : String(decoding: OrderedJSON.object(details).bytes, as: UTF8.self))
        return try await database.writeInTurn { try await AuditTrail.log.append(record, $0).position }
    }
}

extension Duration {
    var inMilliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
