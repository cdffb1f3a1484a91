import Testing
import Tokens

@Suite("JWT_TRUSTED_ISSUERS")
struct TrustedIssuersTests {
    @Test("the suite's own line reads as the suite's own value")
    func suite() throws {
        let read = try TrustedIssuers.parse("lockstep-platform=platform,lockstep-customer=customer").get()
        #expect(read == .suite)
        #expect(
            try TrustedIssuers.parse(" a = all , b=customer ").get() == TrustedIssuers(["a": .all, "b": .customer]))
        #expect(
            try TrustedIssuers.parse("https://x.example/=all").get() == TrustedIssuers(["https://x.example/": .all]))
    }

    @Test(
        "what is not NAME=GRANTS is refused, with a reason",
        arguments: [
            "", ",", "a", "a=", "=all", "a=root", "a=all,", "a=all,a=all", "a=all;b=all", "a\u{7}=all", "a=ALL",
        ])
    func refused(_ text: String) {
        guard case .failure(let fault) = TrustedIssuers.parse(text) else {
            Issue.record("accepted")
            return
        }
        #expect(!fault.reason.isEmpty)
    }

    @Test(
        "grants",
        arguments: [
            (TrustedIssuers.Grants.platform, "super_admin", true), (.platform, "customer", false),
            (.platform, "customer_x", false), (.platform, "customers", true), (.customer, "customer", true),
            (.customer, "customer_admin", true), (.customer, "admin", false), (.customer, "super_admin", false),
            (.all, "super_admin", true), (.all, "customer", true),
        ])
    func grants(_ grants: TrustedIssuers.Grants, _ role: String, _ allowed: Bool) {
        #expect(grants.allow(role) == allowed)
    }
}
