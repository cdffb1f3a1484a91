import Secrets
package import Tokens

/// A token that one loop verified, and all that it concluded from it alone.
package final class KnownToken {
    package let identity: Identity
    package let digest: TokenDigest
    /// Seconds since the epoch at which it is good.
    package let validity: Range<Int64>
    /// `X-User-*`, ready to be sent.
    package let identityLines: HeadBuffer
    /// The loop's revocations when it was last found to be none of them; 0: never.
    var passedRevocations: UInt64 = 0
    private var assertions: [(audience: String, issuedAt: Int64, text: String)] = []

    /// Seconds for which an assertion is said again. The upstream has the rest of its lifetime, and leeway, to read it.
    private static let assertionReuse: Int64 = 10
    /// Audiences whose assertions are kept: upstreams, of which there are few.
    private static let maximumAssertions = 4

    package init(_ verified: VerifiedToken, digest: TokenDigest) {
        identity = verified.identity
        validity = verified.validity
        self.digest = digest
        var lines = HeadBuffer()
        SetIdentityHeaders.writeUser(verified.identity, to: &lines)
        identityLines = lines
    }

    /// The gateway's word that a request with this token came through it, bound to no request in particular.
    /// - Parameter now: seconds since the epoch.
    func assertion(_ assertion: GatewayAssertion, audience: String, now: Int64) -> String {
        for known in assertions where known.audience == audience {
            if now >= known.issuedAt, now - known.issuedAt < Self.assertionReuse { return known.text }
        }
        let text = assertion.issue(
            audience: audience, tokenHash: digest.base64URL, method: nil, path: nil, now: now)
        assertions.removeAll { $0.audience == audience }
        if assertions.count == Self.maximumAssertions { assertions.removeFirst() }
        assertions.append((audience, now, text))
        return text
    }

    /// Estimated bytes: texts of more than 15 bytes lie outside of the value, each with a header of 32; with the place in a
    /// cache, and room for one assertion.
    package var size: Int {
        var outside = 0
        func add(_ text: String?) {
            if let count = text?.utf8.count, count > 15 { outside += count + 32 }
        }
        add(identity.subject)
        add(identity.email)
        add(identity.issuer)
        add(identity.keyID.rawValue)
        for role in identity.roles { add(role) }
        add(identity.customerID)
        add(identity.scope)
        add(identity.sessionID)
        add(identity.tokenID)
        return MemoryLayout<Identity>.stride + 160 + 64 + 32 + 16 * identity.roles.count + outside
            + identityLines.bytes.count + 96 + 512
    }
}
