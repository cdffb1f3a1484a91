import HTTPKit
import Secrets
import Tokens

/// The metadata and the public keys of one provider, as this replica holds them.
struct ProviderDocuments: Sendable {
    let provider: OIDCProvider
    private let metadataCache: CachedDocument<ProviderMetadata>
    private let keyCache: CachedDocument<PreparedKeys>

    /// - Parameter spread: 0 to 1.
    init(provider: OIDCProvider, spread: Double, fetch: @escaping CachedDocument<PreparedKeys>.Fetch) {
        self.provider = provider
        metadataCache = CachedDocument(spread: spread, fetch: fetch)
        keyCache = CachedDocument(spread: spread, fetch: fetch)
    }

    /// - Parameter now: seconds since the epoch.
    func metadata(now: Int64) async throws(OIDCFault) -> ProviderMetadata {
        try await metadataCache.value(at: provider.discoveryURL, now: now) { [provider] bytes throws(DocumentFault) in
            try ProviderMetadata(bytes, of: provider)
        }
    }

    func keys(_ metadata: ProviderMetadata, now: Int64) async throws(OIDCFault) -> PreparedKeys {
        try await keyCache.value(at: metadata.keySetURL, now: now, read: Self.reader(metadata))
    }

    /// Nil where nothing newer is to be had now.
    func newerKeys(_ metadata: ProviderMetadata, now: Int64) async throws(OIDCFault) -> PreparedKeys? {
        guard await keyCache.isRefreshed(now: now, read: Self.reader(metadata)) else { return nil }
        return try await keys(metadata, now: now)
    }

    private static func reader(_ metadata: ProviderMetadata) -> CachedDocument<PreparedKeys>.Read {
        { bytes throws(DocumentFault) in
            do throws(JWKSetFault) {
                let set = try JWKSet(bytes, algorithm: metadata.usualAlgorithm)
                // A key that everybody can read must not be one that signs: HS256 with it would be anybody's.
                guard set.keys.allSatisfy({ $0.secret == nil }), !set.holdsPrivateKeys else {
                    throw JWKSetFault(reason: "it publishes keys that sign")
                }
                return PreparedKeys(keys: set.keys)
            } catch {
                throw DocumentFault("not a set of public keys: \(error.reason)")
            }
        }
    }
}
