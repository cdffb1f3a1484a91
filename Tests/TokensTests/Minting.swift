import Crypto
import Foundation
import Secrets
import Tokens

/// The clock of these tests.
let now: Int64 = 1_800_000_000

/// Keys and rings with known bytes.
enum Keys {
    static func secret(_ fill: UInt8, count: Int = 64) -> SecretBytes {
        SecretBytes((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) &+ fill })
    }

    static func key(
        _ fill: UInt8 = 1, _ algorithm: KeyAlgorithm = .hs256, id: String? = nil, state: KeyState = .current,
        aliases: [KeyID] = [], retireAt: Int64? = nil
    ) -> RingKey {
        guard algorithm.isSymmetric else { return asymmetric(algorithm, id: id, state: state, retireAt: retireAt) }
        let secret = secret(fill)
        return RingKey(
            id: id.map { KeyID($0) } ?? KeyID.derived(from: secret), aliases: aliases, algorithm: algorithm,
            secret: secret, state: state, retireAt: retireAt)
    }

    /// One of its kind for the whole run: RSA keys take their time.
    private static let privateKeys: [KeyAlgorithm: PrivateKey] = Dictionary(
        uniqueKeysWithValues: KeyAlgorithm.allCases.compactMap { algorithm in
            (try? PrivateKey.generate(for: algorithm)).map { (algorithm, $0) }
        })

    private static func asymmetric(
        _ algorithm: KeyAlgorithm, id: String?, state: KeyState, retireAt: Int64?
    ) -> RingKey {
        guard let key = privateKeys[algorithm] else { preconditionFailure("no key for \(algorithm.rawValue)") }
        return RingKey(
            id: id.map { KeyID($0) } ?? KeyID.derived(from: key.publicKey), algorithm: algorithm,
            material: .privateKey(key), state: state, retireAt: retireAt)
    }

    static func ring(_ keys: RingKey..., environment: DeploymentEnvironment = .production) -> KeyRing {
        KeyRing(keys: keys, source: "a test", environment: environment, version: 1)
    }

    static let current = key()
    static let ring = ring(current)
}

/// Makes any token at all, with swift-crypto's own HMAC: also those that nobody should make.
enum Mint {
    static func encode(_ text: String) -> String { encode(Array(text.utf8)) }

    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    static func tag(_ text: String, _ key: RingKey, _ algorithm: KeyAlgorithm? = nil) -> [UInt8] {
        let symmetric = SymmetricKey(data: bytes(of: key))
        let data = Array(text.utf8)
        return switch algorithm ?? key.algorithm {
        case .hs256: Array(HMAC<SHA256>.authenticationCode(for: data, using: symmetric))
        case .hs384: Array(HMAC<SHA384>.authenticationCode(for: data, using: symmetric))
        case .hs512: Array(HMAC<SHA512>.authenticationCode(for: data, using: symmetric))
        default: []
        }
    }

    /// Of a symmetric key.
    static func bytes(of key: RingKey) -> [UInt8] { key.secret?.withUnsafeBytes { Array($0) } ?? [] }

    /// Signs the parts as they are, encoded or not fit to be.
    static func signed(_ header: String, _ payload: String, by key: RingKey, _ algorithm: KeyAlgorithm? = nil) -> String
    {
        let text = header + "." + payload
        return text + "." + encode(tag(text, key, algorithm))
    }

    static func header(
        alg: String = "HS256", typ: String? = "at+jwt", kid: String? = Keys.current.id.rawValue, extra: String = ""
    ) -> String {
        var members = [#""alg":"\#(alg)""#]
        if let typ { members.append(#""typ":"\#(typ)""#) }
        if let kid { members.append(#""kid":"\#(kid)""#) }
        return "{" + members.joined(separator: ",") + extra + "}"
    }

    /// A token with this header and payload, properly encoded and signed.
    static func token(
        header: String = header(), payload: String = Payload().text, by key: RingKey = Keys.current,
        _ algorithm: KeyAlgorithm? = nil
    ) -> String {
        signed(encode(header), encode(payload), by: key, algorithm)
    }
}

/// The claims of a good access token as JSON fragments, to be changed one at a time.
struct Payload {
    var members: [(String, String)] = [
        ("iss", #""lockstep-platform""#), ("sub", #""u-1""#), ("aud", #""lockstep""#), ("iat", "\(now)"),
        ("exp", "\(now + 900)"), ("jti", #""j-1""#), ("sid", #""s-1""#), ("email", #""ada@example.org""#),
        ("roles", #"["viewer"]"#), ("user_id", #""u-1""#),
    ]

    /// With one member replaced, added, or (nil) removed.
    func with(_ name: String, _ json: String?) -> Payload {
        var copy = self
        if let index = members.firstIndex(where: { $0.0 == name }) {
            if let json { copy.members[index].1 = json } else { copy.members.remove(at: index) }
        } else if let json {
            copy.members.append((name, json))
        }
        return copy
    }

    var text: String { "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}" }
}

/// What a verifier says of a token: `valid` or the stable code.
func outcome(
    _ token: String, ring: KeyRing = Keys.ring, policy: VerificationPolicy = VerificationPolicy(), at time: Int64 = now
) -> String {
    do {
        _ = try TokenVerifier(ring: ring, policy: policy).verify(token, now: time)
        return "valid"
    } catch {
        return error.code
    }
}
