/// What people do with the accounts at providers that open theirs.
struct IdentityService: Sendable {
    let store: IdentityStore
    let providers: [OIDCProvider]
    let entropy: Entropy

    /// - Returns: each with its provider; nil where that is configured no more.
    func list(of userID: String) async throws -> [(identity: LinkedIdentity, provider: OIDCProvider?)] {
        try await store.identities(of: userID).map { identity in
            (identity, providers.first { $0.issuer == identity.issuer })
        }
    }

    func remove(_ id: String, of userID: String, caller: Caller, now: Int64) async throws -> IdentityStore.Removal {
        let issuers = Set(providers.map(\.issuer))
        return try await store.remove(id: id, of: userID, open: { issuers.contains($0) }) { [entropy] identity in
            AuditEvent(
                .identityRemoved, .success, actor: userID, subject: userID,
                detail: "\(identity.issuer): subject \(identity.subject)", caller: caller, entropy: entropy, now: now)
        }
    }
}
