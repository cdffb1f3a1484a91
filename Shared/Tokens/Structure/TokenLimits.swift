package import Secrets

/// The bounds on what a stranger may make a verifier read.
package enum TokenLimits {
    /// Bytes of a whole compact serialisation.
    package static let token = 8_192
    /// Characters of the first part. Ours have about 100; a token with a certificate chain in it is none of ours.
    package static let header = 2_048
    /// Bytes of a `kid`.
    static let keyID = 256
    /// Bytes of a claim that is a name, an address or an identifier.
    static let claim = 512
    /// Bytes of `scope`.
    static let scope = 2_048
    static let roles = 32
    /// Bytes of one role.
    static let role = 64
    static let audiences = 32
    /// A token without `kid` is tried against so many keys at most.
    static let keysTriedWithoutID = 4

    package static let headerJSON = StrictJSON.Limits(bytes: header, depth: 6, members: 32, nodes: 256)
    static let claimsJSON = StrictJSON.Limits(bytes: token, depth: 8, members: 128, nodes: 1_024)
}
