import Testing

@testable import Secrets

@Suite("Rotation: the machine")
struct RotationMachineTests {
    static let now: Int64 = 1_800_000_000

    static func key(_ seed: String, _ state: KeyState) -> RingKey {
        let secret = SecretBytes(utf8: "\(seed)-m8Zq3xW1vT6yB0nK5rJ2hG9fD4sA7pLcUeIoQwXz")
        return RingKey(id: .derived(from: secret), algorithm: .hs256, secret: secret, state: state)
    }

    static let old = key("old", .current)
    static let new = key("new", .next)

    static func ring(_ keys: RingKey..., layout: RingDocument.Layout = .jwks) -> RingDocument {
        RingDocument(keys: keys, layout: layout)
    }

    static let idle = ring(old)
    static let begun = ring(old, new)
    static let promoted = ring(new.becoming(.current), old.becoming(.previous))

    static func held(_ key: RingKey, _ state: KeyState? = nil, verified: Bool = true, signed: Int64? = nil)
        -> RotationFleet.Key
    {
        .init(
            names: key.names.map(\.rawValue), state: (state ?? key.state).rawValue, verified: verified,
            lastSignedAt: signed)
    }

    static func issuer(_ keys: [RotationFleet.Key], at time: Int64 = now) -> RotationFleet.Replica {
        .init(
            service: "platform-portal", instance: "p1", environment: "production", source: "file /s", isIssuer: true,
            longestToken: 900, leeway: 60, keys: keys, receivedAt: time)
    }

    static func verifier(_ keys: [RotationFleet.Key]) -> RotationFleet.Replica {
        .init(
            service: "gateway", instance: "g1", environment: "production", source: "file /s", leeway: 120, keys: keys,
            receivedAt: now)
    }

    static func fleet(_ ring: RingDocument, at time: Int64 = now) -> RotationFleet {
        let keys = ring.keys.map { held($0) }
        return RotationFleet(replicas: [issuer(keys, at: time), verifier(keys)])
    }

    static func progress(_ phase: RotationProgress.Phase, _ edit: (inout RotationProgress) -> Void = { _ in })
        -> RotationProgress
    {
        var progress = RotationProgress(
            phase: phase, fromKid: old.id.rawValue, toKid: new.id.rawValue, beganAt: now - 100)
        edit(&progress)
        return progress
    }

    func decide(
        _ goal: RotationMachine.Goal, _ ring: RingDocument, _ fleet: RotationFleet? = nil,
        _ progress: RotationProgress? = nil, now: Int64 = now, without: Set<String> = []
    ) -> RotationMachine.Decision {
        RotationMachine(goal: goal, environment: "production", without: without)
            .decide(ring, fleet: fleet ?? Self.fleet(ring), progress: progress, now: now)
    }

    @Test("an idle ring gets a next key, which a fleet that holds it lets sign")
    func forward() {
        #expect(decide(.begin, Self.idle).action == .write(.addNext(layout: .jwks)))
        #expect(decide(.run, Self.idle).action == .write(.addNext(layout: .jwks)))
        #expect(decide(.begin, Self.begun).action == .done)
        #expect(decide(.promote, Self.begun).action == .write(.promote))
        #expect(decide(.run, Self.begun).action == .write(.promote))
        #expect(decide(.begin, Self.begun).progress?.phase == .begun)
    }

    enum Hindrance: String, CaseIterable {
        case lagging, unverified, pinned, missing, rawOnly, disagreeing, environment, clock, revoked

        func apply(to replica: inout RotationFleet.Replica) {
            switch self {
            case .lagging: replica.keys.removeLast()
            case .unverified: replica.keys[1].verified = false
            case .pinned:
                replica.keys.removeLast()
                replica.isPinned = true
            case .missing: replica.isMissing = true
            case .rawOnly: replica.layouts = ["names"]
            case .disagreeing: replica.disagrees = true
            case .environment: replica.environment = "staging"
            case .clock: replica.clockOffset = -121_000
            case .revoked: replica.keys[1].state = "revoked"
            }
        }

        var reason: RotationBlocker.Reason {
            switch self {
            case .lagging, .unverified, .revoked: .lagging
            case .pinned: .pinned
            case .missing: .missing
            case .rawOnly: .rawOnly
            case .disagreeing: .disagreeing
            case .environment: .environment
            case .clock: .clock
            }
        }
    }

