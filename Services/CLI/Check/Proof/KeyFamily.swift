import Evidence

/// What a signing secret is for, by its name: secrets of one family are meant to be one key.
///
/// `JWT_SECRET`, `PGRST_JWT_SECRET` and `JWT_SECRET_KEY` sign the same kind of token; `REFRESH_TOKEN_SECRET` and
/// `ADMIN_JWT_SECRET` others. A name that says nothing (`SECRET_KEY`, once code shows that it signs) is of the access family.
struct KeyFamily: Hashable, Sendable {
    let name: String

    static let access = KeyFamily(name: "JWT_SECRET")

    private init(name: String) { self.name = name }

    init(variable: String) {
        guard let secret = SigningSecretName(variable), [.signing, .refresh].contains(secret.purpose) else {
            self = .access
            return
        }
        // TOKEN_SECRET, AUTH_SECRET and SIGNING_KEY name no owner.
        self.name = secret.family.contains("JWT") || secret.purpose == .refresh ? secret.family : Self.access.name
    }
}

extension SigningSecretName {
    /// Whether the name alone says that it holds a key for tokens.
    static func isSigning(_ name: String) -> Bool {
        switch purpose(of: name) {
        case .signing, .refresh: true
        case .ambiguous, .other, nil: false
        }
    }
}
