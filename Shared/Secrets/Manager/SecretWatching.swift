import Synchronization

/// How a service keeps up with its sources while it runs.
extension SecretManager {
    /// Watches files, stores and retirement until cancelled; a bad or half-written value never replaces a good ring (it
    /// is logged), and a store that is down changes nothing.
    /// - Parameter looked: called after each look.
    package func run(looked: @escaping @Sendable () -> Void = {}) async {
        await withTaskGroup { group in
            group.addTask { [self] in
                while (try? await timing.pause(timing.files)) != nil {
                    await poll([.file])
                    looked()
                }
            }
            guard reader.watches(.store) else { return }
            group.addTask { [self] in
                while (try? await timing.pause(stores.untilNextLook(chance: timing.chance()))) != nil {
                    await poll([.store])
                    looked()
                }
            }
        }
    }

    /// One look at the sources of these kinds, as `run()` takes it at each interval.
    package func poll(_ kinds: Set<SourceKind> = Set(SourceKind.allCases)) async { _ = await look(kinds) }

    /// Looks at everything at once (SIGHUP), and at files until their content has settled.
    package func reload() async {
        guard await look(Set(SourceKind.allCases)) == .wait else { return }
        for _ in 0..<10 {
            guard (try? await timing.pause(timing.settle)) != nil, await look([.file]) == .wait else { return }
        }
    }

    /// Looks of `run` and `reload` may overlap: they are judged one after the other, the younger answer wins.
    private func look(_ kinds: Set<SourceKind>) async -> ReloadGate.Action {
        announceRetired()
        let watched = kinds.filter { reader.watches($0) }
        guard !watched.isEmpty else { return .keep }
        let (ticket, known) = state.withLock { state in
            state.looks += 1
            return (state.looks, state.book.readings)
        }
        let readings = await reader.read(watched, known: known)
        // What a cancelled read answers is no word on its source.
        guard !Task.isCancelled else { return .keep }
        return judge(readings, of: watched, ticket: ticket)
    }

    private func judge(_ fresh: [String: SourceReading], of kinds: Set<SourceKind>, ticket: UInt64) -> ReloadGate.Action
    {
        observers.withLock { observers in
            let time = now()
            let taken = state.withLock { state -> (ReloadGate.Action, [SourceBook.Event])? in
                guard kinds.allSatisfy({ state.judged[$0, default: 0] < ticket }) else { return nil }
                for kind in kinds { state.judged[kind] = ticket }
                let events = state.book.take(fresh, now: time)
                let action = state.gate.on(state.book.readings, asked: Set(fresh.keys))
                return (action, events)
            }
            guard let (action, events) = taken else { return .keep }
            tell(events)
            perform(action, &observers)
            state.withLock { $0.book.confirm(fresh, as: $0.gate.adopted, now: time) }
            return action
        }
    }

    private func perform(_ action: ReloadGate.Action, _ observers: inout [@Sendable (KeyRing) -> Void]) {
        let readings = state.withLock { $0.book.readings }
        switch action {
        case .keep, .wait: return
        case .recovered:
            state.withLock { $0.pending = nil }
            log.recovered(ring)
        case .lost(let id): reject(readings, lost(id))
        case .resolve:
            do throws(SecretError) {
                adopt(
                    readings, try SecretResolution.resolve(reader.plan, readings: readings, algorithm: algorithm),
                    observers)
            } catch {
                reject(readings, error)
            }
        }
    }

    private func lost(_ id: String) -> SecretError {
        let candidate = reader.plan.candidates.first { $0.id == id }
        return SecretError(
            code: candidate?.kind == .store ? "secret_lost" : "file_unreadable",
            message:
                "\(candidate?.label ?? id) held a secret and holds none any more. Put it back, or restart without it.")
    }

    private func tell(_ events: [SourceBook.Event]) {
        let (ring, health) = state.withLock { ($0.ring, $0.book.health) }
        for event in events {
            switch event {
            case .lost(let id, let outage): log.lost(health[id]?.label ?? id, outage, ring)
            case .regained(let id, let seconds): log.regained(health[id]?.label ?? id, after: seconds)
            }
        }
    }

    private func adopt(
        _ readings: [String: SourceReading], _ resolution: SecretResolution,
        _ observers: [@Sendable (KeyRing) -> Void]
    ) {
        let (ring, known) = state.withLock { state -> (KeyRing?, [SecretWarning]) in
            let known = state.resolution.warnings
            state.gate.adopt(readings)
            state.pending = nil
            state.resolution = resolution
            return (state.replaceRing(environment: environment), known)
        }
        log.warn(resolution.warnings.filter { !known.contains($0) })
        guard let ring else { return }
        log.loaded(ring)
        for observer in observers { observer(ring) }
        announceRetired()
    }

    private func reject(_ readings: [String: SourceReading], _ error: SecretError) {
        let ring = state.withLock { state in
            state.gate.reject(readings)
            state.pending = error
            return state.ring
        }
        log.kept(ring, because: error)
    }

    func announceRetired() {
        let time = now()
        let retired = state.withLock { state in
            let keys = state.ring.keys.filter { key in
                key.retireAt.map { $0 <= time } ?? false && !state.announcedRetired.contains(key.id)
            }
            state.announcedRetired.formUnion(keys.map(\.id))
            return keys
        }
        for key in retired { log.retired(key) }
    }
}
