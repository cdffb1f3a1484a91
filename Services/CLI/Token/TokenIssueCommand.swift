import ArgumentParser
import Contracts
import HTTPKit
import Manifests
import Secrets
import ServiceKit
import Tokens

struct TokenIssueCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Sign an access token, in development and test only.",
        discussion: """
            Signs with the key that the services load, and prints the token alone. In staging and production only the \
            portals sign: there this command refuses (exit 78). --format json prints token, kid, jti, issuedAt and \
            expiresAt (seconds since the epoch).

            Examples:
              lockstep token issue --sub u1 --role admin --ttl 5m
              lockstep token issue --sub c1 --email c1@example.org --role customer --customer-id c-1 --ttl 1h
            """)

    @Option(help: "Subject: the user's id.")
    var sub: String

    @Option(help: "The user's email; by default made of the subject.")
    var email: String?

    @Option(help: "A role; may be repeated.")
    var role: [String]

    @Option(help: "How long it is valid: 90s, 15m, 1h.")
    var ttl = "15m"

    @Option(help: "The customer that the user belongs to.")
    var customerId: String?

    @Option(help: "Issuer; by default JWT_ISSUER, else the portal that may grant the roles.")
    var issuer: String?

    @Option(help: "Audience; by default JWT_AUDIENCE, else lockstep.")
    var audience: String?

    @Option(help: "Session id.")
    var sessionId = "cli"

    @Flag(help: "Leave the kid away, as older issuers do.")
    var withoutKid = false

    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard lifetime != nil else { throw ValidationError("--ttl is a duration of a second or more, like 15m.") }
        guard !role.isEmpty else { throw ValidationError("a token has at least one --role.") }
    }

    /// Every access token has one. `.invalid` (RFC 2606) is nobody's.
    private var defaultEmail: String { sub.contains("@") ? sub : "\(sub)@lockstep.invalid" }

    private var lifetime: Int64? {
        ComposeDuration.parse(ttl).map(\.components.seconds).flatMap { $0 > 0 ? $0 : nil }
    }

    func run(in context: CommandContext) async throws(CommandFailure) {
        guard let lifetime else { throw CommandFailure(.usage, "--ttl is a duration of a second or more, like 15m") }
        let keys = try await SigningKeys.load(project, in: context)
        let environment = keys.manager.environment
        guard environment.allowsDevelopmentFallback else {
            throw CommandFailure(
                .configuration,
                "tokens are issued by hand in development and test only, and this is \(environment.rawValue)"
                    + " (\(keys.manager.diagnostics().environmentDetectedFrom));"
                    + " log in at a portal, or set ENVIRONMENT=development on a development machine")
        }
        if lifetime > keys.settings.policy.maximumLifetime {
            context.say(
                "warning: verifiers refuse a token of more than \(keys.settings.policy.maximumLifetime) s"
                    + " (JWT_MAX_LIFETIME_HOURS)")
        }
        let tokens = TokenIssuer(
            issuer: issuer ?? keys.defaultIssuer(for: role), audience: audience ?? keys.settings.policy.audience,
            lifetime: lifetime)
        let claims = AccessClaims(
            subject: sub, email: email ?? defaultEmail, roles: role, sessionID: sessionId, customerID: customerId)
        let issued: IssuedToken
        var text: String
        do throws(SecretError) {
            let ring = keys.manager.ring
            issued = try await tokens.issue(claims, ring: ring, signers: keys.manager.signers, now: context.now())
            text = issued.text
            if withoutKid, let key = ring.current { text = try LegacyToken.withoutKeyID(text, key: key) }
        } catch {
            throw CommandFailure(.usage, "\(error.message) (\(error.code))")
        }
        switch output.format {
        case .text: context.console.out(text)
        case .json:
            context.console.out(
                try JSONText.of(
                    IssuedTokenReport(
                        token: text, kid: issued.keyID.rawValue, jti: issued.tokenID, issuedAt: issued.issuedAt,
                        expiresAt: issued.expiresAt)))
        }
    }
}

private struct IssuedTokenReport: Encodable {
    let token: String
    let kid: String
    let jti: String
    let issuedAt: Int64
    let expiresAt: Int64
}

extension SigningKeys {
    /// The portal that may grant these roles, unless JWT_ISSUER names one.
    fileprivate func defaultIssuer(for roles: [String]) -> String {
        namedIssuer ?? (roles.allSatisfy(Role.isCustomer) ? "lockstep-customer" : "lockstep-platform")
    }
}
