/// What a browser brings back from a provider (RFC 6749 §4.1.2, RFC 9207).
struct ProviderAnswer: Sendable, Equatable {
    static let maximumCodeBytes = 2048

    enum Content: Sendable, Equatable {
        case code(String)
        /// The provider's word for what went wrong.
        case error(String)
    }

    var state: OpaqueToken
    var content: Content
    /// RFC 9207 §2.
    var issuer: String?

    /// - Parameter parameters: decoded; one that stands twice makes the answer none (RFC 6749 §3.1).
    init(parameters: [(name: String, value: String)]) throws(OIDCFault) {
        func value(_ name: String) throws(OIDCFault) -> String? {
            let values = parameters.filter { $0.name == name }.map(\.value)
            guard values.count <= 1 else { throw .malformedAnswer }
            return values.first
        }
        guard let state = try value("state").flatMap({ OpaqueToken(.oidcState, parsing: $0) }) else {
            throw .flowUnknown
        }
        self.state = state
        issuer = try value("iss")
        switch (try value("code"), try value("error")) {
        case (let code?, nil):
            guard (1...Self.maximumCodeBytes).contains(code.utf8.count),
                code.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
            else { throw .malformedAnswer }
            content = .code(code)
        case (nil, let error?): content = .error(Self.word(error))
        case (nil, nil), (_?, _?): throw .malformedAnswer
        }
    }

    /// An error code as it may be kept and shown: one of the registered form, cut.
    static func word(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        return isPlain && (1...64).contains(text.utf8.count) ? text : "unknown"
    }
}
