package import NIOHTTP1
import ServiceKit
package import Tokens

/// How the customer's part of the identity came about (DESIGN §6).
package enum EnrichmentMark: String, Sendable, CaseIterable {
    case fresh, cached, stale, skipped, unavailable
}

/// What the plant says about the customer behind a token.
package struct CustomerFacts: Sendable, Equatable {
    /// Nil for a platform user who is no customer.
    package var customerID: String?
    package var plan: String?
    package init(customerID: String?, plan: String?) {
        self.customerID = customerID
        self.plan = plan
    }
}

/// All that the gateway has to say to an upstream about one request.
package struct UpstreamStatement: Sendable {
    /// As received, verified unless the route is public.
    package var clientToken: String?
    /// Nil where nothing was verified.
    package var identity: Identity?
    package var enrichment: EnrichmentMark
    /// With `fresh`, `cached` and `stale` alone.
    package var customer: CustomerFacts?
    package var requestID: String
    package var trace: TraceContext
    package var forwarded: Forwarded
    /// `Via` of a trusted proxy, to be continued.
    package var via: [String]
    package var assertion: String
    /// Cloud Run IAM: takes the place of the client's token in `Authorization`.
    package var idToken: String?

    package init(
        clientToken: String?, identity: Identity?, enrichment: EnrichmentMark, customer: CustomerFacts?,
        requestID: String, trace: TraceContext, forwarded: Forwarded, via: [String], assertion: String,
        idToken: String?
    ) {
        self.clientToken = clientToken
        self.identity = identity
        self.enrichment = enrichment
        self.customer = customer
        self.requestID = requestID
        self.trace = trace
        self.forwarded = forwarded
        self.via = via
        self.assertion = assertion
        self.idToken = idToken
    }
}

/// Step 6: the trusted headers, set last, behind everything that came from outside.
package enum SetIdentityHeaders {
    /// The pseudonym in `Via` (RFC 9110 §7.6.3) and the value of `X-Gateway`.
    package static let name = "lockstep-gateway"

    package static func apply(_ statement: UpstreamStatement, to headers: inout HTTPHeaders, version: HTTPVersion) {
        if let token = statement.clientToken {
            let credentials = "Bearer " + token
            headers.add(name: "X-Original-Authorization", value: credentials)
            if statement.idToken == nil { headers.add(name: "Authorization", value: credentials) }
        }
        if let idToken = statement.idToken { headers.add(name: "Authorization", value: "Bearer " + idToken) }
        headers.add(name: "X-Gateway", value: name)
        headers.add(name: "X-Gateway-Assertion", value: statement.assertion)
        if let identity = statement.identity { add(identity, statement, to: &headers) }
        headers.add(name: "X-Enrichment", value: statement.enrichment.rawValue)
        headers.add(name: "X-Request-Id", value: statement.requestID)
        headers.add(name: "traceparent", value: statement.trace.header)
        if let state = statement.trace.state { headers.add(name: "tracestate", value: state) }
        headers.add(name: "Forwarded", value: statement.forwarded.header)
        headers.add(name: "X-Forwarded-For", value: statement.forwarded.forHeader)
        headers.add(name: "X-Forwarded-Proto", value: statement.forwarded.proto)
        if !statement.forwarded.host.isEmpty {
            headers.add(name: "X-Forwarded-Host", value: statement.forwarded.host)
        }
        headers.add(name: "Via", value: via(after: statement.via, version: version))
    }

    static func via(after earlier: [String], version: HTTPVersion) -> String {
        let own = version.minor == 0 ? "1.0 \(name)" : "1.1 \(name)"
        return earlier.isEmpty ? own : earlier.joined(separator: ", ") + ", " + own
    }

    private static func add(_ identity: Identity, _ statement: UpstreamStatement, to headers: inout HTTPHeaders) {
        headers.add(name: "X-User-Id", value: HeaderText.encoded(identity.userID))
        if !identity.email.isEmpty { headers.add(name: "X-User-Email", value: HeaderText.encoded(identity.email)) }
        headers.add(name: "X-User-Roles", value: HeaderText.list(identity.roles))
        switch statement.enrichment {
        case .fresh, .cached, .stale:
            if let id = statement.customer?.customerID {
                headers.add(name: "X-Customer-Id", value: HeaderText.encoded(id))
            }
            if let plan = statement.customer?.plan {
                headers.add(name: "X-Customer-Plan", value: HeaderText.encoded(plan))
            }
        case .skipped:
            // Nobody was asked: the issuer's own claim, which the signature covers.
            if let id = identity.customerID { headers.add(name: "X-Customer-Id", value: HeaderText.encoded(id)) }
        case .unavailable:
            // The plant could have said otherwise: nothing is said about the customer.
            break
        }
    }
}
