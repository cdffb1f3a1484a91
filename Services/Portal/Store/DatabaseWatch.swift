import Logging
import ServiceKit
import ServiceLifecycle
import Storage

/// Keeps the readiness check `database` true to the database.
final class DatabaseWatch: Service {
    static let check = "database"
    static let interval = Duration.seconds(5)

    private let database: any Database
    private let readiness: Readiness
    private let logger: Logger

    init(database: any Database, readiness: Readiness, logger: Logger) {
        self.database = database
        self.readiness = readiness
        self.logger = logger
    }

    /// Asks once.
    func look() async {
        do {
            try await database.ping()
            readiness.set(Self.check, .ready)
        } catch is CancellationError {
            return
        } catch StorageError.unwritable(let reason) {
            logger.error("the database can't be written to", metadata: ["cause": "\(reason)"])
            readiness.set(
                Self.check, .notReady(code: "database_unwritable", detail: "the database can't be written to"))
        } catch {
            logger.error("the database does not answer", metadata: ["cause": "\(error)"])
            readiness.set(Self.check, .notReady(code: "database_unreachable", detail: "the database does not answer"))
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: Self.interval)
            }
        }
        // The last service to stop: no request needs it any more.
        try? await database.close()
    }
}
