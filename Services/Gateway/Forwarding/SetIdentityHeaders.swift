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
        var fields = Fields()
        if let token = statement.clientToken {
            let credentials = "Bearer " + token
            fields.add("X-Original-Authorization", credentials)
            if statement.idToken == nil { fields.add("Authorization", credentials) }
        }
        if let idToken = statement.idToken { fields.add("Authorization", "Bearer " + idToken) }
        fields.add("X-Gateway", name)
        fields.add("X-Gateway-Assertion", statement.assertion)
        if let identity = statement.identity { add(identity, statement, to: &fields) }
        fields.add("X-Enrichment", statement.enrichment.rawValue)
        fields.add("X-Request-Id", statement.requestID)
        fields.add("traceparent", statement.trace.header)
        if let state = statement.trace.state { fields.add("tracestate", state) }
        fields.add("Forwarded", statement.forwarded.header)
        fields.add("X-Forwarded-For", statement.forwarded.forHeader)
        fields.add("X-Forwarded-Proto", statement.forwarded.proto)
        if !statement.forwarded.host.isEmpty {
            fields.add("X-Forwarded-Host", statement.forwarded.host)
        }
        fields.add("Via", via(after: statement.via, version: version))
        headers.add(contentsOf: HTTPHeaders(fields.list))
    }

    static func via(after earlier: [String], version: HTTPVersion) -> String {
        let own = version.minor == 0 ? "1.0 \(name)" : "1.1 \(name)"
        return earlier.isEmpty ? own : earlier.joined(separator: ", ") + ", " + own
    }

    /// Collected first and added at once: `HTTPHeaders.add(name:value:)` looks anew at each field for `Connection`.
    private struct Fields {
        private(set) var list: [(String, String)] = []
        init() { list.reserveCapacity(20) }
        mutating func add(_ name: String, _ value: String) { list.append((name, value)) }
    }

    private static func add(_ identity: Identity, _ statement: UpstreamStatement, to fields: inout Fields) {
        fields.add("X-User-Id", HeaderText.encoded(identity.userID))
        if !identity.email.isEmpty { fields.add("X-User-Email", HeaderText.encoded(identity.email)) }
        fields.add("X-User-Roles", HeaderText.list(identity.roles))
        switch statement.enrichment {
        case .fresh, .cached, .stale:
            if let id = statement.customer?.customerID {
                fields.add("X-Customer-Id", HeaderText.encoded(id))
            }
            if let plan = statement.customer?.plan {
                fields.add("X-Customer-Plan", HeaderText.encoded(plan))
            }
        case .skipped:
            // Nobody was asked: the issuer's own claim, which the signature covers.
            if let id = identity.customerID { fields.add("X-Customer-Id", HeaderText.encoded(id)) }
        case .unavailable:
            // The plant could have said otherwise: nothing is said about the customer.
            break
        }
    }
}
