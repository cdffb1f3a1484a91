import Contracts
package import Secrets

/// Takes a rotation's steps: reads store, fleet and record, asks `RotationMachine`, acts, and begins again. It remembers
/// nothing itself, so that it may be killed anywhere.
package struct RotationDriver: Sendable {
    package enum Event: Sendable, Equatable {
        /// Somebody else rotates, or store or keeper can't be asked; it is tried again.
        case waiting(String)
        case progress(RotationProgress)
        case wrote(RingChange)
        case blocked([RotationBlocker])
        /// Until then, and the keeper's clock now.
        case waitingUntil(Int64, now: Int64)
    }

    package enum Outcome: Sendable, Equatable {
        case done(RotationProgress?)
        case blocked([RotationBlocker])
        /// A single step that must wait and was not to.
        case early(until: Int64, now: Int64)
        case refused(String)
        /// A single step that could not be taken now and may be in a moment: somebody else rotates, or store or keeper
        /// can't be asked.
        case waiting(String)
        /// Not within the time given; the text says what it waited for.
        case timedOut(String)
    }

    /// What it needs from the world.
    package struct Surroundings: Sendable {
        package var pause: @Sendable (Duration) async throws -> Void
        /// Seconds that only grow; for leases and time limits.
        package var uptime: @Sendable () -> Int64
        /// A name for a rotation.
        package var identifier: @Sendable () -> String

        package init(
            pause: @escaping @Sendable (Duration) async throws -> Void, uptime: @escaping @Sendable () -> Int64,
            identifier: @escaping @Sendable () -> String
        ) {
            self.pause = pause
            self.uptime = uptime
            self.identifier = identifier
        }
    }

    /// Seconds that a lease is asked for; it is renewed before each write.
    static let leaseSeconds: Int64 = 20

    package let store: any WritableSecretStore
    package let ledger: RotationLedger
    package let machine: RotationMachine
    package let environment: DeploymentEnvironment
    /// Of raw values.
    package let algorithm: KeyAlgorithm
    /// Of the new key; nil: as the current one.
    package var newAlgorithm: KeyAlgorithm?
    /// Where the new key lies, if not in the store.
    package var newMaterial: (@Sendable () async throws(SecretError) -> KeyMaterial)?
    /// An operator and host, as others are told who rotates.
    package let holder: String
    package var poll: Duration
    /// Whether it waits where it must, or says what it would wait for.
    package var waits: Bool
    /// Seconds; nil: without limit.
    package var timeout: Int64?
    package let surroundings: Surroundings
    package var tell: @Sendable (Event) -> Void

    package init(
        store: any WritableSecretStore, ledger: RotationLedger, machine: RotationMachine,
        environment: DeploymentEnvironment, algorithm: KeyAlgorithm, newAlgorithm: KeyAlgorithm? = nil,
        newMaterial: (@Sendable () async throws(SecretError) -> KeyMaterial)? = nil, holder: String,
        poll: Duration = .seconds(1), waits: Bool = true, timeout: Int64? = nil, surroundings: Surroundings,
        tell: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.store = store
        self.ledger = ledger
        self.machine = machine
        self.environment = environment
        self.algorithm = algorithm
        self.newAlgorithm = newAlgorithm
        self.newMaterial = newMaterial
        self.holder = holder
        self.poll = poll
        self.waits = waits
        self.timeout = timeout
        self.surroundings = surroundings
        self.tell = tell
    }

    /// Until the machine's goal is reached, or can't be.
    /// - Throws: when cancelled.
    package func run() async throws -> Outcome {
        var run = Run(driver: self, began: surroundings.uptime())
        do {
            let outcome = try await run.loop()
            await run.release()
            return outcome
        } catch {
            await run.release()
            throw error
        }
    }
}
