import Crypto
import Foundation
import Secrets
import Synchronization
import TestSupport
import Tokens

@testable import Portal

/// An OpenID provider in process that does as it should, or whatever a test makes it do: it signs with its own keys, and
/// every document and token of it can be altered on its way out.
final class TestProvider: Sendable {
    typealias Members = [String: any Sendable]

    struct Behaviour: Sendable {
        var keys: [RingKey]
        /// In what is published; nil: `keys`.
        var published: [RingKey]?
        var namesKeys = true
        var metadata: @Sendable (inout Members) -> Void = { _ in }
        var keySet: @Sendable (inout Members) -> Void = { _ in }
        var claims: @Sendable (inout Members) -> Void = { _ in }
        var header: @Sendable (inout Members) -> Void = { _ in }
        var userInfo: Members?
        /// In place of the token, as it would be.
        var token: @Sendable (String) -> String = { $0 }
        /// In place of the answer.
        var answer: @Sendable (_ path: String) -> UpstreamServer.Answer? = { _ in nil }
        /// Of the person who signs in.
        var profile: Members = [
            "sub": "ada-at-corp", "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace",
        ]
        /// Seconds since the epoch.
        var now: @Sendable () -> Int64
    }

    static let clientID = "lockstep-portal"
    static let clientSecret = "correct horse & battery: staple+"

    private struct Code: Sendable {
        var nonce: String
        var challenge: String
        var redirectURI: String
    }

    private struct State: Sendable {
        var behaviour: Behaviour
        var codes: [String: Code] = [:]
        var issued = 0
    }

    private let state: Mutex<State>
    private let holder = Mutex<UpstreamServer?>(nil)

    private init(_ behaviour: Behaviour) { state = Mutex(State(behaviour: behaviour)) }

    /// Runs `body` with a provider that is stopped afterwards.
    static func with<T>(
        _ clock: ManualClock, key: RingKey = TestProvider.key(.es256), _ body: (TestProvider) async throws -> T
    ) async throws -> T {
        let provider = TestProvider(Behaviour(keys: [key], now: { clock.now }))
        return try await UpstreamServer.with({ provider.answer($0) }) { server in
            provider.holder.withLock { $0 = server }
            return try await body(provider)
        }
    }

    private var server: UpstreamServer? { holder.withLock { $0 } }
    var issuer: String { server?.url ?? "" }
    func requests(to path: String) -> [UpstreamServer.Received] { server?.requests(to: path) ?? [] }
    func stop() async { await server?.stop() }

    func change(_ body: @Sendable (inout Behaviour) -> Void) { state.withLock { body(&$0.behaviour) } }
    private var behaviour: Behaviour { state.withLock { $0.behaviour } }

    // MARK: keys

    /// One of its kind for the whole run: RSA keys take their time.
    static func key(_ algorithm: KeyAlgorithm) -> RingKey { keys[algorithm] ?? fresh(algorithm) }

    static func fresh(_ algorithm: KeyAlgorithm) -> RingKey {
        guard let material = try? KeyMaterial.generate(for: algorithm) else { fatalError("no key could be made") }
        return RingKey(
            id: KeyID.derived(from: material), algorithm: algorithm, material: material, state: .current)
    }

    private static let keys: [KeyAlgorithm: RingKey] = Dictionary(
        uniqueKeysWithValues: [.es256, .rs256, .eddsa].map { ($0, fresh($0)) })

    // MARK: the browser's part

    /// What a browser that was sent to `location` comes back with, after the person agreed.
    func consent(to location: String) throws -> [String: String] {
        let parameters = Self.parameters(of: location)
        guard location.hasPrefix(issuer + "/authorize?"), let redirectURI = parameters["redirect_uri"],
            let state = parameters["state"], let challenge = parameters["code_challenge"]
        else { throw Unexpected(text: location) }
        let code = self.state.withLock { state in
            state.issued += 1
            let code = "code-\(state.issued)"
            state.codes[code] = Code(
                nonce: parameters["nonce"] ?? "", challenge: challenge, redirectURI: redirectURI)
            return code
        }
        return ["code": code, "state": state]
    }

