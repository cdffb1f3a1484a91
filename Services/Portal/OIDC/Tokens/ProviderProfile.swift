import Secrets

/// What a provider says of a person beside who it is (OpenID Connect Core 1.0 §5.1), in an ID token or at its userinfo
/// endpoint. What can't be read is as good as not said.
struct ProviderProfile: Sendable, Equatable {
    var email: EmailAddress?
    var isEmailVerified: Bool
    var name: PersonName?
    /// Google's: the Workspace that the account belongs to. Lowercase.
    var hostedDomain: String?

    init(_ json: StrictJSON) {
        email = json.text("email").flatMap { $0.utf8.count <= 1024 ? EmailAddress($0) : nil }
        // A text at some providers, for all that §5.1 says.
        isEmailVerified =
            json.member(json.root, "email_verified").map { json.kind($0) == .true || json.equals($0, "true") } ?? false
        name = json.text("name").flatMap { $0.utf8.count <= PersonName.maximumBytes ? PersonName($0) : nil }
        hostedDomain = json.text("hd").flatMap { $0.utf8.count <= 253 ? $0.lowercased() : nil }
    }
}
