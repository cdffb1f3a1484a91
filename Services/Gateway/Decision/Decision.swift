import HTTPKit
import NIOHTTP1
import Tokens

/// A yes, as proxies take it: 200, and who asks in the fields that an upstream behind this gateway would see.
enum Decision {
    /// - Parameter customer: with `fresh`, `cached` and `stale` alone.
    /// - Returns: each name of an identity, with nothing where there is nothing to say: a proxy that copies what it gets
    ///   then has no gap in which a client's own line of that name would stay.
    static func fields(
        _ identity: Identity?, enrichment: EnrichmentMark, customer: CustomerFacts?, assertion: String
    ) -> HTTPHeaders {
        var customerID: String?
        var plan: String?
        switch enrichment {
        case .fresh, .cached, .stale: (customerID, plan) = (customer?.customerID, customer?.plan)
        case .skipped: customerID = identity?.customerID
        case .unavailable: break
        }
        return [
            ManagedHeader.userID: HeaderText.encoded(identity?.userID ?? ""),
            ManagedHeader.userEmail: HeaderText.encoded(identity?.email ?? ""),
            ManagedHeader.userRoles: HeaderText.list(identity?.roles ?? []),
            ManagedHeader.customerID: HeaderText.encoded(customerID ?? ""),
            ManagedHeader.customerPlan: HeaderText.encoded(plan ?? ""),
            ManagedHeader.enrichment: enrichment.rawValue,
            ManagedHeader.gateway: SetIdentityHeaders.name,
            ManagedHeader.gatewayAssertion: assertion,
            "Cache-Control": "no-store",
        ]
    }
}
