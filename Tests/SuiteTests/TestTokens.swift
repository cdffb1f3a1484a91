import Logging
import Secrets
import Tokens

/// Tokens minted as an issuer with a given secret would.
enum TestTokens {
    static func access(
        secret: String, now: Int64, issuer: String = "lockstep-platform", roles: [String] = ["admin"]
    ) async throws -> String {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let manager = try await SecretManager.load(
            variables: ["ENVIRONMENT": "development", "JWT_SECRET": secret], logger: logger, now: { now })
        let claims = AccessClaims(
            subject: "u-test", email: "test@lockstep.example", roles: roles, sessionID: "s-test")
        return try TokenIssuer(issuer: issuer, audience: "lockstep", lifetime: 900)
            .issue(claims, ring: manager.ring, now: now).text
    }
}
