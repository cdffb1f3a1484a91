/// The rotation protocol (DESIGN §7, docs/decisions/0014-rotation-protocol.md) as a pure function: from what lies in the
/// store, what the fleet reports and what is remembered to the next action. Whoever stops, at any point, is followed by
/// anybody who asks again.
package struct RotationMachine: Sendable {
    package enum Goal: String, Sendable, Hashable, CaseIterable {
        /// A `next` key lies in the store.
        case begin
        /// That key signs.
        case promote
        /// The old key is gone.
        case finish
        /// All of these in a row, from wherever the rotation stands.
        case run
        /// The old key signs, and the new one is gone.
        case rollback
        /// A new key at once; nothing signed with an older one is accepted.
        case compromised
    }

    package enum Action: Sendable, Hashable {
        case write(RingChange)
        case waitForReplicas([RotationBlocker])
        /// Seconds since the epoch, by the keeper's clock.
        case waitUntil(Int64)
        case done
        case refuse(String)
    }

    package struct Decision: Sendable, Hashable {
        /// What is to be remembered before the action is taken; nil: nothing.
        package var progress: RotationProgress?
        package var action: Action
    }

    package var goal: Goal
    /// Of the store: what replicas must run in.
    package var environment: String
    /// Nil: as found.
    package var layout: RingDocument.Layout?
    /// Instances that the operator vouches are gone.
    package var without: Set<String>
    /// Seconds beside what is measured: reports are some seconds old, and stores may show an old value for a while.
    package var margin: Int64
    /// Whether `run` begins a rotation where none is under way; else it is done there.
    package var mayBegin = true

    package init(
        goal: Goal, environment: String, layout: RingDocument.Layout? = nil, without: Set<String> = [],
        margin: Int64 = 10
    ) {
        self.goal = goal
        self.environment = environment
        self.layout = layout
        self.without = without
        self.margin = margin
    }

    /// - Parameter now: the keeper's clock, seconds since the epoch.
    package func decide(
        _ ring: RingDocument, fleet: RotationFleet, progress: RotationProgress?, now: Int64
    ) -> Decision {
        let fleet = RotationFleet(replicas: fleet.replicas.filter { !without.contains($0.instance) })
        let current = ring.keys.filter { $0.state == .current }
        let next = ring.keys.filter { $0.state == .next }
        let previous = ring.keys.filter { $0.state == .previous && $0.verifies(at: now) }
        guard current.count == 1, let current = current.first else {
            return refusal(progress, "the store has \(current.count) current keys; a ring has one that signs")
        }
        guard next.count <= 1, previous.count <= 1 || next.isEmpty else {
            return refusal(
                progress, "the store has \(next.count) next and \(previous.count) previous keys; mend it by hand")
        }
        let standing = Standing(
            ring: ring, current: current, next: next.first, previous: previous, fleet: fleet, now: now,
            gates: RotationGates(fleet: fleet, environment: environment, layout: layout ?? ring.layout))
        if goal == .compromised { return replaceAll(standing, progress) }
        if let open = progress, !open.isOver, open.isCompromised {
            return open.toKid == current.id.rawValue
                ? settle(standing, open)
                : refusal(progress, "a replacement of \(open.fromKid) is under way; complete it with --compromised")
        }
        if let key = standing.next { return begun(standing, key, progress) }
        if !previous.isEmpty { return promoted(standing, progress) }
        return idle(standing, progress)
    }

    /// What a decision is made from.
    private struct Standing {
        let ring: RingDocument
        let current: RingKey
        let next: RingKey?
        let previous: [RingKey]
        let fleet: RotationFleet
        let now: Int64
        let gates: RotationGates
    }

    private func refusal(_ progress: RotationProgress?, _ reason: String) -> Decision {
        Decision(progress: progress, action: .refuse(reason))
    }

    // MARK: Nothing lies in the store but the current key

    private func idle(_ standing: Standing, _ remembered: RotationProgress?) -> Decision {
        var progress = remembered
        if var open = remembered, !open.isOver {
            // Written, and whoever wrote it stopped before it was remembered.
            let isTakenBack = open.phase == .begun || open.isRollback
            open.end(isTakenBack ? .rolledBack : .finished, at: standing.now)
            progress = open
        }
        switch goal {
        case .finish:
            return progress?.phase == .finished
                ? Decision(progress: progress, action: .done)
                : refusal(progress, "no rotation is under way; begin one with `lockstep rotate begin`")
        case .rollback:
            return progress?.phase == .rolledBack
                ? Decision(progress: progress, action: .done)
                : refusal(progress, "no rotation is under way that could be taken back: the old key is gone")
        case .promote: return refusal(progress, "no next key lies in the store; begin with `lockstep rotate begin`")
        case .run:
            let endedNow = remembered.map { !$0.isOver } ?? false
            if endedNow || !mayBegin { return Decision(progress: progress, action: .done) }
        case .begin, .compromised: break
        }
        let holders = standing.fleet.replicas.filter { $0.key(standing.current.names) != nil }
        guard !standing.fleet.replicas.isEmpty, !holders.isEmpty else {
            return refusal(
                progress,
                standing.fleet.replicas.isEmpty
                    ? "no replica reports to the fleet keeper: nobody could confirm a new key"
                    : "no replica holds \(standing.current.id), the current key of this store: the fleet reads another one"
            )
        }
        let target = layout ?? standing.ring.layout
        let readers = target == standing.ring.layout ? [] : standing.gates.reading()
        guard readers.isEmpty else { return Decision(progress: progress, action: .waitForReplicas(readers)) }
        return Decision(progress: progress, action: .write(.addNext(layout: target)))
    }

    // MARK: A next key lies in the store

    private func begun(_ standing: Standing, _ key: RingKey, _ remembered: RotationProgress?) -> Decision {
        let isMine = remembered.map { !$0.isOver && $0.toKid == key.id.rawValue } ?? false
        var progress =
            (isMine ? remembered : nil)
            ?? RotationProgress(
                phase: .begun, fromKid: standing.current.id.rawValue, toKid: key.id.rawValue, beganAt: standing.now)
        progress.phase = .begun
        guard standing.ring.layout == (layout ?? standing.ring.layout) else {
            return refusal(
                progress, "a rotation in the layout \(standing.ring.layout.rawValue) is under way; end it first")
        }
        switch goal {
        case .begin: return Decision(progress: progress, action: .done)
        case .rollback: return Decision(progress: progress, action: .write(.removeNext))
        case .finish:
            return refusal(progress, "\(key.id) does not sign yet; promote it first with `lockstep rotate promote`")
        case .promote, .run, .compromised:
            guard standing.previous.isEmpty else {
                return refusal(
                    progress,
                    "the store holds \(standing.previous[0].id) from an earlier rotation, which a promotion would push "
                        + "out: take this one back with `lockstep rotate rollback`, then finish that one")
            }
            let blockers = standing.gates.holding(key)
            return Decision(
                progress: progress, action: blockers.isEmpty ? .write(.promote) : .waitForReplicas(blockers))
        }
    }

    // MARK: A previous key lies in the store

    private func promoted(_ standing: Standing, _ remembered: RotationProgress?) -> Decision {
        let now = standing.now
        let current = standing.current.id.rawValue
        let previous = standing.previous.map(\.id.rawValue)
        var progress: RotationProgress
        if var open = remembered, !open.isOver, open.toKid == current, previous.contains(open.fromKid) {
            open.promotedAt = open.promotedAt ?? now
            if open.phase == .begun { open.phase = .promoted }
            progress = open
        } else if let open = remembered, !open.isOver, open.fromKid == current, previous.contains(open.toKid) {
            // The keys have changed places: it is being taken back.
            progress = RotationProgress(
                phase: .promoted, fromKid: open.toKid, toKid: current, beganAt: open.beganAt, promotedAt: now,
                isRollback: true)
        } else {
            progress = RotationProgress(
                phase: .promoted, fromKid: previous[0], toKid: current, beganAt: now, promotedAt: now)
        }
        if goal == .begin, progress.isRollback || remembered?.isOver ?? true || progress.fromKid != remembered?.fromKid
        {
            return refusal(
                progress, "\(progress.fromKid) still verifies; end that rotation with `lockstep rotate finish`")
        }
        observe(standing, &progress)
        if goal == .rollback, !progress.isRollback {
            guard standing.previous.count == 1 else {
                return refusal(progress, "the store has several previous keys; which is to sign again is not known")
            }
            return Decision(progress: progress, action: .write(.exchange))
        }
        let blockers = standing.gates.signing(standing.current, since: progress.promotedAt ?? now)
        if blockers.isEmpty {
            progress.phase = .confirmed
            progress.confirmedAt = progress.confirmedAt ?? now
        } else {
            progress.phase = .promoted
            progress.confirmedAt = nil
        }
        if goal == .begin || goal == .promote { return Decision(progress: progress, action: .done) }
        guard blockers.isEmpty, let confirmedAt = progress.confirmedAt else {
            return Decision(progress: progress, action: .waitForReplicas(blockers))
        }
        let last = max(confirmedAt, progress.lastSignedAt ?? confirmedAt)
        let until = max(
            last + progress.longestToken + progress.leeway + margin + standing.fleet.clockMargin,
            standing.previous.compactMap(\.retireAt).max() ?? 0)
        guard now >= until else { return Decision(progress: progress, action: .waitUntil(until)) }
        return Decision(progress: progress, action: .write(.removePrevious))
    }

    /// Takes into what is remembered all that a replica may take with it when it leaves.
    private func observe(_ standing: Standing, _ progress: inout RotationProgress) {
        let fleet = standing.fleet
        progress.longestToken = max(progress.longestToken, fleet.issuers.map(\.longestToken).max() ?? 0)
        progress.leeway = max(progress.leeway, fleet.replicas.map(\.leeway).max() ?? 0)
        let signed = fleet.issuers.flatMap { issuer in
            standing.previous.compactMap { issuer.key($0.names)?.lastSignedAt }
        }
        progress.lastSignedAt = (signed + [progress.lastSignedAt].compactMap { $0 }).max()
    }

    // MARK: A key is compromised

    /// Remembered first, since the layout of names keeps no trace of what was revoked.
    private func replaceAll(_ standing: Standing, _ remembered: RotationProgress?) -> Decision {
        if let open = remembered, !open.isOver, open.isCompromised {
            guard open.fromKid == standing.current.id.rawValue else { return settle(standing, open) }
            return Decision(progress: open, action: .write(.replace))
        }
        guard standing.fleet.replicas.contains(where: { $0.key(standing.current.names) != nil }) else {
            return refusal(
                remembered,
                "no replica holds \(standing.current.id), the current key of this store: the fleet reads another")
        }
        let progress = RotationProgress(
            phase: .begun, fromKid: standing.current.id.rawValue, toKid: "", beganAt: standing.now, isCompromised: true)
        return Decision(progress: progress, action: .write(.replace))
    }

    /// Waits until all hold the key that came at once.
    private func settle(_ standing: Standing, _ open: RotationProgress) -> Decision {
        var progress = open
        progress.toKid = standing.current.id.rawValue
        progress.promotedAt = progress.promotedAt ?? standing.now
        progress.phase = .promoted
        let signing = standing.gates.signing(standing.current, since: progress.promotedAt ?? standing.now)
        let holding = standing.gates.holding(standing.current)
        let named = Set(signing.map(\.instance))
        let blockers = signing + holding.filter { !named.contains($0.instance) }
        guard blockers.isEmpty else { return Decision(progress: progress, action: .waitForReplicas(blockers)) }
        progress.confirmedAt = standing.now
        progress.end(.finished, at: standing.now)
        return Decision(progress: progress, action: .done)
    }
}
