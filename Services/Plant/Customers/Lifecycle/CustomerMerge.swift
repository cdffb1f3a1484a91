import HTTPKit
import PlantKit
import Storage

/// Makes one customer of two. What led to the source leads to the target from then on: tokens that name it or its user,
/// a late registration, what modules keep. The source's row stays behind as a tombstone that says where it went.
struct CustomerMerge: Sendable {
    /// Knows no HTTP.
    enum Fault: Error, Equatable {
        case intoItself
        case noSuchTarget
        /// A merge lifts no suspension, and takes nobody's access away by the way.
        case suspended(String)
    }

    let hooks: CustomerHooks

    /// - Returns: the target.
    /// - Throws: `Fault`, `CustomerHooks.Fault`.
    func merge(
        _ source: Customer, into id: String, now: Int64, in transaction: any SQLTransaction
    ) async throws -> Customer {
        guard source.id != id else { throw Fault.intoItself }
        guard let target = try await CustomerLookup.living(id, in: transaction) else { throw Fault.noSuchTarget }
        for customer in [source, target] where !customer.isServed(at: now) { throw Fault.suspended(customer.id) }
        try hooks.checkComplete()
        try await hooks.merge(source.id, into: target.id, in: transaction)
        try await transaction.execute(
            """
            UPDATE customers SET merged_into = ?, deleted_at = ?, duplicate_of = NULL, updated_at = ?, \
            version = version + 1 WHERE id = ?
            """, [.text(target.id), .integer(now), .integer(now), .text(source.id)])
        // No chains: whoever was merged into the source before is the target now.
        try await transaction.execute(
            "UPDATE customers SET merged_into = ? WHERE merged_into = ?", [.text(target.id), .text(source.id)])
        try await CustomerDuplicates.released(by: source.id, first: target.id, now: now, in: transaction)
        guard let merged = try await CustomerLookup.living(id, in: transaction) else { throw Fault.noSuchTarget }
        return merged
    }
}

/// Marks of customers that share an email with another (`Registration`).
enum CustomerDuplicates {
    /// Settles the marks that name a customer who is gone: the first in line holds the email now, and the others are
    /// its duplicates.
    /// - Parameter first: who comes before the older ones, if it is marked.
    static func released(
        by id: String, first: String? = nil, now: Int64, in transaction: any SQLTransaction
    ) async throws {
        let marked = try await transaction.query(
            """
            SELECT id, email FROM customers WHERE duplicate_of = ? AND deleted_at IS NULL ORDER BY created_at, id
            """, [.text(id)]
        ).map { (id: try $0.text("id"), email: try $0.text("email")) }
        for customer in marked.filter({ $0.id == first }) + marked.filter({ $0.id != first }) {
            let holder = try await CustomerLookup.holder(of: customer.email, except: customer.id, in: transaction)
            try await transaction.execute(
                "UPDATE customers SET duplicate_of = ?, updated_at = ?, version = version + 1 WHERE id = ?",
                [.optional(holder), .integer(now), .text(customer.id)])
        }
    }
}
