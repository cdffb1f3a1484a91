/// What a name is bound to: a value, or in a manifest a managed secret that the platform will put there.
package enum SecretBinding: Sendable, Hashable {
    case literal(SecretBytes)
    /// Compared by identity: two names with one reference hold one value.
    case reference(String)
}

/// What is looked at together while a service runs: files every two seconds, stores every `JWT_SECRET_REFRESH_SECONDS`.
package enum SourceKind: Sendable, Hashable, CaseIterable { case file, store }

/// One place of the chain that a value may come from.
package struct SecretCandidate: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        case variable(SecretBinding)
        case file(path: String)
        /// `JWT_SECRET_STORE`
        case namedStore(StoreReference)
        /// One of the names that `GCP_PROJECT_ID` alone stands for; asked only while nothing before it is present.
        case impliedStore(StoreReference)
    }

    /// Unique in a plan: the variable's name, or the store's label.
    package let id: String
    /// The chain's name that it serves, without `_FILE`.
    package let name: String
    package let place: Place

    /// As log lines and messages name it.
    package var label: String {
        switch place {
        case .variable: "environment variable \(id)"
        case .file(let path): "file \(path) (\(id))"
        case .namedStore(let reference), .impliedStore(let reference): reference.label
        }
    }

    /// As `label`, for a file that is not there: what was given as its path may be a secret in the wrong variable, so one
    /// that would pass for a strong secret is not repeated.
    package var cautiousLabel: String {
        guard case .file(let path) = place,
            StrengthEstimate.bits(of: SecretBytes(utf8: path)) >= StrengthEstimate.minimumBits
        else { return label }
        return "the file that \(id) names"
    }

    /// How it is read while the service runs; nil for a variable, which can't change.
    package var kind: SourceKind? {
        switch place {
        case .variable: nil
        case .file, .namedStore(.file), .impliedStore(.file): .file
        case .namedStore, .impliedStore: .store
        }
    }

    /// Whether another key can come from here without a restart. A store's version number names one for good.
    package var isPinned: Bool {
        switch place {
        case .variable: true
        case .file: false
        case .namedStore(let reference), .impliedStore(let reference): reference.isPinned
        }
    }

    package var isImplied: Bool {
        if case .impliedStore = place { true } else { false }
    }
}
