import Contracts
import HTTPKit
import Storage
import Tokens

/// How tokens' owners stand, by the plant's own customers: never by a header, and also where the gateway does not enrich.
struct CustomerCallers: CallerDirectory {
    let database: any Database

    func caller(for identity: Identity) async throws -> Caller {
        let roles = Set(identity.roles)
        // Whatever a resource shows to any verified token, this one is there to be looked at itself.
        guard !roles.contains(Role.diagnostic) else {
            throw Refusal(.forbidden, "A diagnostic token opens nothing.")
        }
        if !roles.isDisjoint(with: [Role.superAdmin, Role.admin, Role.operator]) {
            return Caller(identity: identity, standing: .staff)
        }
        if roles.contains(Role.viewer) { return Caller(identity: identity, standing: .reader) }
        guard roles.contains(where: Role.isCustomer) else { return Caller(identity: identity, standing: .other) }
        let customer = try await database.read { transaction in
            try await CustomerLookup.customer(
                id: identity.customerID, userID: identity.userID, in: transaction)
        }
        guard let customer else {
            throw Refusal(
                .customerUnknown, "The token's customer is not known here.", cause: "subject \(identity.subject)")
        }
        guard customer.status == .active else {
            throw Refusal(
                .customerSuspended, "The customer is suspended.", cause: "customer \(customer.id)")
        }
        return Caller(identity: identity, standing: .customer(id: customer.id))
    }
}
