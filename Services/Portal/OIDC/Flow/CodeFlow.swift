import Secrets

/// The authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636, RFC 9700 §2.1.1, OpenID Connect Core 1.0 §3.1).
struct CodeFlow: Sendable {
    let provider: OIDCProvider
    let documents: ProviderDocuments
    let endpoint: TokenEndpoint
    let store: FlowStore
    let seal: DataKeySeal
    /// Of this portal, without a trailing slash.
    let publicURL: String
    /// Seconds.
    let leeway: Int64
    let entropy: Entropy

    /// Another one for each provider (RFC 9700 §2.1), and the same at each step, to the letter.
    var redirectURI: String { "\(publicURL)/auth/oidc/\(provider.name)/callback" }

    /// - Parameters:
    ///   - linking: nil: somebody signs in.
    ///   - browser: what the browser holds while it is away.
    /// - Returns: where to send it.
    func start(
        returnTo: LocalPath, linking: LinkIntent? = nil, browser: OpaqueToken, now: Int64
    ) async throws -> String {
        let metadata = try await documents.metadata(now: now)
        let state = OpaqueToken(.oidcState, entropy: entropy)
        let login = PendingLogin(returnTo: returnTo, linking: linking, entropy: entropy)
        try await store.begin(
            FlowStore.Flow(
                stateHash: state.hash, browserHash: browser.hash, provider: provider.name,
                sealed: try seal.seal(login, stateHash: state.hash, provider: provider.name),
                expiresAt: now + FlowStore.lifetime))
        var fields = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI),
            ("scope", provider.scopes.joined(separator: " ")), ("state", state.text), ("nonce", login.nonce),
            ("code_challenge", login.challenge), ("code_challenge_method", "S256"),
        ]
        // Only which accounts Google offers; what comes back is checked all the same.
        if provider.isGoogle, provider.allowedDomains.count == 1 { fields.append(("hd", provider.allowedDomains[0])) }
        return FormText.url(metadata.authorizationEndpoint, fields)
    }

    struct Finished: Sendable {
        var token: IDToken
        /// As the provider sent it.
        var text: String
        var profile: ProviderProfile
    }

    /// - Parameter login: that was `pending` for this answer's state.
    func finish(_ answer: ProviderAnswer, of login: PendingLogin, now: Int64) async throws -> Finished {
        let metadata = try await documents.metadata(now: now)
        // RFC 9207 §2.4: also beside an error. Else an answer of one provider could pass for another's.
        guard answer.issuer.map({ $0 == provider.issuer }) ?? !metadata.namesIssuerInAnswers else {
            throw OIDCFault.issuerMismatch
        }
        let code: String
        switch answer.content {
        case .code(let given): code = given
        case .error("access_denied"): throw OIDCFault.denied
        case .error(let word): throw OIDCFault.providerError(word)
        }
        let exchange = try await endpoint.exchange(
            code: code, verifier: login.verifier, redirectURI: redirectURI, at: metadata, as: provider)
        let token = try await IDTokenVerifier(documents: documents).verify(
            exchange.idToken,
            rules: IDToken.Rules(
                issuer: provider.issuer, clients: [provider.clientID], nonce: login.nonce,
                accessToken: exchange.accessToken, leeway: leeway),
            metadata: metadata, now: now)
        return Finished(
            token: token, text: exchange.idToken, profile: try await profile(of: token, exchange, metadata))
    }

    /// What was begun with this state, which is spent by asking.
    /// - Parameter browser: what the browser holds; nil: nothing.
    func pending(_ state: OpaqueToken, browser: OpaqueToken?, now: Int64) async throws -> PendingLogin {
        guard let flow = try await store.take(stateHash: state.hash), flow.provider == provider.name,
            flow.browserHash == browser?.hash, now < flow.expiresAt,
            let login = seal.open(flow.sealed, stateHash: flow.stateHash, provider: flow.provider)
        else { throw OIDCFault.flowUnknown }
        return login
    }

    /// The ID token's, or what the userinfo endpoint says where that names no address (§5.4: with an access token, the
    /// claims of the scopes may be there alone).
    private func profile(
        of token: IDToken, _ exchange: CodeExchange, _ metadata: ProviderMetadata
    ) async throws(OIDCFault) -> ProviderProfile {
        guard token.profile.email == nil, let url = metadata.userInfoEndpoint, let accessToken = exchange.accessToken
        else { return token.profile }
        let json = try await endpoint.userInfo(accessToken, at: url)
        // §5.3.2: else somebody else's address could be put in.
        guard json.text("sub") == token.subject else { throw .idToken(.subject) }
        return ProviderProfile(json)
    }
}
