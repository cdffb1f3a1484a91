import PlantKit
import ServiceKit
import Storage

/// Changes of a customer's standing. Each is done in the caller's transaction, changes nothing when there is nothing to
/// change, and tells verifiers of what it takes away.
struct CustomerWriting: Sendable {
    let revocations: CustomerRevocations

    /// - Parameter reason: nil: none is given, and a known one stays.
    func suspend(
        _ customer: Customer, reason: String?, now: Int64, in transaction: any SQLTransaction
    ) async throws -> Customer {
        if customer.status == .suspended, reason == nil || reason == customer.suspensionReason { return customer }
        return try await write(
            [.status(.suspended), .reason(reason)], to: customer, now: now, in: transaction)
    }

    /// For one whose trial is not over.
    func reactivate(_ customer: Customer, now: Int64, in transaction: any SQLTransaction) async throws -> Customer {
        guard customer.status == .suspended else { return customer }
        return try await write([.status(.active), .reason(nil)], to: customer, now: now, in: transaction)
    }

    /// Ends the trial as well. Whom its end suspended is active again.
    func convert(
        _ customer: Customer, to plan: String, now: Int64, in transaction: any SQLTransaction
    ) async throws -> Customer {
        let lifted = Self.liftsTrialEnd(of: customer)
        if customer.plan == plan, customer.trialEndsAt == nil, lifted.isEmpty { return customer }
        return try await write([.plan(plan), .trial(nil)] + lifted, to: customer, now: now, in: transaction)
    }

    /// A running trial ends anew, then. Whom the end of one suspended is active again.
    /// - Parameter end: after now.
    func tryOut(
        _ customer: Customer, until end: Int64, plan: String?, now: Int64, in transaction: any SQLTransaction
    ) async throws -> Customer {
        try await write(
            [.trial(end)] + (plan.map { [.plan($0)] } ?? []) + Self.liftsTrialEnd(of: customer), to: customer, now: now,
            in: transaction)
    }

    /// Suspends for the trial's end, which is now or was before.
    func endTrial(_ customer: Customer, now: Int64, in transaction: any SQLTransaction) async throws -> Customer {
        let end = min(customer.trialEndsAt?.seconds ?? now, now)
        let suspends = customer.status == .active
        if !suspends, customer.trialEndsAt?.seconds == end { return customer }
        return try await write(
            [.trial(end)] + (suspends ? [.status(.suspended), .reason(CustomerStanding.trialEnded)] : []),
            to: customer, now: now, in: transaction)
    }

    private static func liftsTrialEnd(of customer: Customer) -> [ResourceColumn] {
        customer.status == .suspended && customer.suspensionReason == CustomerStanding.trialEnded
            ? [.status(.active), .reason(nil)] : []
    }

    private func write(
        _ columns: [ResourceColumn], to customer: Customer, now: Int64, in transaction: any SQLTransaction
    ) async throws -> Customer {
        let update = ResourceStatements(schema: Customer.schema).update(id: customer.id, columns: columns, now: now)
        try await transaction.execute(update.sql, update.arguments)
        guard let changed = try await CustomerLookup.living(customer.id, in: transaction) else {
            throw ResourceError.notFound
        }
        try await revocations.changed(from: customer, to: changed, now: now, transaction)
        return changed
    }
}

extension ResourceColumn {
    fileprivate static func status(_ status: CustomerStatus) -> ResourceColumn {
        ResourceColumn(name: "status", value: .text(status.rawValue))
    }

    fileprivate static func reason(_ reason: String?) -> ResourceColumn {
        ResourceColumn(name: "suspension_reason", value: .optional(reason))
    }

    fileprivate static func plan(_ plan: String) -> ResourceColumn {
        ResourceColumn(name: "plan", value: .text(plan))
    }

    /// - Parameter end: seconds since the epoch; nil: no trial.
    fileprivate static func trial(_ end: Int64?) -> ResourceColumn {
        ResourceColumn(name: "trial_ends_at", value: .optional(end))
    }
}
