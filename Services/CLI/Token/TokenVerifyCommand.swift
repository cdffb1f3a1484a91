import ArgumentParser
import HTTPKit
import Secrets
import Tokens

struct TokenVerifyCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify the token on standard input: exit 0 when it is valid, 1 when not.",
        discussion: """
            Without --jwks the keys are those that a service would load here (.env and environment). --signature-only \
            checks the compact JWS alone (RFC 7515), whatever its payload is; structure, header and key rules stay as \
            strict as for tokens. --format json prints valid, code and detail (when not valid), kid, algorithm (with \
            --signature-only), and subject, email, roles, issuer, customerID, sessionID, expiresAt otherwise. A file \
            that is missing is exit 66; under a key set that may not verify anything no token is valid, exit 1.

            Examples:
              lockstep token verify < token.txt
              lockstep token verify --jwks ring.json --signature-only --format json < message.jws
            """)

    @Option(
        help: "A JWK Set (or one JWK), symmetric or public keys, to verify with, instead of this environment's keys.")
    var jwks: String?

    @Flag(help: "The signature alone; any payload.")
    var signatureOnly = false

    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: FormatOption

    func run(in context: CommandContext) async throws(CommandFailure) {
        let text = try TokenInput.standardInput(of: context)
        let report =
            signatureOnly
            ? try await signature(of: text, in: context) : try await claims(of: text, in: context)
        switch output.format {
        case .json: context.console.out(try JSONText.of(report))
        case .text: for line in report.lines { context.console.out(line) }
        }
        if !report.valid { throw .negative }
    }

    private func signature(of text: String, in context: CommandContext) async throws(CommandFailure) -> TokenVerdict {
        let keys: PreparedKeys
        if let jwks {
            keys = PreparedKeys(keys: try KeyFile.keys(at: jwks, for: text, in: context))
        } else {
            keys = PreparedKeys(ring: try await SigningKeys.load(project, in: context).manager.ring)
        }
        do throws(TokenError) {
            let verified = try CompactJWS.verify(text, keys: keys, now: context.now())
            return TokenVerdict(
                valid: true, kid: verified.keyID.rawValue, algorithm: verified.algorithm.rawValue,
                payloadBytes: verified.payload.count)
        } catch {
            return TokenVerdict(error)
        }
    }

    private func claims(of text: String, in context: CommandContext) async throws(CommandFailure) -> TokenVerdict {
        let ring: KeyRing
        let policy: VerificationPolicy
        if let jwks {
            let keys = try KeyFile.keys(at: jwks, for: text, in: context)
            policy = try SigningKeys.settings(try Project.load(project, in: context)).policy
            ring = KeyRing(keys: keys, source: "file \(jwks)", environment: .development, version: 1)
        } else {
            let loaded = try await SigningKeys.load(project, in: context)
            ring = loaded.manager.ring
            policy = loaded.settings.policy
        }
        do throws(TokenError) {
            return TokenVerdict(try TokenVerifier(ring: ring, policy: policy).verify(text, now: context.now()))
        } catch {
            return TokenVerdict(error)
        }
    }
}
