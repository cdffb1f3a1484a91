import Logging
import PlantKit
import ServiceKit
import ServiceLifecycle
import Storage

/// Suspends customers whose trial is over, and so tells verifiers that remember them. Whoever asks the plant meanwhile is
/// refused without it (`Customer.isServed`).
struct TrialSweep: Service {
    static let interval = Duration.seconds(15)
    /// Customers of one transaction, so that nobody waits long for the writer.
    private static let piece = 100

    let database: any Database
    let revocations: CustomerRevocations
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweep()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Trials can't be ended; it is tried again", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// - Returns: how many customers it suspended. Of several replicas one finds each.
    @discardableResult
    func sweep() async throws -> Int {
        let now = clock.now()
        var total = 0
        // Looked for without a writer's turn, since there is nearly always nothing.
        while try await !database.read({ try await Self.over(now: now, limit: 1, in: $0) }).isEmpty {
            let ended = try await database.writeInTurn { transaction in
                let customers = try await Self.over(now: now, limit: Self.piece, in: transaction)
                let writing = CustomerWriting(revocations: revocations)
                for customer in customers {
                    _ = try await writing.endTrial(customer, now: now, in: transaction)
                    try await AuditTrail.log.append(
                        AuditRecord(
                            at: now, actor: AuditTrail.own, action: "core.endCustomerTrial",
                            resource: AuditTrail.customer(customer.id)), transaction)
                }
                return customers.map(\.id)
            }
            for id in ended { logger.notice("A trial has ended", metadata: ["customer": "\(id)"]) }
            total += ended.count
        }
        return total
    }

    private static func over(
        now: Int64, limit: Int, in transaction: any SQLTransaction
    ) async throws -> [Customer] {
        try await transaction.query(
            """
            SELECT \(Customer.schema.columns.joined(separator: ", ")) FROM customers \
            WHERE trial_ends_at IS NOT NULL AND status = 'active' AND deleted_at IS NULL AND trial_ends_at <= ? \
            ORDER BY trial_ends_at, id LIMIT ?
            """, [.integer(now), .integer(Int64(limit))]
        ).map(Customer.init(row:))
    }
}
