import Contracts
import HTTPKit
import PlantKit
import Storage
import Tokens

/// How tokens' owners stand, by the plant's own customers: never by a header, and also where the gateway does not enrich.
struct CustomerCallers: CallerDirectory {
    let roles = RoleBook()
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64

    func caller(for identity: Identity, in transaction: any SQLTransaction) async throws -> Caller {
        // Whatever a resource shows to any verified token, this one is there to be looked at itself.
        guard !identity.roles.contains(Role.diagnostic) else {
            throw Refusal(.forbidden, "A diagnostic token opens nothing.")
        }
        let permissions = try await roles.permissions(of: identity.roles, in: transaction)
        guard identity.roles.contains(where: Role.isCustomer) else {
            return Caller(identity: identity, customerID: nil, permissions: permissions)
        }
        let customer = try await CustomerLookup.customer(
            id: identity.customerID, userID: identity.userID, in: transaction)
        guard let customer else {
            throw Refusal(
                .customerUnknown, "The token's customer is not known here.", cause: "subject \(identity.subject)")
        }
        guard customer.isServed(at: now()) else {
            throw Refusal(
                .customerSuspended, "The customer is suspended.", cause: "customer \(customer.id)")
        }
        return Caller(identity: identity, customerID: customer.id, permissions: permissions)
    }
}
