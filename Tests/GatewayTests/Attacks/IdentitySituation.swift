import Testing

/// How a request comes to what an upstream is told of its customer.
struct IdentitySituation: Sendable {
    enum Enrichment: String, CaseIterable, Sendable {
        case off, fresh, cached, stale, timeout
        case staleIfError = "stale if error"
        case failOpen = "fail-open"
        case circuitOpen = "circuit open"
        case budgetSpent = "budget of calls used up"
        case alwaysAsked = "GW_ALWAYS_VALIDATE_WITH_PLANT"
        case optional = "optional route with a token"
        case open = "public route with a good token"
    }

    enum Customer: String, CaseIterable, Sendable {
        case nobody
        /// The token does not say it: the plant does.
        case ofPlant = "of the plant's word"
        /// The token says something else than the plant.
        case ofToken = "of the token's claim"
    }

    let enrichment: Enrichment
    let customer: Customer

    /// A new one each time.
    func token() throws -> String {
        customer == .ofToken
            ? try TestTokens.token(roles: ["customer"], customerID: "customer-of-claim", issuer: "lockstep-customer")
            : try TestTokens.token()
    }

    /// What the plant answers to a validation.
    var confirmation: String {
        customer == .nobody
            ? TestPlant.confirmation(customer: nil, plan: nil)
            : TestPlant.confirmation(customer: "customer-7", plan: "gold")
    }

    var mark: String {
        switch enrichment {
        case .off, .open: "skipped"
        case .fresh, .alwaysAsked, .optional: "fresh"
        case .cached: "cached"
        case .stale, .staleIfError: "stale"
        case .timeout, .failOpen, .circuitOpen, .budgetSpent: "unavailable"
        }
    }

    /// `X-User-*` and `X-Customer-*` as they have to arrive.
    private var identity: [String] {
        guard enrichment != .open else { return [] }
        let role = customer == .ofToken ? "customer" : "admin"
        let user = ["x-user-id: user-1", "x-user-email: ada@example.com", "x-user-roles: \(role)"]
        switch (mark, customer) {
        case ("skipped", .ofToken): return user + ["x-customer-id: customer-of-claim"]
        case ("skipped", _), ("unavailable", _), (_, .nobody): return user
        default: return user + ["x-customer-id: customer-7", "x-customer-plan: gold"]
        }
    }

    private static let closed = [
        "authorization", "x-user", "x-customer", "x-enrichment", "x-gateway", "x-original", "x-forwarded", "forwarded",
    ]

    /// What is true arrives once, and under no other spelling of these names is anything else said.
    /// - Parameters:
    ///   - headers: all that an upstream received.
    ///   - proto: by which the client came.
    func expect(
        _ headers: [(name: String, value: String)], token: String, proto: String = "http",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var heard: [String] = []
        for (name, value) in headers {
            let lowercase = name.lowercased()
            let folded = String(lowercase.map { $0.isLetter || $0.isNumber ? $0 : "-" })
            guard Self.closed.contains(where: folded.hasPrefix) else { continue }
            // Chance, with a time in it.
            let isAssertion = lowercase == "x-gateway-assertion" && value.split(separator: ".").count == 3
            heard.append("\(lowercase): \(isAssertion ? "assertion" : value)")
        }
        let said =
            identity + [
                "authorization: Bearer \(token)", "x-original-authorization: Bearer \(token)",
                "x-enrichment: \(mark)", "x-gateway: lockstep-gateway", "x-gateway-assertion: assertion",
                "x-forwarded-for: 127.0.0.1", "x-forwarded-host: gateway.test", "x-forwarded-proto: \(proto)",
                "forwarded: for=127.0.0.1;host=\"gateway.test\";proto=\(proto)",
            ]
        #expect(heard.sorted() == said.sorted(), sourceLocation: sourceLocation)
        #expect(
            !headers.contains { $0.name.contains("forged") || $0.value.contains("forged") },
            sourceLocation: sourceLocation)
    }
}
