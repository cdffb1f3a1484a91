import Crypto
package import Secrets

/// The gateway's word to an upstream (`X-Gateway-Assertion`): this request, with this token of a client, came through
/// me. Signed with a key of its own, derived from the internal token; never with the key that signs people's tokens.
package struct GatewayAssertion: Sendable {
    /// Seconds.
    package static let lifetime: Int64 = 30
    /// Seconds that the clocks of gateway and upstream may differ.
    package static let leeway: Int64 = 5
    package static let issuer = "lockstep-gateway"

    package struct Claims: Sendable, Hashable {
        package let audience: String
        /// base64url(SHA-256(client token)), or nil when the request carried none.
        package let tokenHash: String?
        package let method: String?
        package let path: String?
        /// Seconds since the epoch.
        package let issuedAt: Int64
        /// Seconds since the epoch.
        package let expiresAt: Int64
    }

    private let key: ServiceKey

    package init(internalToken: SecretBytes) {
        key = ServiceKey(internalToken: internalToken, info: "lockstep/gateway-assertion/v1", kind: .gatewayAssertion)
    }

    /// - Parameters:
    ///   - audience: the upstream.
    ///   - clientToken: as the client sent it, without `Bearer `.
    ///   - method: for administrative routes; with `path` it binds the assertion to one request.
    ///   - now: seconds since the epoch.
    package func issue(audience: String, clientToken: String?, method: String?, path: String?, now: Int64) -> String {
        issue(audience: audience, tokenHash: clientToken.map(Self.hash), method: method, path: path, now: now)
    }

    /// - Parameter tokenHash: base64url of the client token's SHA-256, for who has it already; else as above.
    package func issue(audience: String, tokenHash: String?, method: String?, path: String?, now: Int64) -> String {
        var json = JSONObjectWriter()
        json.member("iss", Self.issuer)
        json.member("aud", audience)
        json.member("iat", now)
        json.member("exp", now + Self.lifetime)
        if let tokenHash { json.member("token_hash", tokenHash) }
        if let method { json.member("method", method) }
        if let path { json.member("path", path) }
        return key.sign(json.finish())
    }

    /// - Parameters:
    ///   - audience: the upstream that asks.
    ///   - clientToken: the token that the request carries; an assertion made for another, or for none, is refused.
    ///   - now: seconds since the epoch.
    /// - Returns: the claims; that method and path are those of the request is for the caller to compare.
    package func verify(_ assertion: String, audience: String, clientToken: String?, now: Int64) throws(TokenError)
        -> Claims
    {
        let json = try TokenClaims.object(try key.verify(assertion, now: now))
        var times = TokenTimes()
        var issuer: String?
        var namesAudience: Bool?
        var tokenHash: String?
        var method: String?
        var path: String?
        for (name, value) in json.members(json.root) {
            if json.equals(name, "iss") {
                issuer = try TokenClaims.text(json, value, "iss")
            } else if json.equals(name, "aud") {
                // One upstream, never a list: an assertion that serves two could be carried from one to the other.
                namesAudience = json.equals(value, Array(audience.utf8))
            } else if json.equals(name, "iat") {
                times.issuedAt = try TokenTimes.read(json, value, "iat")
            } else if json.equals(name, "exp") {
                times.expiresAt = try TokenTimes.read(json, value, "exp")
            } else if json.equals(name, "nbf") {
                times.notBefore = try TokenTimes.read(json, value, "nbf")
            } else if json.equals(name, "token_hash") {
                tokenHash = try TokenClaims.text(json, value, "token_hash")
            } else if json.equals(name, "method") {
                method = try TokenClaims.text(json, value, "method")
            } else if json.equals(name, "path") {
                path = try TokenClaims.text(json, value, "path", limit: TokenLimits.token)
            }
        }
        guard issuer == Self.issuer else { throw .wrongIssuer(DisplayText.of(issuer ?? "")) }
        guard namesAudience == true else { throw .wrongAudience }
        let (issuedAt, expiresAt) = try times.checked(
            now: now, leeway: Self.leeway, maximumLifetime: Self.lifetime)
        guard tokenHash == clientToken.map(Self.hash) else { throw .malformed("the assertion is for another token") }
        return Claims(
            audience: audience, tokenHash: tokenHash, method: method, path: path, issuedAt: issuedAt,
            expiresAt: expiresAt)
    }

    private static func hash(_ clientToken: String) -> String {
        var hash = SHA256()
        var token = clientToken
        token.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes { String(decoding: Base64URL.encodeBytes($0), as: UTF8.self) }
    }
}
