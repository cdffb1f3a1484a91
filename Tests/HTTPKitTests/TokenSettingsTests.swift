import HTTPKit
import Secrets
import ServiceKit
import Testing
import Tokens

@Suite("Token settings")
struct TokenSettingsTests {
    private func settings(_ variables: [String: String], issuer: String? = nil) throws -> TokenSettings {
        let reader = SettingsReader(variables: variables)
        let settings = TokenSettings(reader: reader, defaultIssuer: issuer)
        try reader.finish()
        return settings
    }

    private func faults(_ variables: [String: String], issuer: String? = nil) throws -> [SettingsFault] {
        try #require(throws: SettingsError.self) { try settings(variables, issuer: issuer) }.faults
    }

    @Test("a verifier's defaults are the suite's")
    func verifierDefaults() throws {
        let settings = try settings([:])
        #expect(settings.algorithm == .hs256)
        #expect(settings.policy == VerificationPolicy())
        #expect(settings.issuer == nil)
    }

    @Test("an issuer signs for fifteen minutes under its own name")
    func issuerDefaults() throws {
        let settings = try settings([:], issuer: "lockstep-customer")
        #expect(settings.issuer == "lockstep-customer")
        #expect(settings.lifetime == 900)
        #expect(settings.policy.trustedIssuers == .suite)
    }

    @Test("a verifier given only JWT_ISSUER trusts that one for all roles")
    func onlyIssuer() throws {
        #expect(try settings(["JWT_ISSUER": "old"]).policy.trustedIssuers == TrustedIssuers(["old": .all]))
    }

    @Test("an issuer under another name keeps the roles of its usual one, and no more")
    func renamedIssuer() throws {
        let settings = try settings(["JWT_ISSUER": "acme-customers"], issuer: "lockstep-customer")
        #expect(settings.issuer == "acme-customers")
        #expect(
            settings.policy.trustedIssuers
                == TrustedIssuers(["acme-customers": .customer, "lockstep-platform": .platform]))
    }

    @Test("JWT_TRUSTED_ISSUERS says whom to trust")
    func trusted() throws {
        let settings = try settings(["JWT_TRUSTED_ISSUERS": "a=platform, b=customer", "JWT_AUDIENCE": "acme"])
        #expect(settings.policy.trustedIssuers == TrustedIssuers(["a": .platform, "b": .customer]))
        #expect(settings.policy.audience == "acme")
    }

    @Test("an issuer that would refuse its own tokens does not start")
    func untrustedSelf() throws {
        let faults = try faults(["JWT_TRUSTED_ISSUERS": "a=platform"], issuer: "lockstep-platform")
        #expect(faults.map(\.variable) == ["JWT_TRUSTED_ISSUERS"])
    }

    @Test("two names for one lifetime agree or are a fault")
    func aliases() throws {
        let both = ["ACCESS_TOKEN_EXPIRE_MINUTES": "120", "JWT_EXPIRATION_HOURS": "2"]
        #expect(try settings(both, issuer: "lockstep-platform").lifetime == 7200)
        #expect(try settings(["JWT_EXPIRATION_HOURS": "2"], issuer: "lockstep-platform").lifetime == 7200)
        let faults = try faults(
            ["ACCESS_TOKEN_EXPIRE_MINUTES": "15", "JWT_EXPIRATION_HOURS": "1"], issuer: "lockstep-platform")
        #expect(faults.count == 1)
        #expect(faults[0].problem.contains("JWT_EXPIRATION_HOURS"))
    }

    @Test("a lifetime in seconds, for tests and for the very careful, is bounded below")
    func seconds() throws {
        #expect(try settings(["ACCESS_TOKEN_EXPIRE_SECONDS": "5"], issuer: "lockstep-platform").lifetime == 5)
        let tooShort = try faults(["ACCESS_TOKEN_EXPIRE_SECONDS": "4"], issuer: "lockstep-platform")
        #expect(tooShort.map(\.variable) == ["ACCESS_TOKEN_EXPIRE_SECONDS"])
        let differing = try faults(
            ["ACCESS_TOKEN_EXPIRE_SECONDS": "90", "ACCESS_TOKEN_EXPIRE_MINUTES": "2"], issuer: "lockstep-platform")
        #expect(differing.map(\.variable) == ["ACCESS_TOKEN_EXPIRE_MINUTES"])
    }

    @Test("a lifetime that verifiers would refuse names the two settings that disagree")
    func tooLong() throws {
        let faults = try faults(["JWT_EXPIRATION_HOURS": "168"], issuer: "lockstep-platform")
        #expect(faults.map(\.variable) == ["JWT_EXPIRATION_HOURS"])
        #expect(faults[0].problem.contains("168"))
        #expect(faults[0].problem.contains("JWT_MAX_LIFETIME_HOURS is 24"))
        let week = ["JWT_EXPIRATION_HOURS": "168", "JWT_MAX_LIFETIME_HOURS": "168"]
        #expect(try settings(week, issuer: "lockstep-platform").lifetime == 604_800)
    }

    @Test(
        "values out of bounds are faults",
        arguments: [
            ("JWT_LEEWAY_SECONDS", "301"), ("JWT_LEEWAY_SECONDS", "-1"), ("JWT_MAX_LIFETIME_HOURS", "0"),
            ("JWT_ALGORITHM", "none"), ("JWT_ALGORITHM", "none"), ("JWT_TRUSTED_ISSUERS", "a"),
            ("JWT_TRUSTED_ISSUERS", "a=everything"),
        ])
    func bounds(_ name: String, _ value: String) throws {
        #expect(try faults([name: value]).map(\.variable) == [name])
    }
}
