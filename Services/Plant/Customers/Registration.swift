import Contracts
import PlantKit
import Storage

/// A user who registered at the customer portal becomes a customer here. The portal's outbox delivers at least once, so
/// the same event, and the same customer in another event, change nothing.
///
/// An email that another living customer holds loses nobody, and hands nobody over: the new customer is made under its
/// own id and marked `duplicate_of` the holder. Its user works with it at once; an operator sees the mark and mends it.
/// It is not joined to the holder, as an email that somebody typed into a form proves nothing about whose it is.
struct Registration: Sendable {
    enum Outcome: Sendable, Equatable {
        case created(duplicateOf: String?)
        /// It was here already, perhaps deleted since; it stays as it is.
        case known
        /// The event, or the customer, is on record with other facts.
        case contradicts(String)
    }

    static let actor = "lockstep-portal"

    let database: any Database
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64

    /// - Parameter requestID: for the audit log.
    func register(_ event: CustomerRegistration, requestID: String?) async throws -> Outcome {
        let moment = now()
        return try await database.writeInTurn { transaction in
            if let known = try await known(event, in: transaction) { return known }
            let email = event.email.lowercased()
            let holder = try await CustomerLookup.holder(of: email, except: event.customerID, in: transaction)
            let draft = CustomerDraft(
                name: event.name, email: email, phone: nil, notes: nil, plan: CustomerDraft.firstPlan, status: .active)
            let insert = ResourceStatements(schema: Customer.schema).insert(
                id: event.customerID,
                columns: draft.columns + [
                    ResourceColumn(name: "user_id", value: .text(event.userID)),
                    ResourceColumn(name: "duplicate_of", value: .optional(holder)),
                ], now: moment)
            try await transaction.execute(insert.sql, insert.arguments)
            try await record(event, at: moment, in: transaction)
            // Who says so is a portal; the person it speaks of has not shown a token here.
            try await AuditTrail.log.append(
                AuditRecord(
                    at: moment, actor: Self.actor, action: "core.registerCustomer",
                    resource: AuditTrail.customer(event.customerID),
                    requestID: requestID), transaction)
            return .created(duplicateOf: holder)
        }
    }

    private func known(
        _ event: CustomerRegistration, in transaction: any SQLTransaction
    ) async throws -> Outcome? {
        let events = try await transaction.query(
            "SELECT customer_id FROM customer_registrations WHERE event_id = ?", [.text(event.eventID)])
        if let customer = try events.first?.text("customer_id") {
            return customer == event.customerID ? .known : .contradicts("the event is on record for another customer")
        }
        // Deleted ones too: a late delivery must not bring one back.
        let customers = try await transaction.query(
            "SELECT user_id, erased_at FROM customers WHERE id = ?", [.text(event.customerID)])
        guard let customer = customers.first else { return nil }
        // Whose it was is forgotten, so it can't be compared.
        if try customer.optionalInteger("erased_at") != nil { return .known }
        return try customer.optionalText("user_id") == event.userID
            ? .known : .contradicts("the customer is on record for another user")
    }

    private func record(
        _ event: CustomerRegistration, at moment: Int64, in transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO customer_registrations (event_id, customer_id, user_id, registered_at, received_at) \
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .text(event.eventID), .text(event.customerID), .text(event.userID), .integer(event.registeredAt),
                .integer(moment),
            ])
    }
}
