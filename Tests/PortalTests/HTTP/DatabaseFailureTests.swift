import HTTPTypes
import HummingbirdTesting
import Logging
import Storage
import Testing

@testable import Portal

@Suite struct DatabaseFailureTests {
    @Test(
        "a database that is busy or away is 503 with Retry-After, a fault of ours 500, and neither names a table",
        arguments: [
            (StorageError.busy, HTTPResponse.Status.serviceUnavailable, "unavailable"),
            (.unavailable("disk sessions full"), .serviceUnavailable, "unavailable"),
            (.decoding("sessions.kind"), .internalServerError, "internal_error"),
            (.invalidStatement("no such table: sessions"), .internalServerError, "internal_error"),
        ])
    func answers(error: StorageError, status: HTTPResponse.Status, code: String) async throws {
        let database = FailingDatabase(try Databases.open(url: "sqlite::memory:", logger: Logger(label: "test")))
        let portal = try await TestPortal(database: database)
        try await portal.test { client in
            let tokens = try await client.tokens()
            database.fail(with: error)
            for answer in [
                try await client.login(), try await client.refresh(tokens.refreshToken),
                try await client.get("sessions", as: tokens.accessToken),
            ] {
                #expect(answer.status == status, "\(answer.text)")
                #expect(answer.code == code)
                #expect((answer.headers[.retryAfter] != nil) == (status == .serviceUnavailable))
                for words in ["disk sessions", "sessions.kind", "no such table"] {
                    #expect(!answer.text.contains(words), "\(answer.text)")
                }
            }
        }
    }
}
