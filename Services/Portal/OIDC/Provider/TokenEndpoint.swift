import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Secrets

/// What the exchange of a code brought.
struct CodeExchange: Sendable, Equatable {
    var idToken: String
    var accessToken: String?
}

/// The back channel to a provider: codes for tokens (RFC 6749 §4.1.3), and what it says of a person beside the ID token.
/// Five seconds, 64 KiB, no redirect.
struct TokenEndpoint: Sendable {
    static let maximumBytes = 65_536

    let client: HTTPClient
    let logger: Logger

    func exchange(
        code: String, verifier: String, redirectURI: String, at metadata: ProviderMetadata, as provider: OIDCProvider
    ) async throws(OIDCFault) -> CodeExchange {
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
            ("code_verifier", verifier),
        ]
        var request = HTTPClientRequest(url: metadata.tokenEndpoint)
        if let secret = provider.clientSecret, !metadata.takesSecretInBody {
            request.headers.add(name: "Authorization", value: Self.basic(provider.clientID, secret))
        } else {
            fields.append(("client_id", provider.clientID))
            if let secret = provider.clientSecret { fields.append(("client_secret", Self.text(secret))) }
        }
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        request.body = .bytes(ByteBuffer(string: FormText.encode(fields)))
        let (status, json) = try await answer(request)
        guard status == .ok else {
            let code = json.flatMap { json in json.member(json.root, "error").flatMap { json.string($0) } }
            // RFC 6749 §5.2. Everything else of it is a fault of this client's settings.
            if code == "invalid_grant" { throw .codeRefused }
            throw status.code >= 500
                ? .unavailable("the token endpoint answered \(status.code)")
                : .misconfigured("the token endpoint answered \(status.code) \(code.map(ProviderAnswer.word) ?? "")")
        }
        guard let json, let idToken = json.text("id_token") else {
            throw .misconfigured("the token endpoint gave no ID token")
        }
        return CodeExchange(idToken: idToken, accessToken: json.text("access_token"))
    }

    /// OpenID Connect Core 1.0 §5.3. Whose it is has to be compared by the caller.
    func userInfo(_ accessToken: String, at url: String) async throws(OIDCFault) -> StrictJSON {
        var request = HTTPClientRequest(url: url)
        // RFC 6750 §2.1: what is not a token of that form would be a header of its own.
        guard accessToken.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .misconfigured("the access token is no token")
        }
        request.headers.add(name: "Authorization", value: "Bearer \(accessToken)")
        request.headers.add(name: "Accept", value: "application/json")
        let (status, json) = try await answer(request)
        guard status == .ok, let json else { throw .unavailable("the userinfo endpoint answered \(status.code)") }
        return json
    }

    private func answer(_ request: HTTPClientRequest) async throws(OIDCFault) -> (HTTPResponseStatus, StrictJSON?) {
        do {
            let response = try await client.execute(request, timeout: .seconds(5), logger: logger)
            let body = try await response.body.collect(upTo: Self.maximumBytes)
            let limits = StrictJSON.Limits(bytes: Self.maximumBytes, depth: 8, members: 256, nodes: 4096)
            return (response.status, try? StrictJSON(Array(body.readableBytesView), limits: limits))
        } catch let error as HTTPClientError {
            throw .unavailable(error.shortDescription)
        } catch is NIOTooManyBytesError {
            throw .misconfigured("the answer is longer than \(Self.maximumBytes) bytes")
        } catch {
            throw .unavailable("no answer (\(type(of: error)))")
        }
    }

    /// RFC 6749 §2.3.1: both parts encoded as in forms first.
    private static func basic(_ id: String, _ secret: SecretBytes) -> String {
        let pair = "\(WebAnswers.queryEscaped(id)):\(WebAnswers.queryEscaped(text(secret)))"
        return "Basic \(Data(pair.utf8).base64EncodedString())"
    }

    private static func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension StrictJSON {
    /// A text of the outermost object.
    func text(_ name: StaticString) -> String? { member(root, name).flatMap { string($0) } }
}
