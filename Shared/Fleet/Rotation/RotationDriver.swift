import Contracts
import Logging
package import Secrets

/// Takes a rotation through its steps: reads ring, fleet and memory, asks `RotationMachine` what comes next, and does it,
/// until the goal is reached, nothing may be done, or the time is over.
///
/// Safe to interrupt anywhere and to run twice at once: each round begins with what lies in the store, writes happen under
/// a lease of the keeper that is renewed right before, and the store refuses a write over what somebody else wrote.
package struct RotationDriver: Sendable {
    package struct Options: Sendable {
        /// Of the new key; nil: as the current one.
        package var algorithm: KeyAlgorithm?
        /// Nil: as found.
        package var layout: RingDocument.Layout?
        /// Replicas that are surely gone, by instance.
        package var without: Set<String>
        /// Who rotates, for others to read.
        package var holder: String
        /// Seconds, by the keeper's clock; nil: no end.
        package var timeout: Int64?
        /// The key that joins; nil: a new one is made.
        package var freshKey: RingKey?

        package init(
            algorithm: KeyAlgorithm? = nil, layout: RingDocument.Layout? = nil, without: Set<String> = [],
            holder: String, timeout: Int64? = nil, freshKey: RingKey? = nil
        ) {
            self.algorithm = algorithm
            self.layout = layout
            self.without = without
            self.holder = holder
            self.timeout = timeout
            self.freshKey = freshKey
        }
    }

    /// Seconds of the lease; renewed at each round.
    static let leaseSeconds: Int64 = 20

    let store: any WritableSecretStore
    let ledger: RotationLedger
    let environment: DeploymentEnvironment
    /// Of raw values.
    let algorithm: KeyAlgorithm
    let options: Options
    /// Between two rounds.
    let pause: @Sendable () async throws -> Void
    let clock: @Sendable () -> Int64
    let newID: @Sendable () -> String
    let say: @Sendable (RotationProgress) -> Void

    /// - Parameters:
    ///   - clock: seconds since the epoch, for the timeout alone; all else goes by the keeper's.
    ///   - newID: for the record of a rotation.
    package init(
        store: any WritableSecretStore, ledger: RotationLedger, environment: DeploymentEnvironment,
        algorithm: KeyAlgorithm, options: Options, pause: @escaping @Sendable () async throws -> Void,
        clock: @escaping @Sendable () -> Int64, newID: @escaping @Sendable () -> String,
        say: @escaping @Sendable (RotationProgress) -> Void
    ) {
        self.store = store
        self.ledger = ledger
        self.environment = environment
        self.algorithm = algorithm
        self.options = options
        self.pause = pause
        self.clock = clock
        self.newID = newID
        self.say = say
    }

    package func drive(_ goal: RotationGoal) async -> RotationOutcome {
        var run = RotationRun(driver: self, goal: goal)
        let outcome = await run.toEnd()
        await run.giveLeaseBack()
        return outcome
    }
}

/// What a driver is asked for.
package enum RotationGoal: Sendable, Hashable {
    /// A whole rotation; one that is under way is taken to its end instead.
    case rotate
    case step(RotationMachine.Goal)
    /// The current key fell into wrong hands: no waiting, and its tokens end now.
    case replaceCompromised
}
