import Secrets

/// What a provider says of itself (OpenID Connect Discovery 1.0 §3), as far as it is used here.
struct ProviderMetadata: Sendable, Equatable {
    var authorizationEndpoint: String
    var tokenEndpoint: String
    var keySetURL: String
    var userInfoEndpoint: String?
    /// `client_secret_basic` unless it knows `client_secret_post` alone.
    var takesSecretInBody: Bool
    /// RFC 9207 §3: each answer names its issuer.
    var namesIssuerInAnswers: Bool
    /// Of RSA keys that name no algorithm (RFC 7517 §4.4).
    var usualAlgorithm: KeyAlgorithm

    /// - Throws: why it can't be used; nothing of it is repeated.
    init(_ bytes: [UInt8], of provider: OIDCProvider) throws(DocumentFault) {
        let json: StrictJSON
        do {
            json = try StrictJSON(
                bytes, limits: StrictJSON.Limits(bytes: 262_144, depth: 8, members: 512, nodes: 16_384))
        } catch {
            throw DocumentFault("the metadata is not strict JSON: \(error)")
        }
        // §4.3: exactly, or somebody else's metadata would do.
        guard let issuer = json.member(json.root, "issuer"), json.string(issuer) == provider.issuer else {
            throw DocumentFault("the metadata names another issuer than \(provider.issuer)")
        }
        func endpoint(_ name: StaticString) throws(DocumentFault) -> String? {
            guard let value = json.member(json.root, name) else { return nil }
            guard let url = json.string(value), provider.mayVisit(url) else {
                throw DocumentFault("\(name) of the metadata is not an https address")
            }
            return url
        }
        func required(_ name: StaticString) throws(DocumentFault) -> String {
            guard let url = try endpoint(name) else { throw DocumentFault("the metadata has no \(name)") }
            return url
        }
        authorizationEndpoint = try required("authorization_endpoint")
        tokenEndpoint = try required("token_endpoint")
        keySetURL = try required("jwks_uri")
        userInfoEndpoint = try endpoint("userinfo_endpoint")
        let methods = json.texts("token_endpoint_auth_methods_supported")
        takesSecretInBody = !methods.isEmpty && !methods.contains("client_secret_basic")
        namesIssuerInAnswers =
            json.member(json.root, "authorization_response_iss_parameter_supported").map { json.kind($0) == .true }
            ?? false
        let algorithms = json.texts("id_token_signing_alg_values_supported").compactMap(KeyAlgorithm.init)
        usualAlgorithm =
            algorithms.contains(.rs256) ? .rs256 : algorithms.first { $0.family == .rsa } ?? .rs256
    }
}

/// Why a document of a provider can't be used, for operators.
struct DocumentFault: Error, Equatable, Sendable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

extension StrictJSON {
    /// The texts of a list of the outermost object; empty where there is none.
    fileprivate func texts(_ name: StaticString) -> [String] {
        member(root, name).map { elements($0).compactMap { string($0) } } ?? []
    }
}
