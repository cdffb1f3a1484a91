/// What a store holds, read as keys, and written back: what rotation and the commands that copy secrets work on.
package struct RingDocument: Sendable, Hashable {
    package enum Layout: String, Sendable, CaseIterable {
        /// One JWK Set.
        case jwks
        /// Raw values under up to three names, for services that read nothing else.
        case names
    }

    package var keys: [RingKey]
    package var layout: Layout

    package init(keys: [RingKey], layout: Layout) {
        self.keys = keys
        self.layout = layout
    }

    /// - Parameters:
    ///   - algorithm: of raw values.
    ///   - label: the store, as messages name it.
    /// - Throws: what the rules say of the values, as at a start.
    package init(
        _ stored: StoredSecret, algorithm: KeyAlgorithm, environment: DeploymentEnvironment, label: String
    ) throws(SecretError) {
        let current = SecretValue.trimmed(stored.current).bytes
        guard !SecretValue.isRing(current) else {
            self.init(
                keys: try SecretValue.keys(current, algorithm: algorithm, environment: environment, label: label),
                layout: .jwks)
            return
        }
        var keys: [RingKey] = []
        for (value, state) in [(stored.current, KeyState.current), (stored.next, .next), (stored.previous, .previous)] {
            guard let bytes = value.map({ SecretValue.trimmed($0).bytes }), !bytes.isEmpty else { continue }
            let key = try SecretValue.rawKey(
                bytes, state: state, algorithm: algorithm, environment: environment,
                label: "\(label), \(state.rawValue),")
            if !keys.contains(where: { $0.material == key.material }) { keys.append(key) }
        }
        self.init(keys: keys, layout: .names)
    }

    /// What to write.
    /// - Throws: `layout_unfit` where three raw values can't say what the keys are.
    package func stored() throws(SecretError) -> StoredSecret {
        switch layout {
        case .jwks: return StoredSecret(current: JWKSetWriter.ring(keys))
        case .names:
            func secret(_ state: KeyState) throws(SecretError) -> SecretBytes? {
                let found = keys.filter { $0.state == state }
                guard found.count <= 1, let key = found.first else {
                    guard found.isEmpty else {
                        throw Self.unfit("it has \(found.count) keys that are \(state.rawValue)")
                    }
                    return nil
                }
                guard let secret = key.secret else { throw Self.unfit("a key of \(key.algorithm.rawValue) is no text") }
                guard key.retireAt == nil else { throw Self.unfit("a raw value has no retire_at") }
                return secret
            }
            guard keys.allSatisfy({ $0.state != .revoked }) else { throw Self.unfit("a raw value can't be revoked") }
            guard let current = try secret(.current) else { throw Self.unfit("there is no current key") }
            return StoredSecret(current: current, next: try secret(.next), previous: try secret(.previous))
        }
    }

    private static func unfit(_ reason: String) -> SecretError {
        SecretError(
            code: "layout_unfit",
            message: "The ring does not fit raw values under three names: \(reason). Use the layout jwks.")
    }
}
