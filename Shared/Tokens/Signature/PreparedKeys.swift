package import Secrets

/// The keys of one ring, made ready to verify: hash states computed, kids as bytes, our own headers already encoded.
///
/// A key that may not be used is left out, whatever a loader did: one shorter than its hash (RFC 7518 §3.2), and in
/// staging and production the development fallback, by its name.
package struct PreparedKeys: Sendable {
    struct Key: Sendable {
        let id: KeyID
        /// The kid and its aliases, UTF-8.
        let names: [[UInt8]]
        let algorithm: KeyAlgorithm
        let mac: MACKey
        let ringKey: RingKey
        /// The first part of the access tokens that our issuers sign with this key. A token that starts with these
        /// very bytes has this very header, so it need not be read again.
        let accessHeader: [UInt8]

        init(_ key: RingKey) {
            id = key.id
            names = ([key.id] + key.aliases).map { Array($0.rawValue.utf8) }
            algorithm = key.algorithm
            mac = MACKey(key.secret, algorithm: key.algorithm)
            ringKey = key
            accessHeader = TokenHeader.encoded(algorithm: key.algorithm, kind: .access, keyID: key.id)
        }
    }

    let keys: [Key]
    /// Positions of the keys to try for a token that names none: the signing key first.
    let order: [Int]

    package init(ring: KeyRing) {
        self.init(keys: ring.keys.filter { ring.environment.allowsDevelopmentFallback || !$0.id.isDevelopmentFallback })
    }

    package init(keys held: [RingKey]) {
        let ringKeys = held.filter { $0.secret.count >= $0.algorithm.minimumKeyBytes }
        keys = ringKeys.map(Key.init)
        let rank: [KeyState: Int] = [.current: 0, .previous: 1, .next: 2, .revoked: 3]
        order = ringKeys.indices.sorted { rank[ringKeys[$0].state, default: 3] < rank[ringKeys[$1].state, default: 3] }
    }

    /// The position of the key with this kid or alias, compared exactly.
    func position(of name: [UInt8]) -> Int? {
        keys.firstIndex { $0.names.contains(name) }
    }

    /// The position of the key whose own access header these bytes are.
    func position(ofAccessHeader header: UnsafeRawBufferPointer) -> Int? {
        for (position, key) in keys.enumerated() where key.accessHeader.count == header.count {
            if key.accessHeader.withUnsafeBytes({ $0.elementsEqual(header) }) { return position }
        }
        return nil
    }
}
