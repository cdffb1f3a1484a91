import Contracts
import Secrets

/// One run of a driver: what it holds and has seen between its rounds.
struct RotationRun {
    /// What one round read.
    struct Reading {
        var ring: RingDocument
        var revision: String?
        var table: FleetTable
    }

    enum Round {
        case again
        case ended(RotationOutcome)
    }

    let driver: RotationDriver
    let goal: RotationGoal
    private let startedAt: Int64
    private var lease: RotationLease?
    /// The current key when the run began, by which it knows that another run has done what it was asked for.
    private var firstKid: KeyID?
    private var hasWaitedForLease = false
    /// This run has begun a rotation, or has found one under way: it is now to be completed.
    private var isCompleting = false
    private var lastBlockers: [RotationBlocker] = []
    private var lastTrouble: String?
    private var lastPhase: RotationMachine.Phase?
    /// This run has written the ring that follows a compromise.
    private var isReplaced = false

    init(driver: RotationDriver, goal: RotationGoal) {
        self.driver = driver
        self.goal = goal
        startedAt = driver.clock()
    }

    mutating func toEnd() async -> RotationOutcome {
        while true {
            switch await round() {
            case .ended(let outcome): return outcome
            case .again: break
            }
            if let timeout = driver.options.timeout, driver.clock() - startedAt >= timeout {
                let reason = lastTrouble ?? "the time is over"
                return .timedOut(phase: lastPhase, blockers: lastBlockers, reason: reason)
            }
            do {
                try await driver.pause()
            } catch {
                return .timedOut(phase: lastPhase, blockers: lastBlockers, reason: "interrupted")
            }
        }
    }

    mutating func giveLeaseBack() async {
        guard let lease else { return }
        // One that is not given back runs out by itself.
        try? await driver.ledger.release(lease.token)
        self.lease = nil
    }

    private mutating func round() async -> Round {
        do throws(RotationStop) {
            let reading = try await read()
            if firstKid == nil { firstKid = reading.ring.keys.first { $0.state == .current }?.id }
            try await holdLease()
            // What was read before the lease was held may be somebody else's past.
            return try await step(hasWaitedForLease ? try await read() : reading)
        } catch {
            switch error {
            case .retry(let reason):
                if lastTrouble != reason { driver.say(.retrying(reason)) }
                lastTrouble = reason
                return .again
            case .lease(let holder):
                if lastTrouble != holder { driver.say(.waitingForLease(holder)) }
                lastTrouble = holder
                hasWaitedForLease = true
                return .again
            case .refuse(let reason): return .ended(.refused(reason))
            }
        }
    }

    // MARK: reading

    private func read() async throws(RotationStop) -> Reading {
        let table: FleetTable
        do throws(RotationFault) {
            table = try await driver.ledger.table()
        } catch {
            throw RotationStop(error)
        }
        let stored: StoredSecret
        let revision: String
        switch await driver.store.read() {
        case .found(let bytes, let found): (stored, revision) = (StoredSecret(current: bytes), found)
        case .staged(let found, let version): (stored, revision) = (found, version)
        case .absent(let reason):
            throw .refuse("\(driver.store.label) holds nothing (\(reason)): put a key there first, lockstep secret put")
        case .denied(let reason): throw .refuse("\(driver.store.label) may not be read: \(reason)")
        case .unavailable(let reason): throw .retry("\(driver.store.label) can't be read: \(reason)")
        case .reference: throw .refuse("\(driver.store.label) is a reference, no store")
        }
        do throws(SecretError) {
            let ring = try RingDocument(
                stored, algorithm: driver.algorithm, environment: driver.environment, label: driver.store.label)
            return Reading(ring: ring, revision: revision, table: table)
        } catch {
            throw .refuse(error.message)
        }
    }

    private mutating func holdLease() async throws(RotationStop) {
        do throws(RotationFault) {
            lease = try await driver.ledger.lease(
                RotationLeaseRequest(
                    holder: driver.options.holder, seconds: RotationDriver.leaseSeconds, token: lease?.token))
            lastTrouble = nil
        } catch {
            lease = nil
            throw RotationStop(error)
        }
    }

    // MARK: steps

