/// What comes next in a rotation: a pure function of the ring in the store, the fleet, what is remembered, and the time
/// (DESIGN §7). Nothing of it is kept between two calls, so that whoever goes on after a crash, or beside another, comes to
/// the same.
///
/// The ring tells the phase. A `next` key: begun. None, and a `previous` one: promoted. Neither: at rest.
package struct RotationMachine: Sendable {
    package enum Goal: String, Sendable, Hashable, CaseIterable {
        /// A new key is there, as `next`.
        case begin
        /// It signs.
        case promote
        /// The old one is gone.
        case finish
        /// The old one signs again, and the new one is gone.
        case rollback
        /// What is under way comes to its end.
        case complete
    }

    package enum Phase: String, Sendable, Hashable, Codable { case rest, begun, promoted }

    package enum Change: Sendable, Hashable {
        /// A new key joins as `next`.
        case begin
        /// `next` becomes `current`, `current` becomes `previous`.
        case promote
        /// `next` goes.
        case abandon
        /// `previous` becomes `current` again, `current` becomes `previous`.
        case revert
        /// `previous` goes.
        case finish
    }

    package enum Action: Sendable, Hashable {
        case write(Change)
        /// Remember that since now every issuer signs with the current key alone.
        case confirm
        case wait([RotationBlocker])
        /// Seconds since the epoch; tokens of the old key live until then.
        case waitUntil(Int64)
        case done
        case refuse(String)
    }

    /// What was remembered of the rotation that is under way.
    package struct Memory: Sendable, Hashable {
        package var from: KeyID
        package var to: KeyID
        /// Since when every issuer signs with the current key.
        package var confirmedAt: Int64?

        package init(from: KeyID, to: KeyID, confirmedAt: Int64? = nil) {
            self.from = from
            self.to = to
            self.confirmedAt = confirmedAt
        }
    }

    /// Seconds on top of a token's life and leeway: clocks that read whole seconds, and signatures that were under way.
    static let margin: Int64 = 2

    let ring: RingDocument
    let environment: DeploymentEnvironment
    let fleet: [RotationReplica]
    let memory: Memory?
    let now: Int64

    /// - Parameters:
    ///   - fleet: every replica that counts.
    ///   - now: seconds since the epoch, by the keeper's clock, as all times here.
    package init(
        ring: RingDocument, environment: DeploymentEnvironment, fleet: [RotationReplica], memory: Memory?, now: Int64
    ) {
        self.ring = ring
        self.environment = environment
        self.fleet = fleet
        self.memory = memory
        self.now = now
    }

    package static func phase(of ring: RingDocument) -> Phase {
        if ring.keys.contains(where: { $0.state == .next }) { return .begun }
        return ring.keys.contains { $0.state == .previous } ? .promoted : .rest
    }

    package func next(_ goal: Goal) -> Action {
        guard let current = key(.current) else { return .refuse("the ring has no current key") }
        switch (goal, Self.phase(of: ring)) {
        case (.begin, .rest): return .write(.begin)
        case (.begin, .begun): return .done
        case (.begin, .promoted):
            return .refuse("a previous key still verifies: the rotation before this one is to be finished first")
        case (.promote, .rest): return .refuse("there is no next key to promote: begin first")
        case (.promote, .begun), (.complete, .begun): return promotion()
        case (.promote, .promoted): return .done
        case (.finish, .begun): return .refuse("the next key does not sign yet: promote it, or roll back")
        case (.finish, .rest), (.complete, .rest): return .done
        case (.finish, .promoted), (.complete, .promoted): return ending(current)
        case (.rollback, .begun): return .write(.abandon)
        case (.rollback, .promoted):
            // Once the old key signs again, what is left is to let the tokens of the new one run out.
            guard let memory, current.names.contains(memory.from) else { return .write(.revert) }
            return ending(current)
        case (.rollback, .rest):
            guard let memory, current.names.contains(memory.to) else { return .done }
            return .refuse("the rotation is finished and its old key is gone: rotate to a new one instead")
        }
    }

    private func promotion() -> Action {
        guard let next = key(.next) else { return .refuse("the ring has no next key") }
        let blockers = self.blockers.holding(next)
        return blockers.isEmpty ? .write(.promote) : .wait(blockers)
    }

    private func ending(_ current: RingKey) -> Action {
        let blockers = self.blockers.signing(current)
        guard blockers.isEmpty else { return .wait(blockers) }
        guard let confirmedAt = memory?.confirmedAt else { return .confirm }
        let old = ring.keys.filter { $0.state == .previous }
        let signatures = fleet.flatMap { replica in old.compactMap { replica.key($0)?.lastSignedAt } }
        let last = max(confirmedAt, signatures.max() ?? confirmedAt)
        let life = fleet.map(\.longestToken).max() ?? 0
        let leeway = fleet.map(\.leeway).max() ?? 0
        let end = last + life + leeway + Self.margin
        return now >= end ? .write(.finish) : .waitUntil(end)
    }

    /// Issuers that do not sign with `key` yet.
    package static func blockers(
        signing key: RingKey, ring: RingDocument, environment: DeploymentEnvironment, fleet: [RotationReplica]
    ) -> [RotationBlocker] {
        RotationBlockers(fleet: fleet, environment: environment, layout: ring.layout).signing(key)
    }

    private func key(_ state: KeyState) -> RingKey? { ring.keys.first { $0.state == state } }

    private var blockers: RotationBlockers {
        RotationBlockers(fleet: fleet, environment: environment, layout: ring.layout)
    }
}

extension RingDocument {
    /// The ring after a step of a rotation.
    /// - Parameter fresh: the key that joins where a rotation begins.
    package func applying(_ change: RotationMachine.Change, fresh: RingKey?) -> RingDocument {
        var ring = self
        switch change {
        case .begin: if let fresh { ring.keys.append(fresh.becoming(.next)) }
        case .promote: ring.keys = keys.compactMap(Self.promoted)
        case .abandon: ring.keys = keys.filter { $0.state != .next }
        case .revert:
            ring.keys = keys.map { key in
                switch key.state {
                case .previous: key.becoming(.current)
                case .current: key.becoming(.previous)
                case .next, .revoked: key
                }
            }
        case .finish: ring.keys = keys.filter { $0.state != .previous }
        }
        return ring
    }

    private static func promoted(_ key: RingKey) -> RingKey? {
        switch key.state {
        case .next: key.becoming(.current)
        case .current: key.becoming(.previous)
        // Of a rotation before this one; that there was none is why this one could begin.
        case .previous: nil
        case .revoked: key
        }
    }

    /// The ring after its current key has fallen into wrong hands: what is `next`, or else `fresh`, signs at once, and no
    /// token of another key is accepted any more. A set remembers those as revoked, so that refusals can say why.
    package func replacingCompromised(fresh: RingKey) -> RingDocument {
        let successor = keys.first { $0.state == .next } ?? fresh
        var ring = self
        ring.keys = [successor.becoming(.current)]
        guard layout == .jwks else { return ring }
        let others = keys.filter { $0.id != successor.id }.suffix(8)
        ring.keys += others.map { $0.becoming(.revoked) }
        return ring
    }
}
