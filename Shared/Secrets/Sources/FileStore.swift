/// The store `file:///PATH`: a secret in a file, with `PATH_NEXT` and `PATH_PREVIOUS` beside it where it is raw.
///
/// Beside a JWK Set those two count for nothing: they can only be what a change of layout has not yet removed.
package struct FileStore: WritableSecretStore {
    package let path: String
    /// How long a write waits for another process to finish its own.
    let patience: Duration

    package init(path: String, patience: Duration = .seconds(10)) {
        self.path = path
        self.patience = patience
    }

    package var label: String { "file \(path)" }

    func path(_ slot: NamesLayout.Slot) -> String {
        switch slot {
        case .current: path
        case .next: path + "_NEXT"
        case .previous: path + "_PREVIOUS"
        }
    }

    /// Three files are read one after the other. What was read counts where none of them changed meanwhile, else a
    /// reader between two writes, or between two of Kubernetes' folders, might mix what never lay there together.
    package func read() async -> SourceReading {
        for _ in 0..<5 {
            if let reading = readOnce() { return reading }
        }
        return .unavailable(reason: "it was written to while it was read")
    }

    /// - Returns: nil where something changed while it was read.
    func readOnce() -> SourceReading? {
        let current = FileSource(path: path).readNow()
        guard case .found(let value, let revision) = current else { return current }
        guard !value.beginsLikeRing else { return current }
        var stored = StoredSecret(current: value)
        var revisions: [String?] = [revision]
        for slot in [NamesLayout.Slot.next, .previous] {
            switch FileSource(path: path(slot)).readNow() {
            case .found(let bytes, let revision):
                if slot == .next { stored.next = bytes.isBlank ? nil : bytes }
                if slot == .previous { stored.previous = bytes.isBlank ? nil : bytes }
                revisions.append(revision)
            case .denied(let reason): return .denied(reason: "\(path(slot)): \(reason)")
            case .unavailable(let reason): return .unavailable(reason: "\(path(slot)): \(reason)")
            case .absent, .staged, .reference: revisions.append(nil)
            }
        }
        let now = NamesLayout.Slot.allCases.map { FileSource(path: path($0)).revisionNow }
        guard now == revisions else { return nil }
        guard stored.next != nil || stored.previous != nil else { return current }
        return .staged(stored, revision: revisions.map { $0 ?? "-" }.joined(separator: "|"))
    }

    /// Each file is replaced whole by renaming, with the mode and owner it had (a new one beside the current value with
    /// that one's, else 0600); access lists and extended attributes are not carried over. Writers that keep to the lock
    /// file `PATH.lock` can't come in between; it stays, as removing it would let two of them hold one each.
    ///
    /// A crash leaves each file as it was or as it shall be, and the three in one of the states between two steps of
    /// `NamesLayout`, so that reading and writing again completes what was begun.
    package func write(
        _ secret: StoredSecret, replacing revision: String?
    ) async throws(StoreWriteError) -> String {
        try Self.check(secret)
        let lock = try await FileLock.acquire(beside: try FileReplacement.target(of: path), patience: patience)
        defer { lock.release() }
        let old = try stored(asOf: revision, in: await read())
        for step in NamesLayout.steps(from: old ?? strays(), to: secret) {
            let file = path(step.slot)
            if let value = step.value {
                try FileReplacement(path: file, model: path).write(value)
            } else {
                try FileReplacement(path: file, model: path).remove()
            }
        }
        switch await read() {
        case .found(secret.current, let revision) where secret.next == nil && secret.previous == nil: return revision
        case .staged(secret, let revision): return revision
        case .unavailable(let reason): throw .unavailable(reason: reason)
        default: throw .changed
        }
    }

    private func stored(asOf revision: String?, in reading: SourceReading) throws(StoreWriteError) -> StoredSecret? {
        switch reading {
        case .found(let value, revision):
            // Beside a ring, what reading passes over is still to be cleared away.
            var stored = StoredSecret(current: value)
            if value.beginsLikeRing { (stored.next, stored.previous) = (bytes(.next), bytes(.previous)) }
            return stored
        case .staged(let stored, revision): return stored
        case .absent where revision == nil: return nil
        case .found, .staged, .absent, .reference: throw .changed
        case .denied(let reason): throw .denied(reason: reason)
        case .unavailable(let reason): throw .unavailable(reason: reason)
        }
    }

    /// What lies beside a value that is not there.
    private func strays() -> StoredSecret? {
        let (next, previous) = (bytes(.next), bytes(.previous))
        guard next != nil || previous != nil else { return nil }
        return StoredSecret(current: SecretBytes([]), next: next, previous: previous)
    }

    private func bytes(_ slot: NamesLayout.Slot) -> SecretBytes? {
        guard case .found(let bytes, _) = FileSource(path: path(slot)).readNow() else { return nil }
        return bytes
    }

    private static func check(_ secret: StoredSecret) throws(StoreWriteError) {
        let values = NamesLayout.Slot.allCases.compactMap { secret[$0] }
        guard values.allSatisfy({ !$0.isBlank }) else { throw .unfit(reason: "an empty value is no secret") }
        guard values.allSatisfy({ $0.count <= SecretValue.maximumBytes }) else {
            throw .unfit(reason: "at most \(SecretValue.maximumBytes) bytes are read from a file")
        }
        guard values.count == 1 || !values.contains(where: \.beginsLikeRing) else {
            throw .unfit(reason: "a ring holds its next and previous keys itself")
        }
    }
}
