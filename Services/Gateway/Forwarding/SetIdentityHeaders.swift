import HTTP1
import ServiceKit
import Tokens

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
package struct UpstreamStatement {
    /// The request and the place of its bearer token; verified unless the route is public.
    package var request: ReceivedRequest
    package var token: Range<Int>?
    /// Nil where nothing was verified.
    package var known: KnownToken?
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
        request: ReceivedRequest, token: Range<Int>?, known: KnownToken?, enrichment: EnrichmentMark,
        customer: CustomerFacts?, requestID: String, trace: TraceContext, forwarded: Forwarded, via: [String],
        assertion: String, idToken: String?
    ) {
        self.request = request
        self.token = token
        self.known = known
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

    package static func write(_ statement: UpstreamStatement, to output: inout HeadBuffer) {
        if let token = statement.token {
            output.writeStaticString("X-Original-Authorization: Bearer ")
            statement.request.copy(token, to: &output)
            output.writeStaticString("\r\n")
            if statement.idToken == nil {
                output.writeStaticString("Authorization: Bearer ")
                statement.request.copy(token, to: &output)
                output.writeStaticString("\r\n")
            }
        }
        if let idToken = statement.idToken {
            output.writeStaticString("Authorization: Bearer ")
            output.writeString(idToken)
            output.writeStaticString("\r\n")
        }
        output.writeStaticString("X-Gateway: lockstep-gateway\r\n")
        output.writeLine("X-Gateway-Assertion", statement.assertion)
        if let known = statement.known {
            output.writeLines(known.identityLines)
            writeCustomer(known.identity, statement, to: &output)
        }
        output.writeLine("X-Enrichment", statement.enrichment.rawValue)
        output.writeLine("X-Request-Id", statement.requestID)
        statement.trace.write(to: &output)
        statement.forwarded.write(to: &output)
        writeVia(after: statement.via, minorVersion: statement.request.head.minorVersion, to: &output)
    }

    /// `X-User-*`.
    static func writeUser(_ identity: Identity, to output: inout HeadBuffer) {
        output.writeLine("X-User-Id", HeaderText.encoded(identity.userID))
        if !identity.email.isEmpty { output.writeLine("X-User-Email", HeaderText.encoded(identity.email)) }
        output.writeLine("X-User-Roles", HeaderText.list(identity.roles))
    }

    /// - Parameters:
    ///   - earlier: what is believed of the way up to here.
    ///   - minorVersion: of the message that was received.
    static func writeVia(after earlier: [String], minorVersion: Int, to output: inout HeadBuffer) {
        output.writeStaticString("Via: ")
        for via in earlier {
            output.writeString(via)
            output.writeStaticString(", ")
        }
        output.writeStaticString(minorVersion == 0 ? "1.0 lockstep-gateway\r\n" : "1.1 lockstep-gateway\r\n")
    }

    private static func writeCustomer(
        _ identity: Identity, _ statement: UpstreamStatement, to output: inout HeadBuffer
    ) {
        switch statement.enrichment {
        case .fresh, .cached, .stale:
            if let id = statement.customer?.customerID {
                output.writeLine("X-Customer-Id", HeaderText.encoded(id))
            }
            if let plan = statement.customer?.plan {
                output.writeLine("X-Customer-Plan", HeaderText.encoded(plan))
            }
        case .skipped:
            // Nobody was asked: the issuer's own claim, which the signature covers.
            if let id = identity.customerID { output.writeLine("X-Customer-Id", HeaderText.encoded(id)) }
        case .unavailable:
            // The plant could have said otherwise: nothing is said about the customer.
            break
        }
    }
}
