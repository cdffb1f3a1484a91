import Logging
import ServiceKit
import ServiceLifecycle
import Storage

/// Keeps the readiness check `database` true to what the database answers.
struct DatabaseWatch: Service {
    static let check = "database"

    let database: any Database
    let readiness: Readiness
    let interval: Duration
    let logger: Logger

    func run() async throws {
        _ = await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: interval)
            }
        }
    }

    func look() async {
        do {
            try await database.ping()
            readiness.set(Self.check, .ready)
        } catch is CancellationError {
            // Being stopped says nothing about the database.
        } catch StorageError.unwritable(let reason) {
            logger.error("The database can't be written to", metadata: ["reason": "\(reason)"])
            readiness.set(
                Self.check, .notReady(code: "database_unwritable", detail: "the plant's database can't be written to"))
        } catch {
            logger.error("The database does not answer", metadata: ["reason": "\(error)"])
            readiness.set(
                Self.check, .notReady(code: "database_unreachable", detail: "the plant's database does not answer"))
        }
    }
}
