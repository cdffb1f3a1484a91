import Secrets
import Tokens

/// Whether an ID token is this provider's: its signature with the provider's keys, fetched anew for one that is not held,
/// and then its claims.
struct IDTokenVerifier: Sendable {
    let documents: ProviderDocuments

    /// - Parameter now: seconds since the epoch.
    func verify(
        _ text: String, rules: IDToken.Rules, metadata: ProviderMetadata, now: Int64
    ) async throws(OIDCFault) -> IDToken {
        let signed = try await signature(of: text, metadata: metadata, now: now)
        do throws(IDTokenFault) {
            let token = try IDToken(signed.payload)
            try token.check(rules, algorithm: signed.algorithm, now: now)
            return token
        } catch {
            throw .idToken(error)
        }
    }

    private func signature(
        of text: String, metadata: ProviderMetadata, now: Int64
    ) async throws(OIDCFault) -> CompactJWS.Verified {
        let keys = try await documents.keys(metadata, now: now)
        do throws(TokenError) {
            return try CompactJWS.verify(text, keys: keys, now: now)
        } catch {
            guard Self.isMendedByNewerKeys(error), let newer = try await documents.newerKeys(metadata, now: now) else {
                throw .idToken(IDTokenFault(error))
            }
            do throws(TokenError) {
                return try CompactJWS.verify(text, keys: newer, now: now)
            } catch {
                throw .idToken(IDTokenFault(error))
            }
        }
    }

    /// A token without `kid` says by its signature alone that its key is not among those held.
    private static func isMendedByNewerKeys(_ error: TokenError) -> Bool {
        switch error {
        case .unknownKey, .badSignature(nil): true
        default: false
        }
    }
}

extension IDTokenFault {
    /// Of a signature; claims are not looked at there.
    init(_ error: TokenError) {
        switch error {
        case .unsupportedAlgorithm: self = .algorithm
        case .unknownKey, .revoked: self = .unknownKey
        case .badSignature: self = .signature
        case .missing, .malformed, .expired, .notYetValid, .wrongIssuer, .wrongAudience, .roleNotAllowed,
            .tokenTooLong:
            self = .malformed
        }
    }
}
