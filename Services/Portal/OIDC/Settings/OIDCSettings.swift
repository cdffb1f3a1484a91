import Secrets
import ServiceKit

/// Who people may sign in with, beside their password. For each NAME of `OIDC_PROVIDERS`, in capitals:
///
/// | key | type | default |
/// |---|---|---|
/// | `OIDC_PROVIDERS` | list of names, lowercase letters and digits | none |
/// | `OIDC_NAME_ISSUER` | https URL, exactly as the provider spells it | Google's for `google`, else required |
/// | `OIDC_NAME_CLIENT_ID` | text | required |
/// | `OIDC_NAME_CLIENT_SECRET[_FILE]` (secret) | text | none: a public client |
/// | `OIDC_NAME_DISPLAY_NAME` | text of 1…40 characters, on the button | the name |
/// | `OIDC_NAME_SCOPES` | list by spaces | `openid email profile` |
/// | `OIDC_NAME_ALLOWED_DOMAINS` | list of domains | any |
/// | `OIDC_NAME_ROLES` | list; what a first login grants; with `_ALLOWED_DOMAINS` alone | none: known people alone |
/// | `OIDC_NAME_LINK_ACCOUNTS` | bool; a first login joins the account of the same verified address | true |
/// | `OIDC_NAME_AUDIENCES` | list; client ids whose ID tokens `…/verify` takes beside `_CLIENT_ID` | none |
/// | `OIDC_NAME_ALLOW_HTTP` | bool; plain http on this machine, in development and test | false |
struct OIDCSettings: Sendable, Equatable {
    static let maximumProviders = 16

    var providers: [OIDCProvider]

    /// - Parameters:
    ///   - isLenient: development or test.
    ///   - kind: whose roles may be granted.
    init(reader: SettingsReader, isLenient: Bool, kind: PortalKind) {
        providers = []
        let names = reader.list("OIDC_PROVIDERS")
        if names.count > Self.maximumProviders || Set(names).count != names.count {
            reader.fault(
                "OIDC_PROVIDERS", "names a provider twice, or more than \(Self.maximumProviders).",
                mend: "Name each once.")
            return
        }
        for name in names {
            guard Self.isName(name) else {
                reader.fault(
                    "OIDC_PROVIDERS", "has a name that is not 1 to 32 lowercase letters and digits.",
                    mend: "Use names such as google,corp: they stand in addresses and in variables.")
                continue
            }
            if let provider = Self.provider(name, reader: reader, isLenient: isLenient, kind: kind) {
                providers.append(provider)
            }
        }
        // An identity is an issuer and a subject: two clients of one issuer may know one person by two subjects.
        let issuers = providers.map(\.issuer)
        if Set(issuers).count != issuers.count {
            reader.fault("OIDC_PROVIDERS", "names two providers of one issuer.", mend: "Keep one of them.")
        }
    }

    private static func provider(
        _ name: String, reader: SettingsReader, isLenient: Bool, kind: PortalKind
    ) -> OIDCProvider? {
        let prefix = "OIDC_\(name.uppercased())_"
        let allowsPlainHTTP = reader.bool(prefix + "ALLOW_HTTP", default: false)
        if allowsPlainHTTP && !isLenient {
            reader.fault(prefix + "ALLOW_HTTP", "is for development and test alone.", mend: "Leave it out.")
        }
        let clientID = reader.require(prefix + "CLIENT_ID", mend: "Set what the provider calls this client.")
        let secret = reader.secret(prefix + "CLIENT_SECRET", minimumBytes: 1)
        let domains = reader.list(prefix + "ALLOWED_DOMAINS").map { $0.lowercased() }
        if !domains.allSatisfy({ EmailAddress("a@\($0)") != nil }) {
            reader.fault(
                prefix + "ALLOWED_DOMAINS", "has something that is no domain.", mend: "Use domains such as example.com."
            )
        }
        let scopes = reader.string(prefix + "SCOPES", default: "openid email profile").split(separator: " ")
            .map(String.init)
        if !scopes.contains("openid") {
            reader.fault(prefix + "SCOPES", "does not have openid.", mend: "Without it there is no ID token.")
        }
        let provider = OIDCProvider(
            name: name, issuer: issuer(name, prefix, reader, allowsPlainHTTP: allowsPlainHTTP), clientID: clientID,
            clientSecret: secret, displayName: displayName(name, prefix, reader), scopes: scopes,
            allowedDomains: domains,
            roles: roles(prefix, reader, kind: kind, isBound: !domains.isEmpty),
            linksAccounts: reader.bool(prefix + "LINK_ACCOUNTS", default: true),
            audiences: reader.list(prefix + "AUDIENCES"), allowsPlainHTTP: allowsPlainHTTP)
        return provider.issuer.isEmpty || clientID.isEmpty ? nil : provider
    }

    private static func issuer(
        _ name: String, _ prefix: String, _ reader: SettingsReader, allowsPlainHTTP: Bool
    ) -> String {
        let variable = prefix + "ISSUER"
        if name == OIDCProvider.google && reader.string(variable) == nil { return OIDCProvider.googleIssuer }
        let issuer = reader.require(variable, mend: "Set the provider's address, as its metadata spells it.")
        // Checked as an address, kept as it is: a trailing slash belongs to the name.
        guard !issuer.isEmpty, reader.url(variable) != nil else { return "" }
        guard issuer.hasPrefix("https://") || allowsPlainHTTP && OIDCProvider.isLoopback(issuer) else {
            reader.fault(
                variable, "is not https: whoever can answer in the provider's place would say who people are.",
                mend:
                    "Use https; in development and test a provider on this machine may be http with \(prefix)ALLOW_HTTP."
            )
            return ""
        }
        return issuer
    }

    private static func displayName(_ name: String, _ prefix: String, _ reader: SettingsReader) -> String {
        let usual = name == OIDCProvider.google ? "Google" : name.prefix(1).uppercased() + name.dropFirst()
        guard let text = reader.string(prefix + "DISPLAY_NAME") else { return usual }
        guard BoundedText.line(text, maximumBytes: 160) == text, text.count <= 40 else {
            reader.fault(prefix + "DISPLAY_NAME", "is not plain text of 1 to 40 characters.", mend: "Shorten it.")
            return usual
        }
        return text
    }

    private static func roles(
        _ prefix: String, _ reader: SettingsReader, kind: PortalKind, isBound: Bool
    ) -> [String] {
        let roles = reader.list(prefix + "ROLES")
        let isPlain = roles.allSatisfy { role in
            (1...64).contains(role.utf8.count)
                && role.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        }
        if !isPlain || !roles.allSatisfy(kind.mayGrant) {
            reader.fault(
                prefix + "ROLES", "has a role that a \(kind.rawValue) portal does not grant.",
                mend: "Name roles of this portal's kind.")
        }
        if kind == .platform && !roles.isEmpty && !isBound {
            reader.fault(
                prefix + "ROLES", "grants roles to everybody who has an account at the provider.",
                mend: "Say with \(prefix)ALLOWED_DOMAINS whose people these are.")
        }
        return roles
    }

    private static func isName(_ name: String) -> Bool {
        (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
    }
}
