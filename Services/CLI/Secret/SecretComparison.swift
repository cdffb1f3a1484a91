import Secrets

/// Whether two places hold the same, and by which kids they are known; without a byte of either.
///
/// Keys are compared by what they are and the state they are in, so that the same key raw and in a JWK Set is the same.
/// What is no key is compared as bytes, in constant time.
struct SecretComparison: Sendable {
    let areEqual: Bool
    /// `kid state` for each key; what has no kid to show says why.
    let left: [String]
    let right: [String]

    init(_ left: StoredSecret, _ right: StoredSecret, algorithm: KeyAlgorithm) {
        let (one, other) = (Self.keys(left, algorithm), Self.keys(right, algorithm))
        if let one, let other {
            self.init(one, other)
        } else {
            self.init(
                areEqual: Self.trimmed(left) == Self.trimmed(right), left: one.map(Self.shown) ?? ["no usable key"],
                right: other.map(Self.shown) ?? ["no usable key"])
        }
    }

    init(_ left: [RingKey], _ right: [RingKey]) {
        self.init(
            areEqual: Set(left.map(Effect.init)) == Set(right.map(Effect.init)), left: Self.shown(left),
            right: Self.shown(right))
    }

    private init(areEqual: Bool, left: [String], right: [String]) {
        (self.areEqual, self.left, self.right) = (areEqual, left, right)
    }

    static func shown(_ keys: [RingKey]) -> [String] { keys.map { "\($0.publishedID) \($0.state.rawValue)" } }

    /// By the rules of development, since this only compares.
    private static func keys(_ stored: StoredSecret, _ algorithm: KeyAlgorithm) -> [RingKey]? {
        try? RingDocument(stored, algorithm: algorithm, environment: .development, label: "").keys
    }

    private static func trimmed(_ stored: StoredSecret) -> StoredSecret {
        func trim(_ bytes: SecretBytes) -> SecretBytes {
            var rest = bytes.withUnsafeBytes { Array($0) }
            while let last = rest.last, last == 0x0A || last == 0x0D { rest.removeLast() }
            return SecretBytes(rest)
        }
        return StoredSecret(
            current: trim(stored.current), next: stored.next.map(trim), previous: stored.previous.map(trim))
    }

    /// What a key does, whatever it is called.
    private struct Effect: Hashable {
        let material: KeyMaterial
        let algorithm: KeyAlgorithm
        let state: KeyState
        let retireAt: Int64?

        init(_ key: RingKey) {
            (material, algorithm, state, retireAt) = (key.material, key.algorithm, key.state, key.retireAt)
        }
    }
}
