import HTTPKit
import PlantKit
import Storage

/// Why a statement of an administrator was not run, or not to its end.
enum StatementFault: Error, Sendable, Equatable {
    /// A plant on PostgreSQL, and no login for it.
    case noLogin
    /// The login leads to another database than the plant's.
    case otherDatabase
    case database(RestrictedSQLError)
}

extension StatementFault {
    /// The database's own words are for the administrator, and bounded; the log gets none of them, as they may repeat what
    /// stands in the database.
    var refusal: Refusal {
        switch self {
        case .noLogin: Refusal(.dbUpdatesNotReady, Self.missingLogin)
        case .otherDatabase:
            Refusal(
                .dbUpdatesNotReady, "DB_UPDATES_DATABASE_URL must name the database of DATABASE_URL, and names another."
            )
        case .database(let error): Self.refusal(error)
        }
    }

    private static let missingLogin = """
        Set DB_UPDATES_DATABASE_URL to a login of its own; lockstep db updates-role --role lockstep_db_updates prints the \
        statements that make one.
        """

    private static func refusal(_ error: RestrictedSQLError) -> Refusal {
        switch error {
        case .refused(let what):
            return Refusal(.statementRefused, "Not allowed here: \(bounded(what)).")
        case .invalid(let message, let position):
            let place = position.map { " (at character \($0))" } ?? ""
            let words = bounded(message) + place
            return Refusal(.statementInvalid, "The database says: \(words).", fields: ["sql": words])
        case .tooManyChanges(let limit):
            return Refusal(
                .statementLimit,
                "It would have changed more than \(limit) rows (max_rows); nothing was changed.")
        case .timedOut:
            return Refusal(.statementLimit, "It took longer than it may (timeout_ms); nothing was changed.")
        case .tooLarge(let what):
            return Refusal(.statementLimit, "Too large: \(bounded(what)); nothing was changed.")
        case .busy:
            return Refusal(
                .unavailable, "Others hold the database, or wait for it too; nothing was changed. Try again.",
                retryAfter: 1)
        case .unavailable(let reason):
            return Refusal(
                .unavailable, "The database takes no statements now; nothing was changed.", cause: reason, retryAfter: 5
            )
        case .notRestricted(let faults):
            return Refusal(
                .dbUpdatesNotReady,
                "The login of DB_UPDATES_DATABASE_URL may do more than it must. As the database's owner: "
                    + bounded(faults.joined(separator: "; ")))
        case .cancelled:
            return Refusal(.unavailable, "It was stopped; nothing was changed.", retryAfter: 1)
        case .unknownOutcome:
            return Refusal(
                .outcomeUnknown,
                "The connection to the database was lost in the commit: look whether the change is there.")
        }
    }

    /// A KiB, in one line.
    private static func bounded(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let kept = AuditedStatement.cut(line, room: 1 << 10)
        return kept.utf8.count < line.utf8.count ? kept + "…" : kept
    }
}
