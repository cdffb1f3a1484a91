import Logging
import PlantKit
import ServiceKit
import ServiceLifecycle
import Storage
import Synchronization

/// The plant's audit log: every change of what it keeps, told in the transaction that makes it.
enum AuditTrail {
    static let log = AuditLog()
    /// Who acts without a token.
    static let own = "lockstep-plant"

    /// As the changes of operations name one (`ChangeRecord.resourceKind`).
    static func customer(_ id: String) -> AuditRecord.Resource { AuditRecord.Resource(kind: "customers", id: id) }

    static func record(_ change: ChangeRecord, _ transaction: any SQLTransaction) async throws {
        try await log.append(
            AuditRecord(
                at: change.at, actor: change.identity.subject, issuer: change.identity.issuer,
                roles: change.identity.roles, action: "\(change.area).\(change.operation)",
                resource: change.resourceID.map { AuditRecord.Resource(kind: change.resourceKind, id: $0) },
                requestID: change.requestID, address: change.clientAddress),
            transaction)
    }
}

/// Takes the log's head out of the database, and what is too old out of the log.
///
/// The head is logged whenever it grew, at most once a minute: logs are kept elsewhere, and with a head from there
/// `lockstep audit verify` sees a tail that was cut.
struct AuditKeeping: Service {
    static let interval = Duration.seconds(60)
    /// Contract: `lockstep audit verify --heads-file` finds heads in lines of the log.
    static let message: Logger.Message = "Audit log head"

    let database: any Database
    /// Seconds.
    let retention: Int64
    let maximumRecords: Int64
    let clock: WallClock
    let logger: Logger
    private let told = Told()

    private final class Told: Sendable {
        let head = Mutex<AuditHead?>(nil)
        let prunedAt = Mutex(Int64.min)
    }

    init(database: any Database, retention: Int64, maximumRecords: Int64, clock: WallClock, logger: Logger) {
        self.database = database
        self.retention = retention
        self.maximumRecords = maximumRecords
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: Self.interval)
            }
        }
        await tell()
    }

    func look() async {
        let now = clock.now()
        let isDue = told.prunedAt.withLock { last in
            guard last == .min || now - last >= 3600 else { return false }
            last = now
            return true
        }
        if isDue {
            do {
                try await AuditTrail.log.prune(
                    before: now - retention, keeping: maximumRecords, by: AuditTrail.own, now: now, in: database)
            } catch is CancellationError {
                return
            } catch {
                logger.error("Old audit entries could not be removed", metadata: ["reason": "\(error)"])
            }
        }
        await tell()
    }

    func tell() async {
        do {
            let head = try await database.read { try await AuditTrail.log.head($0) }
            let isNew = told.head.withLock { last in
                defer { last = head }
                return last != head
            }
            if isNew { logger.notice(Self.message, metadata: ["head": "\(head)"]) }
        } catch is CancellationError {
            return
        } catch {
            logger.error("The audit log's head could not be read", metadata: ["reason": "\(error)"])
        }
    }
}
