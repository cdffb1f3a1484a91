import Synchronization

/// Public keys from elsewhere (a JWK Set that an issuer publishes), which verify beside those of the chain.
struct PublishedKeys: Sendable {
    let keys: [RingKey]
    /// As log lines name where they came from.
    let label: String

    /// The ring of the chain with these beside it. A name that the chain has is the chain's.
    static func ring(_ resolution: SecretResolution, with published: PublishedKeys?) -> (
        keys: [RingKey], source: String
    ) {
        guard let published else { return (resolution.keys, resolution.source) }
        let names = Set(resolution.keys.flatMap(\.names))
        let others = published.keys.filter { names.isDisjoint(with: $0.names) }
        let source =
            resolution.keys.isEmpty ? published.label : "\(resolution.source), with \(published.label)"
        return (resolution.keys + others, source)
    }
}

extension SecretManager {
    /// Replaces the public keys that verify beside the chain's own.
    /// - Parameters:
    ///   - keys: public ones alone; a secret or a private key is passed over.
    ///   - label: where they come from, as log lines name it.
    package func publish(_ keys: [RingKey], from label: String) {
        let published = PublishedKeys(
            keys: keys.filter { if case .publicKey = $0.material { $0.isUsable } else { false } }, label: label)
        observers.withLock { observers in
            let ring = state.withLock { state -> KeyRing? in
                state.published = published
                return state.replaceRing(environment: environment)
            }
            guard let ring else { return }
            log.loaded(ring)
            for observer in observers { observer(ring) }
        }
        announceRetired()
    }
}

extension SecretManager.State {
    /// A new ring of what the chain and others gave; nil where it is the one that is held.
    mutating func replaceRing(environment: DeploymentEnvironment) -> KeyRing? {
        let (keys, source) = PublishedKeys.ring(resolution, with: published)
        // The same keys from the same place, written in another way, are no new ring.
        guard ring.keys != keys || ring.source != source else { return nil }
        ring = KeyRing(keys: keys, source: source, environment: environment, version: ring.version + 1)
        return ring
    }
}
