import Contracts
import HTTPKit
import PlantKit
import ServiceKit
import Storage

/// A customer of the plant.
struct Customer: Resource, Equatable {
    let id: String
    /// Who registered it at the customer portal; nil when an operator made it.
    let userID: String?
    var name: String
    var email: String
    var phone: String?
    var notes: String?
    var plan: String
    var status: CustomerStatus
    /// The customer that held this email when this one registered (see `Registration`); operators decide what to do.
    var duplicateOf: String?
    /// Why it is suspended: an operator's words, or `trial_ended`. Operators' own, as `notes`.
    var suspensionReason: String?
    /// From then on it is not served any more, unless it has been moved to a plan by then.
    var trialEndsAt: Timestamp?
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, email, phone, notes, plan, status, version
        case userID = "user_id"
        case duplicateOf = "duplicate_of"
        case suspensionReason = "suspension_reason"
        case trialEndsAt = "trial_ends_at"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    static let schema = ResourceSchema(
        name: "customer", path: "/api/v1/customers", table: "customers",
        columns: [
            "id", "user_id", "name", "email", "phone", "notes", "plan", "status", "duplicate_of",
            "suspension_reason", "trial_ends_at", "version", "created_at", "updated_at",
        ],
        filters: [.choice("status", of: CustomerStatus.self), "plan", ListFilter("email", .equal, .caseless)],
        sorts: ["name", "email", "plan", "status", "created_at", "updated_at"], defaultSort: "-created_at",
        searchColumn: "search_text",
        // SQLite names the column, PostgreSQL the index.
        uniqueFields: ["customers.email": "email", "customers_email_held": "email"])

    init(row: SQLRow) throws {
        id = try row.text("id")
        userID = try row.optionalText("user_id")
        name = try row.text("name")
        email = try row.text("email")
        phone = try row.optionalText("phone")
        notes = try row.optionalText("notes")
        plan = try row.text("plan")
        guard let known = CustomerStatus(rawValue: try row.text("status")) else {
            throw StorageError.decoding("column status holds a word that is no status")
        }
        status = known
        duplicateOf = try row.optionalText("duplicate_of")
        suspensionReason = try row.optionalText("suspension_reason")
        trialEndsAt = try row.optionalInteger("trial_ends_at").map(Timestamp.init(seconds:))
        version = try row.integer("version")
        createdAt = Timestamp(seconds: try row.integer("created_at"))
        updatedAt = Timestamp(seconds: try row.integer("updated_at"))
    }

    /// A customer sees itself, without what operators note about it, and mends its own name and phone. Who leads it may set
    /// its email to the address of their own account, which was changed and verified at the portal, and to no other.
    static func grant(for caller: Caller) -> ResourceGrant {
        if let id = caller.customerID {
            let leads = caller.identity.roles.contains { $0 == Role.customer || $0 == Role.customerAdmin }
            return ResourceGrant(
                actions: [.list, .read, .patch], reach: .only(id: id),
                patchable: leads ? ["name", "phone", "email"] : ["name", "phone"])
        }
        if caller.may(CorePermissions.changeCustomers) { return .everything }
        return caller.may(CorePermissions.viewCustomers) ? .looking : .nothing
    }

    func visible(to caller: Caller) -> Customer {
        guard caller.customerID != nil else { return self }
        var own = self
        own.notes = nil
        own.duplicateOf = nil
        own.suspensionReason = nil
        return own
    }

    /// Staff are told where a customer went that was merged into another.
    static func absence(
        of id: String, for caller: Caller, in transaction: any SQLTransaction
    ) async throws -> Refusal? {
        guard caller.customerID == nil, let target = try await CustomerLookup.mergedInto(id, in: transaction) else {
            return nil
        }
        return Refusal(.notFound, "This customer was merged into \(target).", fields: ["merged_into": target])
    }

    /// A registered duplicate stays one while somebody else holds its email. It stops being one when the holder is gone
    /// or either email changes, and then the unique index watches over it as over all others.
    static func derivedColumns(
        of draft: CustomerDraft, replacing existing: Customer?, in change: ResourceChange
    ) async throws -> [ResourceColumn] {
        let caller = change.request.caller
        if caller.customerID != nil, let existing, draft.email != existing.email {
            guard draft.email == caller.identity.email.lowercased() else {
                throw Refusal(.forbidden, "You may write the address of your own account, and no other.")
            }
        }
        var holder: String?
        if let existing, existing.duplicateOf != nil, existing.email == draft.email {
            holder = try await CustomerLookup.holder(of: draft.email, except: existing.id, in: change.transaction)
        }
        var columns = [ResourceColumn(name: "duplicate_of", value: .optional(holder))]
        if draft.status != existing?.status ?? .active {
            try CustomerStanding.check(existing, becoming: draft.status, in: change)
            columns.append(ResourceColumn(name: "suspension_reason", value: .null))
        }
        return columns
    }
}
