/// One request to a store. It may carry credentials: nothing of it is logged or put into a fault.
package struct StoreRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// False where asking twice could do twice what is asked once.
    package var isRepeatable: Bool
    /// Whether an answer asks for patience in the store's own words, beside 429 and 5xx.
    package var isThrottled: @Sendable (StoreResponse) -> Bool
    /// Nil: the system's.
    package var trustRoots: TrustRoots?

    package init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        isRepeatable: Bool = true, isThrottled: @escaping @Sendable (StoreResponse) -> Bool = { _ in false },
        trustRoots: TrustRoots? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable
        self.isThrottled = isThrottled
        self.trustRoots = trustRoots
    }
}

/// What a store answered; of several attempts the last.
package struct StoreResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first of that name, whatever its case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// Why there is no answer. The reason is for operators and holds nothing of the request or of an answer.
package struct StoreFault: Error, Sendable, Hashable {
    package let reason: String
    /// Whether the server's certificate leads to no authority that is trusted. Nothing was sent to it.
    package let isUntrusted: Bool

    package init(reason: String, isUntrusted: Bool = false) {
        self.reason = reason
        self.isUntrusted = isUntrusted
    }
}
