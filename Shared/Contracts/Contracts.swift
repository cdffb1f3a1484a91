/// The body of every refusal: RFC 9457 problem details with the suite's stable code.
package struct Problem: Codable, Sendable, Equatable {
    package var type: String
    package var title: String
    package var status: Int
    package var detail: String
    package var instance: String
    package var code: String
    package var requestID: String
    /// Field → what is wrong and how to mend it; for rejected input only.
    package var fields: [String: String]?
    /// What this service holds (kids, source); set in development alone.
    package var diagnostics: [String: String]?

    package init(
        type: String, title: String, status: Int, detail: String, instance: String, code: String, requestID: String,
        fields: [String: String]? = nil, diagnostics: [String: String]? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.code = code
        self.requestID = requestID
        self.fields = fields
        self.diagnostics = diagnostics
    }

    package enum CodingKeys: String, CodingKey {
        case type, title, status, detail, instance, code, fields, diagnostics
        case requestID = "request_id"
    }
}

/// What the plant answers to `GET /api/v1/auth/validate` with status 200.
package struct ValidatedToken: Codable, Sendable, Equatable {
    package var valid: Bool
    /// Null for a platform user who is no customer.
    package var customerID: String?
    package var email: String
    package var userID: String
    package var roles: [String]
    package var plan: String?
    package var kid: String
    /// Seconds since the epoch.
    package var expiresAt: Int64

    package init(
        valid: Bool, customerID: String?, email: String, userID: String, roles: [String], plan: String?, kid: String,
        expiresAt: Int64
    ) {
        self.valid = valid
        self.customerID = customerID
        self.email = email
        self.userID = userID
        self.roles = roles
        self.plan = plan
        self.kid = kid
        self.expiresAt = expiresAt
    }

    package enum CodingKeys: String, CodingKey {
        case valid, email, roles, plan, kid
        case customerID = "customer_id"
        case userID = "user_id"
        case expiresAt = "expires_at"
    }

    /// Null members are written, not left out: older gateways look for `customer_id`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(valid, forKey: .valid)
        try container.encode(customerID, forKey: .customerID)
        try container.encode(email, forKey: .email)
        try container.encode(userID, forKey: .userID)
        try container.encode(roles, forKey: .roles)
        try container.encode(plan, forKey: .plan)
        try container.encode(kid, forKey: .kid)
        try container.encode(expiresAt, forKey: .expiresAt)
    }
}

/// What an issuer answers to `GET /internal/v1/keys/probe`.
package struct KeyProbe: Codable, Sendable, Equatable {
    /// A `probe+jwt` of 60 s, signed by the key named in `kid`.
    package var token: String
    package var kid: String
    package var environment: String
    package var issuer: String
    /// Where the issuer's ring came from, as diagnostics name it.
    package var source: String
    /// Seconds since the epoch.
    package var expiresAt: Int64
    /// Every key that this issuer signs probes with (`?kid=`): the current one and each `next`. Nil from older issuers.
    package var probeKids: [String]?
    /// Which of the issuer's replicas has answered; nil from older issuers.
    package var instance: String?
    /// Seconds for which that replica has run.
    package var uptime: Int64?

    package init(
        token: String, kid: String, environment: String, issuer: String, source: String, expiresAt: Int64,
        probeKids: [String]? = nil, instance: String? = nil, uptime: Int64? = nil
    ) {
        self.token = token
        self.kid = kid
        self.environment = environment
        self.issuer = issuer
        self.source = source
        self.expiresAt = expiresAt
        self.probeKids = probeKids
        self.instance = instance
        self.uptime = uptime
    }

    package enum CodingKeys: String, CodingKey {
        case token, kid, environment, issuer, source, instance, uptime
        case expiresAt = "expires_at"
        case probeKids = "probe_kids"
    }
}

/// What the customer portal's outbox sends to the plant: `POST /internal/v1/customers`.
/// Delivered at least once; `eventID` makes it idempotent.
package struct CustomerRegistration: Codable, Sendable, Equatable {
    package var eventID: String
    package var userID: String
    package var customerID: String
    package var email: String
    package var name: String
    /// Seconds since the epoch.
    package var registeredAt: Int64

    package init(eventID: String, userID: String, customerID: String, email: String, name: String, registeredAt: Int64)
    {
        self.eventID = eventID
        self.userID = userID
        self.customerID = customerID
        self.email = email
        self.name = name
        self.registeredAt = registeredAt
    }

    package enum CodingKeys: String, CodingKey {
        case email, name
        case eventID = "event_id"
        case userID = "user_id"
        case customerID = "customer_id"
        case registeredAt = "registered_at"
    }
}

/// A page of a list.
package struct Page<Element: Codable & Sendable>: Codable, Sendable {
    package var data: [Element]
    package var total: Int
    package var page: Int
    package var perPage: Int
    package var totalPages: Int

    package init(data: [Element], total: Int, page: Int, perPage: Int) {
        self.data = data
        self.total = total
        self.page = page
        self.perPage = perPage
        self.totalPages = perPage > 0 ? (total + perPage - 1) / perPage : 0
    }
}
