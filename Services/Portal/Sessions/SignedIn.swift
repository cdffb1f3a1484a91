import Tokens

/// A session that has just been opened.
struct SignedIn: Sendable {
    var user: User
    var session: Session
    /// A refresh token or a browser's session token, by the kind of session.
    var secret: OpaqueToken
    var access: IssuedToken
}

/// How somebody proved who they are.
enum SignInMethod: Equatable, Sendable, CustomStringConvertible {
    case password
    /// By the name that the settings give the provider.
    case oidc(provider: String)

    /// As the audit trail tells it.
    var description: String {
        switch self {
        case .password: "password"
        case .oidc(let provider): "\(Self.oidcPrefix)\(provider)"
        }
    }

    /// - Parameter description: of one of these.
    init(_ description: String) {
        self =
            description.hasPrefix(Self.oidcPrefix)
            ? .oidc(provider: String(description.dropFirst(Self.oidcPrefix.count))) : .password
    }

    private static let oidcPrefix = "oidc "
}

/// Who has proved who they are, and what they want of it.
struct SignIn: Sendable {
    var user: User
    var method: SignInMethod
    var kind: Session.Kind
    /// A browser's former session, which the new one takes the place of.
    var replaces: String?
    /// Counter of guesses that are forgiven with it (`LoginService.accountKey`); nil where none was counted.
    var account: String?
    /// The hash that the password was verified against; nil where something else was proven.
    var verifiedHash: String?
    /// What it is replaced with, where its parameters are outdated.
    var renewedHash: String?
    var caller: Caller
    /// Seconds since the epoch.
    var now: Int64
}
