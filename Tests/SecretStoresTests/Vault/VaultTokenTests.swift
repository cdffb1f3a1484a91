import Testing

@testable import SecretStores

@Suite("Vault's login token")
struct VaultTokenTests {
    @Test(
        "is renewed as long as renewals bring a third of the first lease and may be repeated",
        arguments: [(90, true, true), (30, true, true), (29, true, false), (0, true, false), (90, false, false)]
            as [(Int64, Bool, Bool)])
    func renewals(seconds: Int64, isRenewable: Bool, expected: Bool) {
        let token = VaultToken(SecretText("a"), VaultLease(seconds: 90, isRenewable: true), now: 0)
        let renewed = token.renewed(by: VaultLease(seconds: seconds, isRenewable: isRenewable))
        #expect(renewed.isRenewable == expected)
        #expect(renewed.text == token.text)
    }

    @Test("a refusal may be its end a minute after the login, and not before")
    func refusals() {
        let token = VaultToken(SecretText("a"), .endless, now: 100)
        #expect(!token.mayHaveEnded(now: 159))
        #expect(token.mayHaveEnded(now: 160))
    }

    @Test("renewals are due after two thirds of a lease, however long it is said to be")
    func renewal() {
        #expect(VaultToken.renewal(of: 90) == 60)
        #expect(VaultToken.renewal(of: 1) == 1)
        #expect(VaultToken.renewal(of: .max) > 0)
    }
}
