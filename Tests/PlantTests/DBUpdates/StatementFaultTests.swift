import HTTPKit
import HTTPTypes
import Storage
import Testing

@testable import Plant

@Suite("What an administrator is told of a statement that did not run")
struct StatementFaultTests {
    @Test(
        "each has its code and status",
        arguments: [
            (.noLogin, .dbUpdatesNotReady, 503), (.otherDatabase, .dbUpdatesNotReady, 503),
            (.database(.refused("ATTACH is not allowed")), .statementRefused, 403),
            (.database(.invalid("near \"x\"", position: 3)), .statementInvalid, 422),
            (.database(.tooManyChanges(limit: 2)), .statementLimit, 422), (.database(.timedOut), .statementLimit, 422),
            (.database(.tooLarge("a value")), .statementLimit, 422), (.database(.busy), .unavailable, 503),
            (.database(.unavailable("disk I/O error")), .unavailable, 503),
            (.database(.notRestricted(["ALTER ROLE x NOSUPERUSER"])), .dbUpdatesNotReady, 503),
            (.database(.cancelled), .unavailable, 503), (.database(.unknownOutcome), .outcomeUnknown, 500),
        ] as [(StatementFault, ProblemCode, Int)])
    func codes(_ fault: StatementFault, _ code: ProblemCode, _ status: Int) {
        #expect(fault.refusal.code == code)
        #expect(fault.refusal.code.status.code == status)
    }

    @Test("only where nothing was changed for sure is it said so, and nobody is asked to send again what may be done")
    func outcome() {
        let unknown = StatementFault.database(.unknownOutcome).refusal
        #expect(!unknown.detail.contains("nothing was changed"))
        #expect(unknown.retryAfter == nil)
        #expect(StatementFault.database(.busy).refusal.retryAfter == 1)
    }

    @Test("the database's words are bounded, in one line, and not for the log; its troubles are for the log alone")
    func bounded() {
        let long = "a\nb" + String(repeating: "ü", count: 5000)
        for error in [RestrictedSQLError.refused(long), .invalid(long), .tooLarge(long), .notRestricted([long])] {
            let refusal = StatementFault.database(error).refusal
            #expect(refusal.detail.utf8.count < 1400)
            #expect(!refusal.detail.contains("\n"))
            #expect(refusal.cause == nil)
        }
        let trouble = StatementFault.database(.unavailable("host db.internal does not answer")).refusal
        #expect(!trouble.detail.contains("db.internal"))
        #expect(trouble.cause == "host db.internal does not answer")
    }
}
