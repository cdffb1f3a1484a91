import Contracts
import Fleet
import Secrets
import ServiceKit

/// Key rotation by hand, from the portal's page: the same machine and driver as `lockstep rotate`. A step is taken at once
/// and what must be waited for is gone on with by `RotationRunner`, so that no request waits for the fleet.
struct RotationDesk: Sendable {
    /// Begins what the record says of who rotates, so that it is known what to go on with.
    static let holderPrefix = "the portal for "

    let store: any WritableSecretStore
    let ledger: RotationLedger
    let ring: @Sendable () -> KeyRing
    let algorithm: KeyAlgorithm
    let surroundings: RotationDriver.Surroundings

    /// As messages name it; never its content.
    var storeName: String { store.label }

    /// Writes the new key beside the current one.
    /// - Parameter person: an address.
    func begin(by person: String) async throws -> RotationDriver.Outcome {
        try await step(.begin, holder: Self.holderPrefix + person, patience: 5)
    }

    /// Before the promotion the new key goes; after it the old one signs again.
    func rollBack(by person: String) async throws -> RotationDriver.Outcome {
        try await step(.rollback, holder: Self.holderPrefix + person, patience: 5)
    }

    /// One turn of a rotation that was begun here.
    func goOn(with record: RotationRecord) async throws -> RotationDriver.Outcome {
        try await step(record.isRollback ? .rollback : .run, holder: record.by, patience: nil)
    }

    /// - Parameter patience: seconds to wait for whoever is taking a step right now.
    private func step(
        _ goal: RotationMachine.Goal, holder: String, patience: Int64?
    ) async throws -> RotationDriver.Outcome {
        var machine = RotationMachine(goal: goal, environment: ring().environment.rawValue)
        // What is over is not begun again by going on with it.
        machine.mayBegin = goal != .run
        let driver = RotationDriver(
            store: store, ledger: ledger, machine: machine, environment: ring().environment, algorithm: algorithm,
            holder: holder, waits: false, surroundings: surroundings)
        let began = surroundings.uptime()
        while true {
            let outcome = try await driver.run()
            // The lease is held for a moment by the runner; everything else is an answer.
            guard case .waiting = outcome, let patience,
                surroundings.uptime() - began < patience
            else { return outcome }
            try await surroundings.pause(.milliseconds(200))
        }
    }
}