    private mutating func step(_ reading: Reading) async throws(RotationStop) -> Round {
        guard let current = reading.ring.keys.first(where: { $0.state == .current }) else {
            throw .refuse("\(driver.store.label) holds no current key")
        }
        let phase = RotationMachine.phase(of: reading.ring)
        lastPhase = phase
        let goal: RotationMachine.Goal
        switch self.goal {
        case .step(let asked): goal = asked
        case .replaceCompromised: return try await replaceCompromised(reading, current)
        case .rotate:
            if phase == .rest, !isCompleting {
                // Another run had the lease, and did what this one was asked for.
                if hasWaitedForLease, firstKid != current.id { return .ended(.done(current: current.id, phase: phase)) }
                goal = .begin
            } else {
                isCompleting = true
                goal = .complete
            }
        }
        let memory = memory(reading, current)
        let replicas = reading.table.replicas
            .filter { !driver.options.without.contains($0.report.instance) }
            .map { RotationReplica($0, now: reading.table.now) }
        let machine = RotationMachine(
            ring: reading.ring, environment: driver.environment, fleet: replicas, memory: memory,
            now: reading.table.now)
        return try await perform(machine.next(goal), reading, current, memory)
    }

    private mutating func perform(
        _ action: RotationMachine.Action, _ reading: Reading, _ current: RingKey, _ memory: RotationMachine.Memory?
    ) async throws(RotationStop) -> Round {
        switch action {
        case .write(let change):
            try await write(change, reading, current)
            lastBlockers = []
        case .confirm:
            try await remember(reading, phase: "confirmed", current) { $0.confirmedAt = reading.table.now }
            driver.say(.confirmed(current.id))
        case .wait(let blockers):
            if blockers != lastBlockers { driver.say(.waiting(blockers)) }
            lastBlockers = blockers
            lastTrouble = blockers.first.map { "waits for \($0.replica): \($0.reason)" }
        case .waitUntil(let end):
            lastBlockers = []
            driver.say(.waitingForTokens(seconds: end - reading.table.now))
        case .done: return .ended(.done(current: current.id, phase: RotationMachine.phase(of: reading.ring)))
        case .refuse(let reason): return .ended(.refused(reason))
        }
        return .again
    }

    /// The rotation that is remembered, where it is the one that the ring is in.
    private func memory(_ reading: Reading, _ current: RingKey) -> RotationMachine.Memory? {
        guard let record = reading.table.rotation, let other = Self.other(reading.ring) else {
            return reading.table.rotation.map {
                RotationMachine.Memory(from: KeyID($0.fromKid), to: KeyID($0.toKid), confirmedAt: nil)
            }
        }
        let kids = Set([record.fromKid, record.toKid])
        guard kids == [current.id.rawValue, other.id.rawValue], record.endedAt == nil else { return nil }
        return RotationMachine.Memory(
            from: KeyID(record.fromKid), to: KeyID(record.toKid), confirmedAt: record.confirmedAt)
    }

    /// Beside the current key, the one that a rotation is about.
    private static func other(_ ring: RingDocument) -> RingKey? {
        ring.keys.first { $0.state == .next } ?? ring.keys.first { $0.state == .previous }
    }

    private mutating func write(
        _ change: RotationMachine.Change, _ reading: Reading, _ current: RingKey
    ) async throws(RotationStop) {
        let fresh = change == .begin ? try freshKey(beside: current) : nil
        var ring = reading.ring
        if let layout = driver.options.layout { ring.layout = layout }
        ring = ring.applying(change, fresh: fresh)
        let written = try await put(ring, reading)
        if change == .begin { isCompleting = true }
        let now = reading.table.now
        let other = Self.other(written) ?? Self.other(reading.ring) ?? current
        let signing = written.keys.first { $0.state == .current } ?? current
        switch change {
        case .begin:
            try await remember(reading, phase: "begun", current, to: other) { $0.beganAt = now }
        case .promote:
            try await remember(reading, phase: "promoted", current, to: signing) {
                ($0.promotedAt, $0.confirmedAt) = (now, nil)
            }
        case .revert: try await remember(reading, phase: "rolled_back", current) { $0.confirmedAt = nil }
        case .abandon: try await remember(reading, phase: "rolled_back", current) { $0.endedAt = now }
        case .finish:
            let isRollback =
                reading.table.rotation?.phase == "rolled_back" || reading.table.rotation?.fromKid == current.id.rawValue
            try await remember(reading, phase: isRollback ? "rolled_back" : "finished", current) { $0.endedAt = now }
        }
        driver.say(
            .wrote(
                change, phase: RotationMachine.phase(of: written), from: current.id,
                to: change == .begin ? other.id : signing.id))
    }

