import Contracts

/// One executable, deployed twice, each with its own database, issuer, cookie and set of roles (DESIGN §6).
package enum PortalKind: String, Sendable, CaseIterable {
    case platform, customer

    /// What signs as `iss` unless JWT_ISSUER says otherwise.
    var defaultIssuer: String {
        switch self {
        case .platform: "lockstep-platform"
        case .customer: "lockstep-customer"
        }
    }

    /// A verifier refuses a customer issuer's token with a platform role (`role_not_allowed`); so such a token is
    /// never signed here either.
    func mayGrant(_ role: String) -> Bool {
        switch self {
        case .platform: !Role.isCustomer(role)
        case .customer: Role.isCustomer(role)
        }
    }
}
