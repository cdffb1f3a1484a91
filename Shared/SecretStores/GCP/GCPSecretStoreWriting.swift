package import Secrets

extension GCPSecretStore {
    /// Secret Manager's own bound on a value.
    static let sizes = 1...65_536

    /// In the order of `NamesLayout`, a new version under each name that changes; an emptied name's latest version is
    /// disabled. Secrets that are not there are made, replicated where Google chooses.
    package func write(
        _ secret: StoredSecret, replacing revision: String?
    ) async throws(StoreWriteError) -> String {
        try check(secret)
        let outcome: Outcome
        do throws(GCPFault) {
            outcome = try await taken(isNew: revision == nil) { () async throws(GCPFault) in
                try await replace(revision, with: secret)
            }
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

    private func check(_ secret: StoredSecret) throws(StoreWriteError) {
        guard !isPinned else {
            throw .unfit(reason: "a version that is named can't be replaced: name the secret alone")
        }
        let values = NamesLayout.Slot.allCases.compactMap { secret[$0] }
        guard values.allSatisfy({ !$0.isBlank }) else { throw .unfit(reason: "an empty value is no secret") }
        guard values.allSatisfy({ Self.sizes.contains($0.count) }) else {
            throw .unfit(reason: "a value has more than \(Self.sizes.upperBound) bytes")
        }
        guard values.count == 1 || !values.contains(where: \.beginsLikeRing) else {
            throw .unfit(reason: "a ring holds its next and previous keys itself")
        }
        guard GCPSettings.isSecretName(name(.previous)) else {
            throw .unfit(reason: "the secret's name is too long for its companions")
        }
    }

    /// In our turn, where the identity may have one.
    private func taken(
        isNew: Bool, _ write: () async throws(GCPFault) -> Outcome
    ) async throws(GCPFault) -> Outcome {
        let lease: GCPWriteLease
        switch access {
        case .refused(let fault): throw fault
        case .manager(_, let ours): lease = ours
        }
        let turn = try await lease.take(isNew: isNew)
        if case .others = turn { throw .unavailable(reason: "somebody else is writing to it; it was not written to") }
        do throws(GCPFault) {
            let outcome = try await write()
            await lease.giveBack(turn)
            return outcome
        } catch {
            await lease.giveBack(turn)
            throw error
        }
    }

    private func replace(_ revision: String?, with secret: StoredSecret) async throws(GCPFault) -> Outcome {
        var state = try await state(withCompanionsOfRing: true)
        var seen = state
        seen.isAlone = state.versions[.current]?.value.beginsLikeRing ?? true
        guard seen.revision == revision else { return .changed }
        let old =
            state.stored
            ?? StoredSecret(
                current: SecretBytes([]), next: state.versions[.next]?.value,
                previous: state.versions[.previous]?.value)
        for step in NamesLayout.steps(from: old, to: secret) {
            if let value = step.value {
                switch try await add(name(step.slot), value) {
                case .written(let number):
                    // Numbers have no gaps: another one means that somebody wrote in between.
                    if let before = state.versions[step.slot]?.number, number != before + 1 { return .changed }
                    state.versions[step.slot] = GCPSecretManager.Version(value: value, number: number)
                case .refused(let reason): return .refused(reason: reason)
                case .noSecret: throw .unavailable(reason: "the secret went away while it was written to")
                }
            } else if let version = state.versions[step.slot] {
                guard try await manager().disable(name(step.slot), version.number) else { return .changed }
                state.versions[step.slot] = nil
            }
        }
        return try await check(state)
    }

    private func add(_ name: String, _ value: SecretBytes) async throws(GCPFault) -> GCPSecretManager.Write {
        let manager = try manager()
        var write = try await manager.add(name, value)
        if case .noSecret = write {
            _ = try await manager.create(name)
            write = try await manager.add(name, value)
        }
        if case .written(let number) = write { _ = seen.newest(of: name, seeing: number) }
        return write
    }

    /// What was written is accessed by its number: `latest` may be late.
    private func check(_ state: GCPStoreState) async throws(GCPFault) -> Outcome {
        for (slot, version) in state.versions {
            let look = try await manager().access(name(slot), String(version.number))
            guard look == .version(version) else { return .changed }
        }
        var written = state
        written.isAlone = state.versions[.current]?.value.beginsLikeRing ?? true
        guard let revision = written.revision else { return .changed }
        return .written(revision: revision)
    }
}
