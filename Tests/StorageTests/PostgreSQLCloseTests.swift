import Testing

@testable import Storage

@Suite("Closing a pool", .timeLimit(.minutes(10)))
struct PostgreSQLCloseTests {
    /// Without a server: nobody borrows, so nothing connects.
    @Test("everybody who closes is told, also who comes when it is done and the thread has not gone yet")
    func twice() async throws {
        guard case .postgreSQL(let address) = try DatabaseURL.parse("postgres://nobody@localhost/none") else {
            throw StorageError.badURL("not PostgreSQL")
        }
        let poller = try PostgreSQLPoller.start { poller in
            PostgreSQLCore(address: address, poller: poller, hub: NotificationHub(), logger: .silent)
        }
        await confirmation("who has closed is told", expectedCount: 2) { told in
            await withCheckedContinuation { continuation in
                // One job: the thread does not look at whether it may go in between.
                poller.submit { core in
                    core.close { told() }
                    core.close {
                        told()
                        continuation.resume()
                    }
                }
            }
        }
    }
}