    private mutating func put(_ ring: RingDocument, _ reading: Reading) async throws(RotationStop) -> RingDocument {
        let stored: StoredSecret
        do throws(SecretError) {
            stored = try ring.stored()
        } catch {
            throw .refuse(error.message)
        }
        // Whoever lost the lease meanwhile learns it here, before anything is written.
        try await holdLease()
        do throws(StoreWriteError) {
            _ = try await driver.store.write(stored, replacing: reading.revision)
        } catch {
            switch error {
            case .changed: throw .retry("\(driver.store.label) was changed by somebody else; it is read again")
            case .unavailable(let reason): throw .retry("\(driver.store.label) can't be written: \(reason)")
            case .denied(let reason): throw .refuse("\(driver.store.label) may not be written: \(reason)")
            case .unfit(let reason): throw .refuse("\(driver.store.label) can't hold the ring: \(reason)")
            }
        }
        return ring
    }

    private func freshKey(beside current: RingKey) throws(RotationStop) -> RingKey {
        if let fresh = driver.options.freshKey { return fresh }
        let algorithm = driver.options.algorithm ?? current.algorithm
        do throws(KeyMaterialFault) {
            return RingKey.fresh(try .generate(for: algorithm), algorithm: algorithm)
        } catch {
            throw .refuse("no key could be made: \(error.reason)")
        }
    }

    /// What the keeper remembers follows what the store holds; where it can't be told, the next round derives the same.
    private func remember(
        _ reading: Reading, phase: String, _ from: RingKey, to: RingKey? = nil,
        _ change: (inout RotationRecord) -> Void
    ) async throws(RotationStop) {
        guard let lease else { return }
        let other = to ?? Self.other(reading.ring) ?? from
        var record: RotationRecord
        if let known = reading.table.rotation, known.endedAt == nil,
            Set([known.fromKid, known.toKid]).isSuperset(of: [from.id.rawValue, other.id.rawValue])
        {
            record = known
        } else {
            // A ring that was promoted by somebody who could not tell the keeper.
            let isPromoted = to == nil && RotationMachine.phase(of: reading.ring) == .promoted
            record = RotationRecord(
                id: driver.newID(), store: driver.store.label, phase: phase,
                fromKid: isPromoted ? other.id.rawValue : from.id.rawValue,
                toKid: isPromoted ? from.id.rawValue : other.id.rawValue, beganAt: reading.table.now,
                by: driver.options.holder)
        }
        record.phase = phase
        record.by = driver.options.holder
        change(&record)
        do throws(RotationFault) {
            try await driver.ledger.remember(record, lease.token)
        } catch {
            // A confirmation that is not remembered would be one that is waited for again: that is what happens.
            if case .unavailable = error { return }
            throw RotationStop(error)
        }
    }

    // MARK: a compromised key

    private mutating func replaceCompromised(
        _ reading: Reading, _ current: RingKey
    ) async throws(RotationStop) -> Round {
        guard !isReplaced else {
            let blockers = RotationMachine.blockers(
                signing: current, ring: reading.ring, environment: driver.environment,
                fleet: reading.table.replicas.filter { !driver.options.without.contains($0.report.instance) }
                    .map { RotationReplica($0, now: reading.table.now) })
            guard !blockers.isEmpty else { return .ended(.done(current: current.id, phase: .rest)) }
            if blockers != lastBlockers { driver.say(.waiting(blockers)) }
            lastBlockers = blockers
            return .again
        }
        var ring = reading.ring
        if let layout = driver.options.layout { ring.layout = layout }
        let replaced = ring.replacingCompromised(fresh: try freshKey(beside: current))
        let written = try await put(replaced, reading)
        isReplaced = true
        let successor = written.keys.first { $0.state == .current } ?? current
        let now = reading.table.now
        try await remember(reading, phase: "finished", current, to: successor) { record in
            (record.promotedAt, record.endedAt, record.isCompromised) = (now, now, true)
        }
        driver.say(.wrote(.promote, phase: .rest, from: current.id, to: successor.id))
        return .again
    }
}

/// Why a round ends before its step.
enum RotationStop: Error {
    case retry(String)
    /// Who has the lease, in words.
    case lease(String)
    case refuse(String)

    init(_ fault: RotationFault) {
        switch fault {
        case .unavailable(let reason): self = .retry(reason)
        case .held(let holder): self = .lease(holder)
        case .refused(let reason): self = .refuse(reason)
        }
    }
}

extension RingKey {
    /// A key that has just been made; a raw layout wants a secret that is one line of text.
    static func fresh(_ material: KeyMaterial, algorithm: KeyAlgorithm) -> RingKey {
        var material = material
        // As text in every layout: a ring can then go over to raw values without another key.
        if let secret = material.secret {
            material = .secret(SecretBytes(utf8: secret.withUnsafeBytes { Base64URL.encode(Array($0)) }))
        }
        return RingKey(id: .derived(from: material), algorithm: algorithm, material: material, state: .next)
    }
}
