import Crypto
import Foundation
import Secrets

/// What the portal keeps of a login between sending a browser to a provider and its coming back.
struct PendingLogin: Sendable, Equatable, Codable {
    /// RFC 7636 §4.1: 43 characters of 256 random bits.
    var verifier: String
    /// OpenID Connect Core 1.0 §3.1.2.1.
    var nonce: String
    var returnTo: String
    /// Nil: somebody signs in.
    var linking: LinkIntent?

    init(returnTo: LocalPath, linking: LinkIntent? = nil, entropy: Entropy) {
        verifier = Base64URL.encode(entropy.bytes(32))
        nonce = Base64URL.encode(entropy.bytes(32))
        self.returnTo = returnTo.text
        self.linking = linking
    }

    /// RFC 7636 §4.2, S256.
    var challenge: String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }
}

/// Whose account the answer is linked to, and the session that asked for it: none other may bring it back.
struct LinkIntent: Sendable, Equatable, Codable {
    var userID: String
    var sessionID: String
}

extension DataKeySeal {
    /// What is pending, for one state of one provider: who reads the database can't finish anybody's login.
    func seal(_ login: PendingLogin, stateHash: String, provider: String) throws -> String {
        try seal(Array(JSONEncoder().encode(login)), for: Self.row(stateHash, provider))
    }

    /// Nil when it was tampered with, moved, or sealed with another key.
    func open(_ sealed: String, stateHash: String, provider: String) -> PendingLogin? {
        open(sealed, for: Self.row(stateHash, provider)).flatMap {
            try? JSONDecoder().decode(PendingLogin.self, from: Data($0))
        }
    }

    private static func row(_ stateHash: String, _ provider: String) -> String { "\(provider)\n\(stateHash)" }
}
