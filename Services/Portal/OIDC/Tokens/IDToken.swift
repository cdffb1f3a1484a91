import Crypto
import Secrets

/// What an ID token says, once its signature is good (OpenID Connect Core 1.0 §2).
struct IDToken: Sendable, Equatable {
    var issuer: String
    var subject: String
    var audiences: [String]
    var authorizedParty: String?
    /// Seconds since the epoch, as all times here.
    var expiresAt: Int64
    var issuedAt: Int64
    var notBefore: Int64?
    var nonce: String?
    var accessTokenHash: String?
    var profile: ProviderProfile

    static let maximumTextBytes = 512
    static let maximumAudiences = 32
    /// §2: at most 255 ASCII characters.
    static let maximumSubjectBytes = 255
    /// Seconds. Each one that was used is remembered until it expires.
    static let longestLife: Int64 = 7 * 86_400

    /// - Parameter payload: of a token whose signature was found good.
    init(_ payload: [UInt8]) throws(IDTokenFault) {
        let json: StrictJSON
        do {
            json = try StrictJSON(payload, limits: StrictJSON.Limits(bytes: 8192, depth: 8, members: 128, nodes: 1024))
        } catch {
            throw .malformed
        }
        guard json.kind(json.root) == .object, let issuer = json.text("iss"),
            let expiresAt = json.number("exp"), let issuedAt = json.number("iat")
        else { throw .malformed }
        guard let subject = json.text("sub"), Self.isSubject(subject) else { throw .subject }
        (self.issuer, self.subject, self.expiresAt, self.issuedAt) = (issuer, subject, expiresAt, issuedAt)
        notBefore = try Self.optional(json, "nbf", json.number)
        audiences = try Self.audiences(json)
        authorizedParty = try Self.optional(json, "azp", json.text)
        nonce = try Self.optional(json, "nonce", json.text)
        accessTokenHash = try Self.optional(json, "at_hash", json.text)
        profile = ProviderProfile(json)
    }

    /// Of another type than it must be is not absent.
    private static func optional<T>(
        _ json: StrictJSON, _ name: StaticString, _ read: (StaticString) -> T?
    ) throws(IDTokenFault) -> T? {
        guard json.member(json.root, name) != nil else { return nil }
        guard let value = read(name) else { throw .malformed }
        return value
    }

    private static func audiences(_ json: StrictJSON) throws(IDTokenFault) -> [String] {
        guard let member = json.member(json.root, "aud") else { throw .audience }
        if let one = json.string(member) { return [one] }
        let all = json.elements(member).map { json.string($0) }
        guard (1...maximumAudiences).contains(all.count), all.allSatisfy({ $0 != nil }) else { throw .audience }
        return all.compactMap(\.self)
    }

    private static func isSubject(_ text: String) -> Bool {
        (1...maximumSubjectBytes).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}

extension IDToken {
    /// What one must be to be believed.
    struct Rules: Sendable {
        var issuer: String
        /// Of the client that asked, or may bring it.
        var clients: Set<String>
        /// Nil: nobody asked with one.
        var nonce: String?
        /// Its hash must be the token's, where the token has one.
        var accessToken: String?
        /// Seconds.
        var leeway: Int64
    }

    /// §3.1.3.7, in that order.
    /// - Parameter algorithm: of the signature.
    func check(_ rules: Rules, algorithm: KeyAlgorithm, now: Int64) throws(IDTokenFault) {
        guard issuer == rules.issuer else { throw .issuer }
        // All of them: one that is for somebody else too may have been somebody else's to hand out.
        guard audiences.allSatisfy(rules.clients.contains) else { throw .audience }
        if let authorizedParty {
            guard rules.clients.contains(authorizedParty) else { throw .authorizedParty }
        } else if audiences.count > 1 {
            throw .authorizedParty
        }
        guard now < expiresAt.addingClamped(rules.leeway) else { throw .expired }
        guard issuedAt <= now + rules.leeway, notBefore.map({ $0 <= now + rules.leeway }) ?? true else {
            throw .notYetValid
        }
        guard expiresAt <= now + Self.longestLife else { throw .livesTooLong }
        if let expected = rules.nonce, nonce != expected { throw .nonce }
        if let accessTokenHash, let accessToken = rules.accessToken {
            guard accessTokenHash == Self.hash(of: accessToken, algorithm) else { throw .accessTokenHash }
        }
    }

    /// §3.1.3.6: the left half of the hash that the algorithm is named after.
    static func hash(of accessToken: String, _ algorithm: KeyAlgorithm) -> String {
        let bytes = Array(accessToken.utf8)
        let digest: [UInt8] =
            switch algorithm {
            case .hs256, .rs256, .ps256, .es256: Array(SHA256.hash(data: bytes))
            case .hs384, .rs384, .ps384, .es384: Array(SHA384.hash(data: bytes))
            // Ed25519 hashes with SHA-512 (RFC 8032 §5.1).
            case .hs512, .rs512, .ps512, .es512, .eddsa: Array(SHA512.hash(data: bytes))
            }
        return Base64URL.encode(digest.prefix(digest.count / 2))
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}

extension StrictJSON {
    /// A moment of the outermost object (RFC 7519 §2, NumericDate).
    fileprivate func number(_ name: StaticString) -> Int64? { member(root, name).flatMap { floor($0) } }
}

extension IDToken {
    /// What is remembered of one that was used: of its signed part, as one signature can be spelled in several ways
    /// (ECDSA's) while the token stays the same.
    static func fingerprint(_ text: String) -> String {
        let signed = text.utf8.lastIndex(of: UInt8(ascii: ".")).map { text.utf8[..<$0] } ?? text.utf8[...]
        return Base64URL.encode(Array(SHA256.hash(data: Array(signed))))
    }
}
