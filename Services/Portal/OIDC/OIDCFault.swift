/// Why a login through a provider did not come about. `word` is what the audit trail keeps. Knows no HTTP.
enum OIDCFault: Error, Equatable, Sendable {
    /// The state is unknown, used, expired, another browser's, or another provider's.
    case flowUnknown
    /// The answer names another issuer than the one that was asked (RFC 9207 §2.4), or none where one was promised.
    case issuerMismatch
    /// The person said no, at the provider.
    case denied
    /// Another error code of the provider (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6).
    case providerError(String)
    /// An answer without code and error, or with too much of either.
    case malformedAnswer
    /// It does not answer, or not now; the text is for operators.
    case unavailable(String)
    /// It answers what no provider may; the text is for operators.
    case misconfigured(String)
    /// The code was used before, or is none of this client's.
    case codeRefused
    case idToken(IDTokenFault)
    case account(AccountFault)
    /// What was begun as a link to an account came back to a browser that is not signed in there (any more) with the
    /// session that began it.
    case sessionChanged

    var word: String {
        switch self {
        case .flowUnknown: "state_unknown"
        case .issuerMismatch: "issuer_mismatch"
        case .denied: "access_denied"
        case .providerError(let code): "provider_error \(code)"
        case .malformedAnswer: "answer_malformed"
        case .unavailable: "provider_unavailable"
        case .misconfigured: "provider_misconfigured"
        case .codeRefused: "code_refused"
        case .idToken(let fault): fault.rawValue
        case .account(let fault): fault.rawValue
        case .sessionChanged: "session_changed"
        }
    }

    /// For the log alone.
    var cause: String? {
        switch self {
        case .unavailable(let text), .misconfigured(let text): text
        case .flowUnknown, .issuerMismatch, .denied, .providerError, .malformedAnswer, .codeRefused, .idToken, .account,
            .sessionChanged:
            nil
        }
    }
}

/// Why an ID token is not believed (OpenID Connect Core 1.0 §3.1.3.7).
enum IDTokenFault: String, Error, Equatable, Sendable, CaseIterable {
    case malformed = "id_token_malformed"
    case algorithm = "id_token_algorithm"
    case unknownKey = "id_token_key_unknown"
    case signature = "id_token_signature"
    case issuer = "id_token_issuer"
    case audience = "id_token_audience"
    case authorizedParty = "id_token_authorized_party"
    case subject = "id_token_subject"
    case expired = "id_token_expired"
    case notYetValid = "id_token_not_yet_valid"
    case livesTooLong = "id_token_lives_too_long"
    case nonce = "id_token_nonce"
    case accessTokenHash = "id_token_access_token_hash"
    /// It was presented before.
    case replayed = "id_token_replayed"
}

/// Why a proven person gets no session here, or is not linked to an account.
enum AccountFault: String, Error, Equatable, Sendable, CaseIterable {
    case emailMissing = "email_missing"
    case emailUnverified = "email_unverified"
    case domain = "domain_not_allowed"
    case unknown = "account_unknown"
    case disabled = "account_disabled"
    /// There is an account of that address, and the provider may not open it.
    case linkingOff = "account_not_linked"
    /// It opens another account here.
    case taken = "identity_taken"
    /// The account has as many as it may.
    case tooMany = "identities_too_many"
    /// Nobody ever showed that the account's address is theirs: its owner may be somebody else, who is yet to come.
    case ownAddressUnverified = "own_address_unverified"
}
