import Contracts
import Secrets
import Storage
import Tokens

/// What a verified token means at the plant: whose customer its owner is.
struct TokenValidation: Sendable {
    enum Verdict: Equatable {
        case valid(ValidatedToken)
        /// A customer's token, and that customer is suspended, or its trial is over.
        case suspended(customerID: String)
        /// A customer's token without a customer here.
        case unknownCustomer
    }

    let database: any Database
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64

    func validate(_ identity: Identity) async throws -> Verdict {
        let isCustomer = identity.roles.contains(where: Role.isCustomer)
        // Platform people are looked up only where their token names a customer: an operator is nobody's customer.
        guard isCustomer || identity.customerID != nil else { return verdict(identity, customer: nil) }
        let customer = try await database.read { transaction in
            try await CustomerLookup.customer(id: identity.customerID, userID: identity.userID, in: transaction)
        }
        return verdict(identity, customer: customer)
    }

    private func verdict(_ identity: Identity, customer: Customer?) -> Verdict {
        if identity.roles.contains(where: Role.isCustomer) {
            guard let customer else { return .unknownCustomer }
            guard customer.isServed(at: now()) else { return .suspended(customerID: customer.id) }
        }
        return .valid(
            ValidatedToken(
                valid: true, customerID: customer?.id, email: identity.email, userID: identity.userID,
                roles: identity.roles, plan: customer?.plan, kid: identity.keyID.rawValue,
                expiresAt: identity.expiresAt))
    }
}