    @Test(
        "a replica that could not verify the new key's tokens blocks the promotion, by name",
        arguments: Hindrance.allCases)
    func blocked(_ hindrance: Hindrance) {
        var fleet = Self.fleet(Self.begun)
        hindrance.apply(to: &fleet.replicas[1])
        for goal in [RotationMachine.Goal.promote, .run] {
            guard case .waitForReplicas(let blockers) = decide(goal, Self.begun, fleet).action else {
                Issue.record("promoted in spite of \(hindrance)")
                continue
            }
            #expect(blockers.map(\.instance) == ["g1"])
            #expect(blockers.first?.reason == hindrance.reason)
        }
        #expect(decide(.promote, Self.begun, fleet, without: ["g1"]).action == .write(.promote))
    }

    @Test("a fleet in which no issuer reports promotes nothing")
    func noIssuer() {
        let fleet = RotationFleet(replicas: [Self.verifier(Self.begun.keys.map { Self.held($0) })])
        guard case .waitForReplicas = decide(.promote, Self.begun, fleet).action else {
            Issue.record("promoted")
            return
        }
        guard case .refuse = decide(.begin, Self.idle, RotationFleet(replicas: [])).action else {
            Issue.record("begun without a fleet")
            return
        }
    }

    @Test("a store whose current key nobody holds is not the fleet's")
    func wrongStore() {
        guard case .refuse = decide(.begin, Self.idle, Self.fleet(Self.ring(Self.key("else", .current)))).action else {
            Issue.record("begun")
            return
        }
    }

    @Test(
        "the old key goes when its last token has expired: last signature, longest token, largest leeway, margin, clock"
    )
    func waits() {
        let keys = [Self.held(Self.new, .current), Self.held(Self.old, .previous, signed: Self.now - 20)]
        var fleet = RotationFleet(replicas: [Self.issuer(keys), Self.verifier(keys)])
        fleet.replicas[1].clockOffset = 2_500
        let remembered = Self.progress(.promoted) { $0.promotedAt = Self.now - 30 }
        let first = decide(.run, Self.promoted, fleet, remembered)
        #expect(first.progress?.phase == .confirmed)
        let until = Self.now + 900 + 120 + 10 + 3
        #expect(first.action == .waitUntil(until))
        #expect(decide(.run, Self.promoted, fleet, first.progress, now: until - 1).action == .waitUntil(until))
        #expect(decide(.run, Self.promoted, fleet, first.progress, now: until).action == .write(.removePrevious))
        fleet.replicas[0].keys[1].lastSignedAt = Self.now + 50
        #expect(decide(.finish, Self.promoted, fleet, first.progress, now: until).action == .waitUntil(until + 50))
    }

    @Test("an issuer that leaves takes its longest token and last signature with it, and they count on")
    func leaves() {
        let keys = [Self.held(Self.new, .current), Self.held(Self.old, .previous)]
        var leaving = Self.issuer(keys)
        leaving.longestToken = 86_400
        leaving.instance = "p2"
        let remembered = Self.progress(.promoted) { $0.promotedAt = Self.now - 30 }
        let first = decide(
            .run, Self.promoted, RotationFleet(replicas: [Self.issuer(keys), leaving]), remembered)
        let after = decide(.run, Self.promoted, RotationFleet(replicas: [Self.issuer(keys)]), first.progress)
        #expect(after.action == .waitUntil(Self.now + 86_400 + 60 + 10))
    }

    @Test("an issuer that still signs with the old key, or has not reported since, holds the end back")
    func stillSigning() {
        let remembered = Self.progress(.confirmed) {
            $0.promotedAt = Self.now - 30
            $0.confirmedAt = Self.now - 5000
        }
        let late = RotationFleet(replicas: [Self.issuer(Self.begun.keys.map { Self.held($0) })])
        let decision = decide(.run, Self.promoted, late, remembered)
        #expect(decision.progress?.phase == .promoted)
        #expect(decision.progress?.confirmedAt == nil)
        guard case .waitForReplicas(let blockers) = decision.action else {
            Issue.record("went on")
            return
        }
        #expect(blockers.first?.reason == .signing)
        let stale = Self.fleet(Self.promoted, at: Self.now - 31)
        guard case .waitForReplicas = decide(.run, Self.promoted, stale, remembered).action else {
            Issue.record("believed a report from before the promotion")
            return
        }
    }

