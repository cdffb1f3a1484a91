import Crypto
import CryptoExtras
import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a file of credentials says, and how it is turned into a request for a token (RFC 7523 §2.1, RFC 6749 §6).
enum GCPCredentialFile: Sendable {
    case serviceAccount(email: String, keyID: String?, key: _RSA.Signing.PrivateKey, tokenAddress: String)
    case user(
        client: String, secret: SecretText, refresh: SecretText, tokenAddress: String, quotaProject: String?)

    /// Seconds; Google takes no longer ones.
    private static let assertionLifetime: Int64 = 3_600

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Read anew for each token: platforms replace such files.
    static func read(_ path: String, _ name: String) async throws(GCPFault) -> GCPCredentialFile {
        switch await FileSource(path: path).read() {
        case .found(let bytes, _): return try GCPCredentialFile(bytes, name)
        case .absent(let reason), .denied(let reason), .unavailable(let reason):
            throw .denied(reason: "\(name) can't be read: \(reason)")
        case .staged, .reference: throw .denied(reason: "\(name) is no file")
        }
    }

    /// - Throws: `denied` for what can't be used, without a byte of it.
    init(_ bytes: SecretBytes, _ name: String) throws(GCPFault) {
        guard let json = try? StrictJSON(bytes.withUnsafeBytes(Array.init)), json.kind(json.root) == .object,
            let type = json.member(json.root, "type").flatMap(json.string)
        else { throw .denied(reason: "\(name) is no JSON of credentials with a type") }
        let tokenAddress =
            json.member(json.root, "token_uri").flatMap(json.string) ?? "https://oauth2.googleapis.com/token"
        // The refresh token and the assertion go there.
        guard let address = ServiceAddress(tokenAddress), address.isEncrypted || address.isLoopback else {
            throw .denied(reason: "token_uri of \(name) is no https address: no credential is sent there")
        }
        switch type {
        case "service_account":
            guard let email = json.member(json.root, "client_email").flatMap(json.string), !email.isEmpty,
                let pem = json.member(json.root, "private_key").flatMap(json.string),
                let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem)
            else { throw .denied(reason: "\(name) has no client_email with an RSA private_key") }
            self = .serviceAccount(
                email: email, keyID: json.member(json.root, "private_key_id").flatMap(json.string), key: key,
                tokenAddress: tokenAddress)
        case "authorized_user":
            guard let client = json.member(json.root, "client_id").flatMap(json.string),
                let secret = json.member(json.root, "client_secret").flatMap(json.string),
                let refresh = json.member(json.root, "refresh_token").flatMap(json.string)
            else { throw .denied(reason: "\(name) lacks client_id, client_secret or refresh_token") }
            let quotaProject = json.member(json.root, "quota_project_id").flatMap(json.string)
            guard quotaProject.map(GCPSettings.isProject) ?? true else {
                throw .denied(reason: "quota_project_id of \(name) has characters that no project has")
            }
            self = .user(
                client: client, secret: SecretText(secret), refresh: SecretText(refresh), tokenAddress: tokenAddress,
                quotaProject: quotaProject)
        case "external_account", "external_account_authorized_user":
            throw .denied(
                reason: """
                    \(name) is one of workload identity federation (external_account), which is not supported: give \
                    a service account's key, or let the platform's metadata server answer
                    """)
        default:
            throw .denied(
                reason: "\(name) is neither a service account's key nor a user's (service_account, authorized_user)")
        }
    }

    /// - Parameter now: seconds since the epoch.
    func request(now: Int64) throws(GCPFault) -> StoreRequest {
        switch self {
        case .serviceAccount(let email, let keyID, let key, let tokenAddress):
            let assertion = try Self.assertion(email, keyID, key, tokenAddress, now)
            return Self.form(
                tokenAddress,
                [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)])
        case .user(let client, let secret, let refresh, let tokenAddress, _):
            return Self.form(
                tokenAddress,
                [
                    ("grant_type", "refresh_token"), ("client_id", client), ("client_secret", secret.exposed),
                    ("refresh_token", refresh.exposed),
                ])
        }
    }

    /// The project that a user's requests count for, who has none by himself.
    var quotaProject: String? {
        guard case .user(_, _, _, _, let project) = self else { return nil }
        return project
    }

    private static func assertion(
        _ email: String, _ keyID: String?, _ key: _RSA.Signing.PrivateKey, _ audience: String, _ now: Int64
    ) throws(GCPFault) -> String {
        let header = JSONText.object(
            [("alg", JSONText.string(KeyAlgorithm.rs256.rawValue)), ("typ", JSONText.string("JWT"))]
                + (keyID.map { [("kid", JSONText.string($0))] } ?? []))
        let claims = JSONText.object([
            ("iss", JSONText.string(email)), ("scope", JSONText.string(GCPCredential.scope)),
            ("aud", JSONText.string(audience)), ("iat", Array(String(now).utf8)),
            ("exp", Array(String(now + assertionLifetime).utf8)),
        ])
        let text = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        guard
            let signature = try? key.signature(
                for: SHA256.hash(data: Array(text.utf8)), padding: .insecurePKCS1v1_5)
        else { throw .denied(reason: "the service account's private key does not sign") }
        return text + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }

    private static func form(_ address: String, _ members: [(String, String)]) -> StoreRequest {
        StoreRequest(
            method: "POST", url: address,
            headers: [
                (name: "Content-Type", value: "application/x-www-form-urlencoded"),
                (name: "Accept", value: "application/json"),
            ],
            body: Array(members.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8))
    }
}
