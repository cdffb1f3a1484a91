import Contracts
import Foundation

/// Somebody whose ID token was believed.
struct ProvenPerson: Sendable {
    var issuer: String
    var subject: String
    var email: EmailAddress?
    var isEmailVerified: Bool
    var name: PersonName?
    /// Of the ID token, which counts once.
    var tokenHash: String
    /// Seconds since the epoch.
    var tokenExpiresAt: Int64

    /// The domains that a provider is bound to are asked about at each login: who left one comes in no more.
    init(_ token: IDToken, profile: ProviderProfile, text: String, of provider: OIDCProvider) throws(AccountFault) {
        issuer = token.issuer
        subject = token.subject
        email = profile.email
        isEmailVerified = profile.isEmailVerified
        name = profile.name
        tokenHash = IDToken.fingerprint(text)
        tokenExpiresAt = token.expiresAt
        guard Self.isAllowed(profile, by: provider) else { throw .domain }
        // Google answers for the addresses of Gmail and of Workspaces alone; another address that somebody proved to it
        // once may be somebody else's by now (Google, "Verify the Google ID token").
        if provider.isGoogle, profile.hostedDomain == nil, email?.domain != "gmail.com" { isEmailVerified = false }
    }

    private static func isAllowed(_ profile: ProviderProfile, by provider: OIDCProvider) -> Bool {
        guard !provider.allowedDomains.isEmpty else { return true }
        if let hosted = profile.hostedDomain {
            guard provider.allowedDomains.contains(hosted) else { return false }
            // The Workspace says whose account it is; its addresses may be of its other domains.
            if provider.isGoogle { return true }
        }
        guard let domain = profile.email?.domain, profile.isEmailVerified else { return false }
        if provider.isGoogle, domain != "gmail.com" { return false }
        return provider.allowedDomains.contains(domain)
    }
}

extension EmailAddress {
    /// Lowercase.
    var domain: String { text.split(separator: "@").last.map(String.init) ?? "" }
}

/// The account that a first login makes, where it may make one.
struct Newcomer: Sendable {
    var user: User
    /// What the plant is told of a customer (`OutboxRows`).
    var message: (eventID: String, payload: String)?

    /// Nil where people don't come into being by signing in: at a platform portal without roles for them.
    init?(
        _ person: ProvenPerson, email: EmailAddress, of provider: OIDCProvider, kind: PortalKind, entropy: Entropy,
        now: Int64
    ) throws {
        let name = person.name?.text ?? String(email.text.prefix { $0 != "@" })
        switch kind {
        case .platform:
            guard !provider.roles.isEmpty else { return nil }
            user = User(
                id: entropy.identifier(), email: email.text, name: name, roles: provider.roles, customerID: nil,
                tokenVersion: 0, createdAt: now, disabledAt: nil)
        case .customer:
            let customerID = entropy.identifier()
            user = User(
                id: entropy.identifier(), email: email.text, name: name,
                roles: provider.roles.isEmpty ? [Role.customer] : provider.roles, customerID: customerID,
                tokenVersion: 0, createdAt: now, disabledAt: nil)
            let registration = CustomerRegistration(
                eventID: entropy.identifier(), userID: user.id, customerID: customerID, email: user.email,
                name: user.name, registeredAt: now)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            message = (
                registration.eventID, String(decoding: try encoder.encode(registration), as: UTF8.self)
            )
        }
    }
}
