import Secrets
import ServiceKit
import Testing

@testable import Portal

@Suite struct OIDCSettingsTests {
    private func settings(
        _ variables: [String: String], isLenient: Bool = false, kind: PortalKind = .platform
    ) -> (providers: [OIDCProvider], faults: [String]) {
        let reader = SettingsReader(variables: variables)
        let settings = OIDCSettings(reader: reader, isLenient: isLenient, kind: kind)
        do {
            try reader.finish()
            return (settings.providers, [])
        } catch {
            return (settings.providers, error.faults.map(\.variable).sorted())
        }
    }

    private static let corp = [
        "OIDC_PROVIDERS": "corp", "OIDC_CORP_ISSUER": "https://id.example.com/", "OIDC_CORP_CLIENT_ID": "lockstep",
    ]

    @Test("several at once, each with its own settings; Google's issuer needs no setting")
    func several() throws {
        let (providers, faults) = settings(
            Self.corp.merging([
                "OIDC_PROVIDERS": "google, corp", "OIDC_GOOGLE_CLIENT_ID": "g", "OIDC_GOOGLE_CLIENT_SECRET": "s",
                "OIDC_GOOGLE_AUDIENCES": "phone,tablet", "OIDC_CORP_DISPLAY_NAME": "Example & Co",
                "OIDC_CORP_ROLES": "viewer", "OIDC_CORP_ALLOWED_DOMAINS": "Example.com",
                "OIDC_CORP_SCOPES": "openid email",
                "OIDC_CORP_LINK_ACCOUNTS": "false",
            ]) { $1 })
        #expect(faults.isEmpty)
        #expect(providers.map(\.name) == ["google", "corp"])
        let google = try #require(providers.first)
        #expect(google.issuer == "https://accounts.google.com")
        #expect(google.displayName == "Google")
        #expect(google.audiences == ["phone", "tablet"])
        #expect(google.scopes == ["openid", "email", "profile"])
        #expect(google.linksAccounts)
        #expect(google.discoveryURL == "https://accounts.google.com/.well-known/openid-configuration")
        let corp = try #require(providers.last)
        // A slash at its end belongs to an issuer's name.
        #expect(corp.issuer == "https://id.example.com/")
        #expect(corp.discoveryURL == "https://id.example.com/.well-known/openid-configuration")
        #expect(corp.clientSecret == nil)
        #expect(corp.allowedDomains == ["example.com"])
        #expect(corp.roles == ["viewer"])
        #expect(!corp.linksAccounts)
    }

    @Test("none is the default")
    func none() {
        #expect(settings([:]).providers.isEmpty)
        #expect(settings(["OIDC_CORP_ISSUER": "x"]).faults.isEmpty)
    }

    @Test(
        "what can't be right stops the start, with the variable's name",
        arguments: [
            (["OIDC_PROVIDERS": "corp,corp"], "OIDC_PROVIDERS"), (["OIDC_PROVIDERS": "Corp"], "OIDC_PROVIDERS"),
            (["OIDC_PROVIDERS": "../corp"], "OIDC_PROVIDERS"), (["OIDC_CORP_ISSUER": ""], "OIDC_CORP_ISSUER"),
            (["OIDC_CORP_ISSUER": "http://id.example.com"], "OIDC_CORP_ISSUER"),
            (["OIDC_CORP_ISSUER": "http://127.0.0.1:1"], "OIDC_CORP_ISSUER"),
            (["OIDC_CORP_ISSUER": "https://id.example.com/?a=b"], "OIDC_CORP_ISSUER"),
            (["OIDC_CORP_ISSUER": "https://u:p@id.example.com"], "OIDC_CORP_ISSUER"),
            (["OIDC_CORP_CLIENT_ID": ""], "OIDC_CORP_CLIENT_ID"), (["OIDC_CORP_SCOPES": "email"], "OIDC_CORP_SCOPES"),
            (["OIDC_CORP_ALLOWED_DOMAINS": "not a domain"], "OIDC_CORP_ALLOWED_DOMAINS"),
            (["OIDC_CORP_ALLOW_HTTP": "true"], "OIDC_CORP_ALLOW_HTTP"),
            (["OIDC_CORP_DISPLAY_NAME": "a\u{202E}b"], "OIDC_CORP_DISPLAY_NAME"),
            (["OIDC_CORP_ROLES": "viewer"], "OIDC_CORP_ROLES"),
            (["OIDC_CORP_ROLES": "customer", "OIDC_CORP_ALLOWED_DOMAINS": "example.com"], "OIDC_CORP_ROLES"),
            (["OIDC_CORP_ROLES": "a b", "OIDC_CORP_ALLOWED_DOMAINS": "example.com"], "OIDC_CORP_ROLES"),
        ])
    func faults(change: [String: String], variable: String) {
        #expect(settings(Self.corp.merging(change) { $1 }).faults == [variable])
    }

    @Test("two providers of one issuer would know one person by two names")
    func oneIssuerTwice() {
        let twice = Self.corp.merging([
            "OIDC_PROVIDERS": "corp,again", "OIDC_AGAIN_ISSUER": "https://id.example.com/", "OIDC_AGAIN_CLIENT_ID": "b",
        ]) { $1 }
        #expect(settings(twice).faults == ["OIDC_PROVIDERS"])
    }

    @Test("plain http is for this machine, in development and test, and where it was asked for")
    func plainHTTP() {
        let local = ["OIDC_CORP_ISSUER": "http://127.0.0.1:19400", "OIDC_CORP_ALLOW_HTTP": "true"]
        #expect(settings(Self.corp.merging(local) { $1 }, isLenient: true).faults.isEmpty)
        let far = ["OIDC_CORP_ISSUER": "http://id.example.com", "OIDC_CORP_ALLOW_HTTP": "true"]
        #expect(settings(Self.corp.merging(far) { $1 }, isLenient: true).faults == ["OIDC_CORP_ISSUER"])
    }

    @Test("a portal that people sign in to through a provider has to know its own address")
    func publicURL() {
        let reader = SettingsReader(
            variables: Self.corp.merging([
                "DATABASE_URL": "sqlite:///p.sqlite", "PORTAL_DATA_KEY": "01234567890123456789012345678901",
            ]) { $1 })
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: .production, reader: reader)
        #expect(throws: SettingsError.self) { try reader.finish() }
        #expect(settings.providers.count == 1)
    }
}