    struct Unexpected: Error { let text: String }

    static func parameters(of address: String) -> [String: String] {
        let items = URLComponents(string: address)?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    // MARK: answers

    private func answer(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        let behaviour = behaviour
        if let answer = behaviour.answer(request.path) { return answer }
        switch request.path {
        case "/.well-known/openid-configuration": return .json(metadata(behaviour))
        case "/keys": return .json(keySet(behaviour))
        case "/token": return token(request, behaviour)
        case "/userinfo": return .json(Self.json(behaviour.userInfo ?? [:]))
        default: return .json("{}", status: 404)
        }
    }

    private func metadata(_ behaviour: Behaviour) -> String {
        var members: Members = [
            "issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
            "jwks_uri": issuer + "/keys", "response_types_supported": ["code"],
        ]
        if behaviour.userInfo != nil { members["userinfo_endpoint"] = issuer + "/userinfo" }
        behaviour.metadata(&members)
        return Self.json(members)
    }

    private func keySet(_ behaviour: Behaviour) -> String {
        let ring = KeyRing(
            keys: behaviour.published ?? behaviour.keys, source: "a test", environment: .test, version: 1)
        let bytes = PublishedKeySet(ring: ring, now: 0).bytes
        guard let set = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let keys = set["keys"] as? [[String: String]]
        else { return "{}" }
        var members: Members = [
            "keys": keys.map { key in behaviour.namesKeys ? key : key.filter { $0.key != "kid" } }
        ]
        behaviour.keySet(&members)
        return Self.json(members)
    }

    private func token(_ request: UpstreamServer.Received, _ behaviour: Behaviour) -> UpstreamServer.Answer {
        let form = Self.parameters(of: "http://x/?" + String(decoding: request.body, as: UTF8.self))
        let basic =
            "Basic "
            + Data(
                "\(Self.clientID):\(Self.clientSecret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
                    .utf8
            ).base64EncodedString()
        let isClient =
            request.values("Authorization") == [basic]
            || form["client_id"] == Self.clientID && form["client_secret"] == Self.clientSecret
        guard isClient else { return .json(#"{"error":"invalid_client"}"#, status: 401) }
        let code = state.withLock { $0.codes.removeValue(forKey: form["code"] ?? "") }
        let challenge = Base64URL.encode(Array(SHA256.hash(data: Data((form["code_verifier"] ?? "").utf8))))
        guard let code, form["grant_type"] == "authorization_code", form["redirect_uri"] == code.redirectURI,
            code.challenge == challenge
        else { return .json(#"{"error":"invalid_grant"}"#, status: 400) }
        return .json(
            Self.json(["id_token": idToken(nonce: code.nonce), "access_token": "opaque", "token_type": "Bearer"]))
    }

    /// - Parameter nonce: nil: none in it.
    func idToken(nonce: String? = nil) -> String {
        let behaviour = behaviour
        var claims: Members = [
            "iss": issuer, "aud": Self.clientID, "iat": behaviour.now(), "exp": behaviour.now() + 600,
        ]
        claims.merge(behaviour.profile) { $1 }
        if let nonce { claims["nonce"] = nonce }
        behaviour.claims(&claims)
        guard let key = behaviour.keys.first else { return "" }
        var header: Members = ["alg": key.algorithm.rawValue, "typ": "JWT"]
        if behaviour.namesKeys { header["kid"] = key.id.rawValue }
        behaviour.header(&header)
        let text = try? CompactJWS.sign(
            Array(Self.json(claims).utf8), header: Base64URL.encodeBytes(Array(Self.json(header).utf8)), key: key)
        return behaviour.token(text ?? "")
    }

    static func json(_ members: Members) -> String {
        let data = try? JSONSerialization.data(withJSONObject: members as [String: Any], options: [.sortedKeys])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}
