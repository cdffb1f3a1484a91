import Contracts
import Tokens

/// Whose tokens a revocation concerns: what verdicts are found by when it arrives.
package enum RevokedHolder: Hashable, Sendable {
    /// `sub`, whichever portal it is of: a verdict too many that is asked for again does no harm.
    case subject(String)
    /// `sid`.
    case session(String)
    /// `jti`.
    case token(String)
    /// Suspended, let in again, or with another plan.
    case customer(String)

    /// All that a verdict about that identity can be revoked by.
    static func all(of identity: Identity, _ facts: CustomerFacts?) -> [RevokedHolder] {
        var all = [RevokedHolder.subject(identity.subject)]
        if let session = identity.sessionID { all.append(.session(session)) }
        if let token = identity.tokenID { all.append(.token(token)) }
        if let customer = identity.customerID { all.append(.customer(customer)) }
        // The issuer's word and the plant's may differ.
        if let customer = facts?.customerID, customer != identity.customerID { all.append(.customer(customer)) }
        return all
    }

    /// Whom a revocation is about.
    static func all(of subject: Revocation.Subject) -> [RevokedHolder] {
        switch subject {
        case .session(let id, _): [.session(id)]
        case .token(let id): [.token(id)]
        case .user(let user): [.subject(user)]
        case .customer(let id, let user): [.customer(id)] + (user.map { [.subject($0)] } ?? [])
        }
    }

    var text: String {
        switch self {
        case .subject(let text), .session(let text), .token(let text), .customer(let text): text
        }
    }
}
