/// The signature algorithms of a symmetric key (RFC 7518 §3.2).
package enum KeyAlgorithm: String, Sendable, CaseIterable, Codable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"

    /// The least number of bytes a key of this algorithm may have: the size of its hash (RFC 7518 §3.2).
    package var minimumKeyBytes: Int {
        switch self {
        case .hs256: 32
        case .hs384: 48
        case .hs512: 64
        }
    }
}
