/// What one look at a source gave.
package enum SourceReading: Sendable, Hashable {
    /// The bytes as they are there, and what tells one writing of them from the next (a file's inode and times, a
    /// store's version number).
    case found(SecretBytes, revision: String)
    /// A raw value beside which the store itself keeps a next or a previous one (AWS staging labels, fields or names
    /// that end in `_NEXT` and `_PREVIOUS`). At least one of the two is there.
    case staged(StoredSecret, revision: String)
    /// Nothing lies there.
    case absent(reason: String)
    /// Something may lie there, and this process may not read it.
    case denied(reason: String)
    /// The source can't be asked now, or this build has no such source.
    case unavailable(reason: String)
    /// A managed secret whose bytes nobody reads here, as a manifest names it; compared by identity.
    case reference(String)

    /// The same finding, whenever it was written.
    func sameContent(as other: SourceReading) -> Bool {
        switch (self, other) {
        case (.found(let mine, _), .found(let others, _)): mine == others
        case (.staged(let mine, _), .staged(let others, _)): mine == others
        default: self == other
        }
    }
}

/// A place that a secret is read from. Each conformance passes `TestSupport.SourceCheck`.
///
/// A source answers what lies there and judges nothing: trimming, rules and conflicts are the chain's, so that they are
/// the same for all sources. It never throws, never logs, and puts no byte of a value into a reason.
package protocol SecretSource: Sendable {
    /// As log lines name it.
    var label: String { get }
    func read() async -> SourceReading
}

/// A variable's value, or any other that is at hand.
package struct LiteralSource: SecretSource {
    package let label: String
    private let value: SecretBytes?

    package init(label: String, value: SecretBytes?) {
        self.label = label
        self.value = value
    }

    package func read() async -> SourceReading {
        guard let value else { return .absent(reason: "not set") }
        return .found(value, revision: "")
    }
}

/// The stores that a build can open.
package struct SecretStores: Sendable {
    /// Answers nil for a kind of store that this build has not.
    package let open: @Sendable (StoreReference) -> (any SecretSource)?
    /// For keys of a ring that lie in a key management service.
    package let signers: KeySigners

    package init(
        signers: KeySigners = .local, open: @escaping @Sendable (StoreReference) -> (any SecretSource)?
    ) {
        self.open = open
        self.signers = signers
    }

    /// `file:///PATH` alone; it needs no network. Writable.
    package static let fileOnly = SecretStores { reference in
        guard case .file(let path) = reference else { return nil }
        return FileStore(path: path)
    }
}
