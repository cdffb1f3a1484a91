package import Secrets

/// The keys of one ring, made ready to verify: hash states computed, kids as bytes, our own headers already encoded.
///
/// A key that may not be used is left out, whatever a loader did: a secret shorter than its hash (RFC 7518 §3.2), material
/// of another algorithm, and in staging and production the development fallback, by its name.
package struct PreparedKeys: Sendable {
    /// What a signature is tried with.
    enum Check: Sendable {
        case mac(MACKey)
        case publicKey(PublicKey)
    }

    struct Key: Sendable {
        let id: KeyID
        /// The kid and its aliases, UTF-8.
        let names: [[UInt8]]
        let algorithm: KeyAlgorithm
        let check: Check
        let ringKey: RingKey
        /// The first part of the access tokens that our issuers sign with this key. A token that starts with these
        /// very bytes has this very header, so it need not be read again.
        let accessHeader: [UInt8]

        /// Nil for a key that may not be used.
        init?(_ key: RingKey) {
            guard key.isUsable else { return nil }
            if let secret = key.secret {
                guard let mac = MACKey(secret, algorithm: key.algorithm) else { return nil }
                check = .mac(mac)
            } else {
                guard let publicKey = key.material.publicKey else { return nil }
                check = .publicKey(publicKey)
            }
            id = key.id
            names = ([key.id] + key.aliases).map { Array($0.rawValue.utf8) }
            algorithm = key.algorithm
            ringKey = key
            accessHeader = TokenHeader.encoded(algorithm: key.algorithm, kind: .access, keyID: key.id)
        }

        func isValid(_ signature: UnsafeRawBufferPointer, for message: UnsafeRawBufferPointer) -> Bool {
            switch check {
            case .mac(let mac): mac.isValid(signature, for: message)
            case .publicKey(let key): key.isValid(signature, for: message, algorithm: algorithm)
            }
        }
    }

    let keys: [Key]
    /// Positions of the keys to try for a token that names none: the signing key first.
    let order: [Int]

    package init(ring: KeyRing) {
        self.init(keys: ring.keys.filter { ring.environment.allowsDevelopmentFallback || !$0.id.isDevelopmentFallback })
    }

    package init(keys held: [RingKey]) {
        keys = held.compactMap(Key.init)
        let ringKeys = keys.map(\.ringKey)
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
