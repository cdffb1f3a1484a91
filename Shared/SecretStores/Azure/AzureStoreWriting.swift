package import Secrets

extension AzureStore {
    /// In the order of `NamesLayout`, a new version under each name that changes; an emptied name's newest version is
    /// disabled.
    package func write(
        _ secret: StoredSecret, replacing revision: String?
    ) async throws(StoreWriteError) -> String {
        try TextSecret.check(secret, maximumBytes: Self.maximumBytes)
        let outcome: Outcome
        do throws(AzureFault) {
            outcome = try await replace(revision, with: secret)
        } catch {
            switch error {
            case .denied(let reason): throw .denied(reason: reason)
            case .unavailable(let reason): throw .unavailable(reason: reason)
            }
        }
        switch outcome {
        case .written(let revision): return revision
        case .changed: throw .changed
        case .refused(let reason): throw .unfit(reason: reason)
        }
    }

    private enum Outcome { case written(revision: String), changed, refused(reason: String) }

    private func replace(_ revision: String?, with secret: StoredSecret) async throws(AzureFault) -> Outcome {
        var state = try await state(withCompanionsOfRing: true)
        var seen = state
        seen.isAlone = state.versions[.current]?.value.beginsLikeRing ?? true
        guard Self.revision(of: seen.reading) == revision else { return .changed }
        let old =
            state.stored
            ?? StoredSecret(
                current: SecretBytes([]), next: state.versions[.next]?.value,
                previous: state.versions[.previous]?.value)
        for step in NamesLayout.steps(from: old, to: secret) {
            if let value = step.value {
                switch try await calls().put(name(step.slot), value) {
                case .written(let id): state.versions[step.slot] = AzureVault.Version(value: value, id: id)
                case .refused(let reason): return .refused(reason: reason)
                }
            } else if let version = state.versions[step.slot] {
                try await calls().disable(name(step.slot), version.id)
                state.versions[step.slot] = nil
            }
        }
        // Versions that are not ours mean that somebody wrote at the same time, and that one of the two is lost.
        let found = try await self.state(withCompanionsOfRing: true)
        guard found.versions == state.versions, let written = Self.revision(of: await read()) else { return .changed }
        return .written(revision: written)
    }

    private static func revision(of reading: SourceReading) -> String? {
        switch reading {
        case .found(_, let revision), .staged(_, let revision): revision
        default: nil
        }
    }
}