    @Test("what is begun is taken back by removing the key, what is promoted by letting the keys change places")
    func rollback() {
        #expect(decide(.rollback, Self.begun).action == .write(.removeNext))
        let over = decide(.rollback, Self.idle, nil, Self.progress(.begun))
        #expect(over.action == .done)
        #expect(over.progress?.phase == .rolledBack)
        let remembered = Self.progress(.confirmed) { $0.promotedAt = Self.now - 30 }
        #expect(decide(.rollback, Self.promoted, nil, remembered).action == .write(.exchange))
        let exchanged = Self.promoted.changed(by: .exchange, newKey: nil, now: Self.now)
        let back = decide(.rollback, exchanged, Self.fleet(exchanged, at: Self.now + 1), remembered)
        #expect(back.progress?.isRollback == true)
        #expect(back.progress?.fromKid == Self.new.id.rawValue)
        guard case .waitUntil(let until) = back.action else {
            Issue.record("the new key's tokens were not waited for: \(back.action)")
            return
        }
        #expect(
            decide(.rollback, exchanged, Self.fleet(exchanged, at: Self.now + 1), back.progress, now: until).action
                == .write(.removePrevious))
        #expect(decide(.rollback, Self.idle, nil, back.progress).progress?.phase == .rolledBack)
    }

    @Test(
        "steps out of order are refused",
        arguments: [
            (RotationMachine.Goal.promote, idle), (.finish, idle), (.rollback, idle), (.finish, begun),
            (.begin, promoted),
        ])
    func refused(_ goal: RotationMachine.Goal, _ ring: RingDocument) {
        guard case .refuse = decide(goal, ring).action else {
            Issue.record("not refused")
            return
        }
    }

    @Test("a compromised key is replaced once, however often it is asked for while the fleet follows")
    func compromised() {
        let first = decide(.compromised, Self.idle)
        #expect(first.action == .write(.replace))
        let replaced = Self.idle.changed(by: .replace, newKey: Self.new, now: Self.now)
        #expect(replaced.keys.map(\.state) == [.current, .revoked])
        guard case .waitForReplicas = decide(.compromised, replaced, Self.fleet(Self.idle), first.progress).action
        else {
            Issue.record("not waited for the fleet")
            return
        }
        let done = decide(.compromised, replaced, Self.fleet(replaced, at: Self.now + 1), first.progress)
        #expect(done.action == .done)
        #expect(done.progress?.phase == .finished)
    }

    /// A store and a fleet that follows it.
    struct World {
        var ring: RingDocument
        var progress: RotationProgress?
        var now = RotationMachineTests.now
        var writes: [RingChange] = []

        /// What the old tokens' verifiers hold never lacks the key that an issuer may sign with.
        mutating func step(_ goal: RotationMachine.Goal, engaged: Bool, loses: Bool) -> RotationMachine.Action {
            now += 1
            var machine = RotationMachine(goal: goal, environment: "production")
            machine.mayBegin = !engaged
            let decision = machine.decide(
                ring, fleet: RotationMachineTests.fleet(ring, at: now), progress: progress, now: now)
            if !loses { progress = decision.progress }
            switch decision.action {
            case .write(let change):
                ring = ring.changed(by: change, newKey: RotationMachineTests.new, now: now)
                writes.append(change)
            case .waitUntil(let until): now = until
            case .waitForReplicas, .done, .refuse: break
            }
            return decision.action
        }
    }

    @Test(
        "whoever is interrupted after any step, the record written or not, is followed to the same end",
        arguments: 0..<31)
    // Not all of them lost: without a keeper that remembers anything a rotation waits, and that is right.
    func resumed(_ pattern: Int) {
        var world = World(ring: Self.idle)
        var end = RotationMachine.Action.waitUntil(0)
        for turn in 0..<40 {
            let isIdle = world.ring.keys.count == 1
            end = world.step(.run, engaged: !world.writes.isEmpty && isIdle, loses: pattern >> (turn % 5) & 1 == 1)
            if end == .done { break }
        }
        #expect(end == .done)
        #expect(world.writes == [.addNext(layout: .jwks), .promote, .removePrevious])
        #expect(world.ring.keys.map(\.id) == [Self.new.id])
    }
}
