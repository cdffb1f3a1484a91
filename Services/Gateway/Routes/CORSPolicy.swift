/// Which pages of other origins may read a route's answers (the Fetch standard, "CORS protocol").
///
/// The gateway answers preflights itself: they come without credentials, so no token could be asked for. A preflight
/// is matched with the method that it asks for, not with OPTIONS.
package struct CORSPolicy: Sendable, Equatable {
    package enum Origins: Sendable, Equatable {
        /// `*`; never with credentials.
        case any
        /// Serialized origins: scheme, host, and port where it is not the scheme's own.
        case these(Set<String>)
    }

    package struct Preflight: Sendable, Equatable {
        /// Of a 204.
        package let fields: [HeaderField]
        /// For the log; nil when the page may go on. A page learns no more than that it may not.
        package let refusal: String?
    }

    package let origins: Origins
    /// Names of methods; case counts.
    package let methods: [String]
    /// `*` for all but `Authorization`, which Fetch wants by its name.
    package let headers: [String]
    /// Response fields that pages may read beside the few that they always may.
    package let expose: [String]
    package let credentials: Bool
    /// Seconds that a browser may remember a preflight's answer.
    package let maximumAge: Int64

    package init(
        origins: Origins, methods: [String], headers: [String] = [], expose: [String] = [], credentials: Bool = false,
        maximumAge: Int64 = 600
    ) {
        self.origins = origins
        self.methods = methods
        self.headers = headers
        self.expose = expose
        self.credentials = credentials
        self.maximumAge = maximumAge
    }

    /// Whether a request is one (Fetch, "CORS-preflight fetch").
    package static func isPreflight(method: String, origin: String?, requestedMethod: String?) -> Bool {
        method == "OPTIONS" && origin != nil && requestedMethod != nil
    }

    /// - Parameters:
    ///   - origin: of the one `Origin` line; nil when there is none, or more than one.
    ///   - requestedMethod: `Access-Control-Request-Method`.
    ///   - requestedHeaders: each line of `Access-Control-Request-Headers`.
    package func preflight(origin: String?, requestedMethod: String?, requestedHeaders: [String]) -> Preflight {
        let vary = HeaderField("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        func refused(_ reason: String) -> Preflight { Preflight(fields: [vary], refusal: reason) }
        guard let allowed = allowedOrigin(origin) else { return refused("this origin is not allowed") }
        guard let requestedMethod, methods.contains(requestedMethod) else {
            return refused("this method is not allowed from other origins")
        }
        let asked = requestedHeaders.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard asked.count <= 100, asked.allSatisfy(allowsHeader) else {
            return refused("a header that is not allowed from other origins")
        }
        var fields = [
            HeaderField("Access-Control-Allow-Origin", allowed),
            HeaderField("Access-Control-Allow-Methods", methods.joined(separator: ", ")),
        ]
        if !headers.isEmpty {
            fields.append(HeaderField("Access-Control-Allow-Headers", headers.joined(separator: ", ")))
        }
        if credentials { fields.append(HeaderField("Access-Control-Allow-Credentials", "true")) }
        fields.append(HeaderField("Access-Control-Max-Age", "\(maximumAge)"))
        return Preflight(fields: fields + [vary], refusal: nil)
    }

    /// What is added to the answer of an actual request; the upstream's own lines of these names are dropped
    /// (`replaces`), so that no two of them stand in one answer.
    package func fields(origin: String?) -> [HeaderField] {
        var fields: [HeaderField] = []
        // Whoever may not read an answer gets the same `Vary`: a cache must not hand it to those who may, or the
        // other way round.
        if case .these = origins { fields.append(HeaderField("Vary", "Origin")) }
        guard let allowed = allowedOrigin(origin) else { return fields }
        fields.append(HeaderField("Access-Control-Allow-Origin", allowed))
        if credentials { fields.append(HeaderField("Access-Control-Allow-Credentials", "true")) }
        if !expose.isEmpty {
            fields.append(HeaderField("Access-Control-Expose-Headers", expose.joined(separator: ", ")))
        }
        return fields
    }

    /// Of an upstream's answer on a route with a policy.
    package static func replaces(_ name: some Collection<UInt8>) -> Bool {
        let prefix = "access-control-"
        return name.count > prefix.utf8.count
            && zip(prefix.utf8, name).allSatisfy { $0 == LooseName.folded($1) }
    }

    /// Whether pages of that origin are among those that the policy is for.
    /// - Parameter origin: of the one `Origin` line; nil when there is none, or more than one.
    package func allows(origin: String?) -> Bool { allowedOrigin(origin) != nil }

    private func allowedOrigin(_ origin: String?) -> String? {
        guard let origin else { return nil }
        switch origins {
        case .any: return "*"
        // Compared byte by byte (Fetch, "CORS check"): what is sent back is a text of the file, never the client's.
        case .these(let known): return known.contains(origin) ? origin : nil
        }
    }

    private func allowsHeader(_ text: Substring) -> Bool {
        let name = text.trimmingBlanks.lowercased()
        if name.isEmpty { return true }
        return headers.contains { $0.lowercased() == name || $0 == "*" && name != "authorization" }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = self
        while text.utf8.first == 0x20 || text.utf8.first == 0x09 { text = text.dropFirst() }
        while text.utf8.last == 0x20 || text.utf8.last == 0x09 { text = text.dropLast() }
        return text
    }
}
