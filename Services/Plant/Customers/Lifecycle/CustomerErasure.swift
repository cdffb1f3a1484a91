import PlantKit
import Storage

/// Forgets a customer for good: what identifies it is overwritten here, by the modules, in answers that are kept for
/// idempotency keys, in registrations and validation records. The row itself stays, as nobody's: its id keeps a late
/// registration from bringing the customer back.
///
/// What this transaction can't reach: backups, logs, the portal's own account, and on PostgreSQL dead rows until VACUUM.
/// The audit log can't be written anew and names the ids of customer and user, as do validation records that wait to be
/// written meanwhile; both go with their retention.
struct CustomerErasure: Sendable {
    /// Knows no HTTP.
    enum Fault: Error, Equatable {
        case notFound
        case mergedInto(String)
        /// The confirmation is not the customer's email.
        case notConfirmed
    }

    let revocations: CustomerRevocations
    let hooks: CustomerHooks

    static let nobody = "erased"

    /// - Parameters:
    ///   - id: also of one that was deleted before.
    ///   - confirmation: the customer's email.
    /// - Throws: `Fault`, `CustomerHooks.Fault`.
    func erase(
        _ id: String, confirmation: String, now: Int64, in transaction: any SQLTransaction
    ) async throws {
        let rows = try await transaction.query(
            "SELECT user_id, email, merged_into, erased_at FROM customers WHERE id = ?", [.text(id)])
        guard let row = rows.first, try row.optionalInteger("erased_at") == nil else { throw Fault.notFound }
        if let target = try row.optionalText("merged_into") { throw Fault.mergedInto(target) }
        guard try row.text("email") == confirmation.lowercased() else { throw Fault.notConfirmed }
        let user = try row.optionalText("user_id")
        try hooks.checkComplete()
        try await hooks.erase(id, in: transaction)
        // Whatever it was before: tokens may have been issued since it was deleted.
        try await revocations.tell(of: id, user: user, now: now, transaction)
        let everyone = [(id: id, user: user)] + (try await CustomerLookup.sources(of: id, in: transaction))
        for one in everyone { try await forget(one.id, user: one.user, now: now, in: transaction) }
        for one in everyone { try await CustomerDuplicates.released(by: one.id, now: now, in: transaction) }
    }

    private func forget(
        _ id: String, user: String?, now: Int64, in transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            UPDATE customers SET name = ?, email = ?, search_text = '', phone = NULL, notes = NULL, user_id = NULL, \
            suspension_reason = NULL, duplicate_of = NULL, deleted_at = COALESCE(deleted_at, ?), erased_at = ?, \
            updated_at = ?, version = version + 1 WHERE id = ?
            """,
            [.text(Self.nobody), .text(Self.nobody), .integer(now), .integer(now), .integer(now), .text(id)])
        try await transaction.execute(
            "UPDATE customer_registrations SET user_id = ? WHERE customer_id = ?", [.text(Self.nobody), .text(id)])
        try await transaction.execute(
            "UPDATE validation_audit SET subject = NULL, customer_id = NULL WHERE customer_id = ?", [.text(id)])
        if let user {
            try await transaction.execute(
                "UPDATE validation_audit SET subject = NULL, customer_id = NULL WHERE subject = ?", [.text(user)])
        }
        try await IdempotencyKeys.forget(resource: id, subject: user, in: transaction)
    }
}
